// Owns the ids of Gemini's differential depth, and the frames made of them: one range of ids for all symbols of a desk, in
// which each symbol's change begins (`U`) where its own last one ended (`u`). Who hears of it is GeminiConversation's
// affair. Invariant: after a step a symbol's chain stands at the book as it is.
import type { SimLevel, SimMarket, SimStep } from "../Venue.ts"

export interface GeminiChain {
  /** `u` of the last change, and of a snapshot of now. */
  last: number
  /** The last change as it was said; null before the first. */
  change: string | null
}

export class GeminiChains {
  private readonly rand: () => number
  private readonly chains = new Map<string, GeminiChain>()
  private id: number

  constructor(rand: () => number) {
    this.rand = rand
    this.id = 1_764_527_600_000_000 + Math.floor(rand() * 4_000_000_000)
  }

  of(symbol: string): GeminiChain {
    let chain = this.chains.get(symbol)
    if (chain === undefined) this.chains.set(symbol, (chain = { last: this.nextId(), change: null }))
    return chain
  }

  step({ symbol }: SimMarket, { at, bids, asks }: SimStep): void {
    const chain = this.of(symbol)
    const first = chain.last
    chain.last = this.nextId()
    chain.change = depthUpdate(symbol, at, first, chain.last, bids, asks)
  }

  /** The book of now as a change that begins where it ends: a snapshot has no other mark. */
  snapshot({ symbol, bids, asks }: SimMarket, depth: number, at: number): string {
    const { last } = this.of(symbol)
    return depthUpdate(symbol, at, last, last, bids.slice(0, depth), asks.slice(0, depth))
  }

  /** The best levels of now. */
  partial({ symbol, bids, asks }: SimMarket, depth: number): string {
    const [b, a] = [pairs(bids.slice(0, depth)), pairs(asks.slice(0, depth))]
    return `{"lastUpdateId":${this.of(symbol).last},"symbol":"${symbol}","bids":${b},"asks":${a}}`
  }

  /** Gives half of the time true: whether the change before a snapshot follows it once more. */
  overlaps(): boolean {
    return this.rand() < 0.5
  }

  private nextId(): number {
    this.id += 1 + Math.floor(this.rand() * 400)
    return this.id
  }
}

/** Nanoseconds, which no double holds: the text of the microseconds and three digits more. */
export const nanos = (micros: number): string => `${micros}${String(micros % 997).padStart(3, "0")}`

const pairs = (levels: ReadonlyArray<SimLevel>): string =>
  JSON.stringify(levels.map(({ price, size }) => [price, size]))

const depthUpdate = (
  symbol: string,
  at: number,
  first: number,
  last: number,
  bids: ReadonlyArray<SimLevel>,
  asks: ReadonlyArray<SimLevel>
): string =>
  `{"e":"depthUpdate","E":${nanos(at)},"s":"${symbol}","U":${first},"u":${last},"b":${pairs(bids)},"a":${pairs(asks)}}`
