// Owns one market that trades: limit orders arrive, rest, are reduced and taken back, market orders cross, and the
// price follows a reference, or wanders about its start where it has none. Everything follows from the seed, the
// listing, the number of steps and the reference. How a venue shows it belongs to the venue. Invariants: the book is
// never crossed and each side has MIN_LEVELS to MAX_LEVELS; a step's levels, applied to the book before it, give the
// book after it; with a reference, no order rests after a step on the wrong side of it, so that markets of one
// reference cross rarely.
import { randomOf } from "./Random.ts"
import { RestingSide } from "./RestingSide.ts"
import type { Listing, ListingState, SimLevel, SimMarket, SimStep, SimTrade } from "./Venue.ts"

/** A trade as observers see it. */
export interface TrueTrade extends SimTrade {
  /** Dense as ids are, and never begins again. */
  readonly serial: number
}

export const MIN_LEVELS = 20
export const MAX_LEVELS = 200
/** Newest trades that a market keeps; up to twice as many between two prunings. */
const KEPT_TRADES = 1_000
/** The typical distance of an order from the middle, as a share of the price. */
const SPREAD = 0.0004
/** No order rests closer to the reference, as a share of the price: who quotes takes back what the market came near. */
const MARGIN = 0.000_05
/** The engine needs room for its bids above zero. */
const MIN_TICKS = 1_000

export class MatchingEngine implements SimMarket {
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly priceDecimals: number
  readonly sizeDecimals: number
  readonly price: number
  readonly size: number
  readonly priceStep: number
  readonly sizeStep: number
  version = 0
  state: ListingState = "trading"
  private readonly rand: () => number
  private readonly bidSide: RestingSide
  private readonly askSide: RestingSide
  private readonly newest: Array<SimTrade> = []
  private readonly traded: Array<TrueTrade> = []
  private readonly start: number
  private readonly reach: number
  private readonly lots: number
  /** Levels a side that the flow of orders tends to. */
  private readonly ample: number
  private mid: number
  private at = 0
  private tradeId: number
  private serial: number

  private readonly reference: ((at: number) => number) | null
  private readonly margin: number

  /** `firstTrade`: the id before the first trade's. `reference`: the price to follow, by time. */
  constructor(listing: Listing, seed: string, firstTrade = 0, reference: ((at: number) => number) | null = null) {
    this.tradeId = firstTrade
    this.reference = reference
    this.serial = firstTrade
    this.symbol = listing.symbol
    this.base = listing.base
    this.quote = listing.quote
    this.priceDecimals = listing.priceDecimals
    this.sizeDecimals = listing.sizeDecimals
    this.price = listing.price
    this.size = listing.size
    this.priceStep = listing.priceStep ?? 1
    this.sizeStep = listing.sizeStep ?? 1
    this.rand = randomOf(`${seed}/${listing.symbol}`)
    this.bidSide = new RestingSide("bid", listing)
    this.askSide = new RestingSide("ask", listing)
    this.start = Math.round((listing.price * 10 ** listing.priceDecimals) / this.priceStep)
    if (!(this.start >= MIN_TICKS)) throw new RangeError(`${listing.symbol}: ${this.start} ticks are too few`)
    this.mid = this.start
    this.margin = reference === null ? 0 : this.start * MARGIN
    this.reach = Math.max(MIN_LEVELS * 3, this.start * SPREAD)
    this.lots = Math.max(1, (listing.size * 10 ** listing.sizeDecimals) / this.sizeStep)
    this.ample = Math.min(40 + Math.floor(this.rand() * 80), this.reach)
    while (this.bidSide.length < this.ample) this.makerBid()
    while (this.askSide.length < this.ample) this.makerAsk()
    this.bidSide.settle()
    this.askSide.settle()
  }

  /** Best first. A list that was read once is never changed: the next step makes a new one. */
  get bids(): ReadonlyArray<SimLevel> {
    return this.bidSide.views
  }
  get asks(): ReadonlyArray<SimLevel> {
    return this.askSide.views
  }
  /** Id of the newest trade. */
  get lastTrade(): number {
    return this.tradeId
  }
  get trades(): ReadonlyArray<SimTrade> {
    return this.newest
  }
  /** What traded, whatever the venue remembers of it. */
  get history(): ReadonlyArray<TrueTrade> {
    return this.traded
  }

  /** The ids of trades begin again at 1, and the venue has forgotten what traded before. */
  restartTrades(): void {
    this.tradeId = 0
    this.newest.length = 0
  }

  /** Moves the market once; always changes a level. `at`: microseconds since 1970. */
  step(at: number): SimStep {
    this.at = at
    const firstTrade = this.newest.length
    if (this.reference === null) this.wander()
    else this.follow(this.reference(at))
    let bids: ReadonlyArray<SimLevel> = []
    let asks: ReadonlyArray<SimLevel> = []
    while (bids.length + asks.length === 0) {
      for (let left = 1 + Math.floor(this.rand() * 4); left > 0; left--) this.act()
      this.keepBounds()
      bids = this.bidSide.settle()
      asks = this.askSide.settle()
    }
    const trades = this.newest.slice(firstTrade)
    for (const kept of [this.newest, this.traded])
      if (kept.length > 2 * KEPT_TRADES) kept.splice(0, kept.length - KEPT_TRADES)
    this.version++
    return { version: this.version, at, bids, asks, trades }
  }

  /** The middle of the market drifts, and is drawn back to where it began. */
  private wander(): void {
    const shock = this.rand() + this.rand() + this.rand() - 1.5
    const drift = shock * this.reach * 0.3 + (this.start - this.mid) * 0.0005
    this.mid = Math.min(this.start * 1.5, Math.max(this.start * 0.6, this.mid + drift))
  }

  /** Orders that the price has come too near are taken back. */
  private follow(price: number): void {
    this.mid = (price * 10 ** this.priceDecimals) / this.priceStep
    while (this.bidSide.tick(0) > this.mid - this.margin) this.bidSide.dropBest()
    while (this.askSide.tick(0) < this.mid + this.margin) this.askSide.dropBest()
    this.keepBounds()
  }

  private act(): void {
    const buys = this.rand() < 0.5
    const own = buys ? this.bidSide : this.askSide
    const choice = this.rand()
    if (choice < 0.08) this.cross(buys, buys ? Infinity : 0, this.orderLots() * 3)
    else if (choice < (own.length < this.ample ? 0.65 : 0.4)) this.limit(buys)
    else own.cancel(Math.floor(this.rand() ** 2 * own.length), this.rand(), this.rand() < 0.7 ? 1 : this.rand() || 1)
  }

  /** A limit order: takes what it reaches on the other side, and rests with what is left of it. */
  private limit(buys: boolean): void {
    const tick = buys ? Math.max(1, Math.floor(this.mid - this.away())) : Math.ceil(this.mid + this.away())
    const left = this.cross(buys, tick, this.orderLots())
    if (left > 0) (buys ? this.bidSide : this.askSide).rest(tick, left)
  }

  /** Trades up to a price; gives the lots that found nobody. The last MIN_LEVELS / 2 levels are out of reach. */
  private cross(buys: boolean, limit: number, lots: number): number {
    const other = buys ? this.askSide : this.bidSide
    let left = lots
    while (left > 0 && (buys ? other.tick(0) <= limit : other.tick(0) >= limit)) {
      // a limit order must not rest beyond what it could not take
      if (other.length <= MIN_LEVELS / 2) return 0
      const tick = other.tick(0)
      const taken = other.takeBest(left)
      left -= taken
      this.tell(other.price(tick), other.size(taken), buys)
    }
    return left
  }

  private tell(price: string, size: string, buys: boolean): void {
    const trade: SimTrade = { id: ++this.tradeId, price, size, side: buys ? "buy" : "sell", at: this.at }
    this.newest.push(trade)
    this.traded.push({ ...trade, serial: ++this.serial })
  }

  private keepBounds(): void {
    while (this.bidSide.length < MIN_LEVELS) this.makerBid()
    while (this.askSide.length < MIN_LEVELS) this.makerAsk()
    while (this.bidSide.length > MAX_LEVELS) this.bidSide.dropWorst()
    while (this.askSide.length > MAX_LEVELS) this.askSide.dropWorst()
  }

  /** Orders that only rest, however far the middle has left the other side behind. */
  private makerBid(): void {
    const below = Math.min(this.mid, (this.askSide.tick(0) || Infinity) - 1)
    this.bidSide.rest(Math.max(1, Math.floor(below - this.away())), this.orderLots())
  }
  private makerAsk(): void {
    const above = Math.max(this.mid, (this.bidSide.tick(0) || 0) + 1)
    this.askSide.rest(Math.ceil(above + this.away()), this.orderLots())
  }

  private away(): number {
    return this.margin - Math.log(1 - this.rand()) * this.reach
  }

  private orderLots(): number {
    return Math.max(1, Math.round(this.lots * (0.1 - Math.log(1 - this.rand()))))
  }
}
