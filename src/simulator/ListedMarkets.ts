// Owns which markets a venue knows by name while a fault makes it forget some: the map of markets that every gateway is
// given. The venue's own words of refusal are the venue's. Invariant: what is asked for by name is hidden, what is
// listed is not, so a gateway keeps its books of a hidden market in order.
import type { SimMarket } from "./Venue.ts"

export class ListedMarkets extends Map<string, SimMarket> {
  private readonly hides: (symbol: string) => boolean

  constructor(hides: (symbol: string) => boolean) {
    super()
    this.hides = hides
  }

  override has(symbol: string): boolean {
    return super.has(symbol) && !this.hides(symbol)
  }

  override get(symbol: string): SimMarket | undefined {
    return this.hides(symbol) ? undefined : super.get(symbol)
  }
}
