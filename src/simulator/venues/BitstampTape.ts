// Owns what Bitstamp has sent of its markets: the clock of their books, and the frames of the last step, made once for
// all clients. Who hears them is BitstampConversation's. From venues/bitstamp.md: `microtimestamp` is the engine's and
// strictly rises a market; a removal is zero at the market's own precision; trades carry floats (with binary noise, now
// and then) beside exact texts, milliseconds in a field of microseconds, and ids beyond 2^53 on perpetuals; the newer
// of the two orders is the taker's. The REST book comes out of a cache. Invariant: a REST book contains all diffs up to
// its stamp.
import { unpadded } from "../unpadded.ts"
import type { SimLevel, SimMarket, SimStep, SimTrade } from "../Venue.ts"

export type MarketKind = "spot" | "perp"

/** Levels a side of `order_book_*`. */
const TOP = 100
/** How old a REST book may be: its answers come through a cache. */
const CACHED = 500_000

/**
 * Where nothing is said, stamps that begin again go so far back, in microseconds: an engine whose clock was set back.
 */
const HOUR = 3_600_000_000

interface Published {
  /** Microseconds of the book's last change. */
  stamp: number
  /** How far the stamps were set back. */
  back: number
  diff: string
  trades: ReadonlyArray<string>
  top: { readonly version: number; readonly text: string } | null
  rest: { readonly at: number; readonly body: string } | null
}

export class BitstampTape {
  private readonly kind: MarketKind
  private readonly places: Map<string, number>
  private readonly published = new Map<string, Published>()

  constructor(kind: MarketKind, markets: ReadonlyMap<string, SimMarket>) {
    this.kind = kind
    this.places = new Map([...markets.keys()].map((symbol, place) => [symbol, place]))
  }

  step(market: SimMarket, step: SimStep): void {
    const own = this.of(market, step.at)
    own.stamp = Math.max(step.at - own.back, own.stamp + 1)
    const sides = `"bids":[${levels(step.bids)}],"asks":[${levels(step.asks)}]`
    own.diff = `{"data":{${stamps(own.stamp)},${sides}},"channel":"diff_order_book_${market.symbol}","event":"data"}`
    own.trades = step.trades.map((trade) => this.trade(market.symbol, trade))
  }

  /** The stamps of a book go back by so many microseconds, or (null) an hour. */
  renumber({ symbol }: SimMarket, back: number | null): boolean {
    const own = this.published.get(symbol)
    if (own === undefined) return false
    own.back += back ?? HOUR
    own.stamp -= back ?? HOUR
    own.rest = null
    own.top = null
    return true
  }

  /** The last step's changes. */
  diff(market: SimMarket): string {
    return this.published.get(market.symbol)!.diff
  }

  /** The last step's trades, oldest first. */
  trades(market: SimMarket): ReadonlyArray<string> {
    return this.published.get(market.symbol)!.trades
  }

  /** The best levels as `order_book_*` tells them after each change. */
  top(market: SimMarket): string {
    const own = this.published.get(market.symbol)!
    if (own.top?.version !== market.version) {
      const sides = `"bids":[${levels(market.bids.slice(0, TOP))}],"asks":[${levels(market.asks.slice(0, TOP))}]`
      const channel = `order_book_${market.symbol}`
      const text = `{"data":{${stamps(own.stamp)},${sides}},"channel":"${channel}","event":"data"}`
      own.top = { version: market.version, text }
    }
    return own.top.text
  }

  /** The whole book by REST, with the stamp of its last change, as old as the cache lets it be. */
  restBook(market: SimMarket, at: number): string {
    const own = this.of(market, at)
    if (own.rest === null || at - own.rest.at > CACHED) {
      const rows = (side: ReadonlyArray<SimLevel>): string =>
        side.map(({ price, size }) => `["${price}", "${size}"]`).join(", ")
      const head = stamps(own.stamp).replace(",", ", ").replaceAll(":", ": ")
      own.rest = { at, body: `{${head}, "bids": [${rows(market.bids)}], "asks": [${rows(market.asks)}]}` }
    }
    return own.rest.body
  }

  private of(market: SimMarket, at: number): Published {
    let own = this.published.get(market.symbol)
    if (own === undefined) {
      // when the book last changed before this gateway began is not known: some time ago
      own = { stamp: at - 1_000_000, back: 0, diff: "", trades: [], top: null, rest: null }
      this.published.set(market.symbol, own)
    }
    return own
  }

  /** A market that was listed later comes after all others. */
  private placeOf(symbol: string): number {
    const place = this.places.get(symbol) ?? this.places.size
    this.places.set(symbol, place)
    return place
  }

  private trade(symbol: string, { id, price, size, side, at }: SimTrade): string {
    const place = this.placeOf(symbol)
    const type = side === "buy" ? 0 : 1
    const maker = 1_443_875_735_000_000 + place * 1e9 + id * 2
    const [buy, sell] = side === "buy" ? [maker + 1, maker] : [maker, maker + 1]
    const millis = Math.floor(at / 1000)
    const spot = this.kind === "spot"
    const priceText = spot ? price : unpadded(price)
    const amount = `"amount":${float(size, id)},"amount_str":"${size}"`
    const exact = `${amount},"price":${float(price, 1)},"price_str":"${priceText}"`
    const data = spot
      ? `"id":${200_000_000 + place * 1e9 + id},"timestamp":"${Math.floor(millis / 1000)}",${exact},"type":${type},` +
        `"microtimestamp":"${millis}000","buy_order_id":${buy},"sell_order_id":${sell}`
      : `"id":${longId(place, id)},"id_str":"${longId(place, id)}","type":${type},"sell_order_id":${sell},` +
        `"buy_order_id":${buy},${exact},"microtimestamp":"${millis}000","timestamp":"${millis}"`
    return `{"data":{${data}},"channel":"live_trades_${symbol}","event":"trade"}`
  }
}

const longId = (place: number, id: number): string =>
  `200${String(place).padStart(4, "0")}${String(id).padStart(12, "0")}`

/** A JSON number; every sixteenth with the noise of its double, as seen on the real feed. */
const float = (text: string, id: number): string => (id % 16 === 0 ? Number(text).toPrecision(17) : unpadded(text))

const stamps = (stamp: number): string => `"timestamp":"${Math.floor(stamp / 1_000_000)}","microtimestamp":"${stamp}"`

const levels = (side: ReadonlyArray<SimLevel>): string =>
  side.map(({ price, size }) => `["${price}","${size}"]`).join(",")
