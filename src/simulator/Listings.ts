// Owns the markets of one venue as it lists them: which there are, each with its true past, and the state that the
// listing gives it. Whoever is sent a word of a change, and what moves markets, are others'. Invariant: a market that
// does not trade does not move; one that was dropped is known by no name, and kept, so that it may come back.
import type { Fault } from "./Faults.ts"
import { ListedMarkets } from "./ListedMarkets.ts"
import { MatchingEngine } from "./MatchingEngine.ts"
import type { ReferencePrices } from "./ReferencePrices.ts"
import { TruthRing } from "./TruthRing.ts"
import type { Listing, ListingState, SimMarket, Venue } from "./Venue.ts"

export interface TrueMarket {
  readonly engine: MatchingEngine
  readonly truth: TruthRing
}

export interface ListingSettings {
  readonly seed: string
  /** Made-up markets besides the venue's listing. */
  readonly madeUp: number
  /** Where trade ids begin, so that they go on when the simulator's process is started again. */
  readonly firstTrade: number
  /** Shared by all venues of a simulation. */
  readonly prices: ReferencePrices
  readonly now: () => number
}

export class Listings {
  readonly markets = new Map<string, TrueMarket>()
  readonly dropped = new Set<string>()
  /** What gateways are given. */
  readonly listed: ReadonlyMap<string, SimMarket>
  private readonly shown: ListedMarkets
  private readonly venue: Venue
  private readonly settings: ListingSettings
  /** What faults halted, until they are over. */
  private readonly haltedBy = new Map<Fault, ReadonlyArray<TrueMarket>>()
  private madeUp: number

  /** `hides`: the venue does not know this name for now. */
  constructor(venue: Venue, settings: ListingSettings, hides: (symbol: string) => boolean) {
    this.venue = venue
    this.settings = settings
    this.madeUp = settings.madeUp
    this.shown = new ListedMarkets(hides)
    this.listed = this.shown
    const made = Array.from({ length: settings.madeUp }, (_, n) => venue.listing(n))
    for (const listing of [...venue.listings, ...made]) this.add(listing)
  }

  /** Lists one more made-up market; null where it has a name that is listed already. */
  addMadeUp(): TrueMarket | null {
    const listing = this.venue.listing(this.madeUp++)
    return this.markets.has(listing.symbol) ? null : this.add(listing)
  }

  /** The listing's state of a market; false where it was that already. */
  setState({ engine }: TrueMarket, state: ListingState): boolean {
    if (engine.state === state) return false
    engine.state = state
    if (state === "dropped") this.dropped.add(engine.symbol)
    else this.dropped.delete(engine.symbol)
    return true
  }

  /** A fault halts what trades; gives what it halted. */
  halt(fault: Fault): ReadonlyArray<TrueMarket> {
    const struck = [...this.markets.values()].filter(
      ({ engine }) => fault.concerns(engine.symbol) && engine.state === "trading"
    )
    this.haltedBy.set(fault, struck)
    for (const market of struck) {
      fault.strike()
      this.setState(market, "halted")
    }
    return struck
  }

  /** The fault is over: gives what trades again. What somebody changed meanwhile stays as it is. */
  endHalt(fault: Fault): ReadonlyArray<TrueMarket> {
    const struck = this.haltedBy.get(fault) ?? []
    this.haltedBy.delete(fault)
    return struck.filter((market) => market.engine.state === "halted" && this.setState(market, "trading"))
  }

  private add(listing: Listing): TrueMarket {
    const { prices, now, firstTrade, seed } = this.settings
    const { exchange, marketType } = this.venue
    const reference = prices.of(listing)
    const begun = { ...listing, price: reference?.(now()) ?? listing.price }
    const engine = new MatchingEngine(begun, `${seed}/${exchange}/${marketType}`, firstTrade, reference)
    const truth = new TruthRing()
    truth.see(engine.bids, engine.asks, now())
    this.shown.set(listing.symbol, engine)
    const market = { engine, truth }
    this.markets.set(listing.symbol, market)
    return market
  }
}
