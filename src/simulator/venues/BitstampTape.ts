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

interface Told {
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
  private readonly places: ReadonlyMap<string, number>
  private readonly told = new Map<string, Told>()

  constructor(kind: MarketKind, markets: ReadonlyMap<string, SimMarket>) {
    this.kind = kind
    this.places = new Map([...markets.keys()].map((symbol, place) => [symbol, place]))
  }

  step(market: SimMarket, step: SimStep): void {
    const told = this.of(market, step.at)
    told.stamp = Math.max(step.at - told.back, told.stamp + 1)
    const sides = `"bids":[${levels(step.bids)}],"asks":[${levels(step.asks)}]`
    told.diff = `{"data":{${stamps(told.stamp)},${sides}},"channel":"diff_order_book_${market.symbol}","event":"data"}`
    told.trades = step.trades.map((trade) => this.trade(market.symbol, trade))
  }

  /** The stamps of a book go back by so many microseconds, or (null) an hour. */
  renumber({ symbol }: SimMarket, back: number | null): boolean {
    const told = this.told.get(symbol)
    if (told === undefined) return false
    told.back += back ?? HOUR
    told.stamp -= back ?? HOUR
    told.rest = null
    told.top = null
    return true
  }

  /** The last step's changes. */
  diff(market: SimMarket): string {
    return this.told.get(market.symbol)!.diff
  }

  /** The last step's trades, oldest first. */
  trades(market: SimMarket): ReadonlyArray<string> {
    return this.told.get(market.symbol)!.trades
  }

  /** The best levels as `order_book_*` tells them after each change. */
  top(market: SimMarket): string {
    const told = this.told.get(market.symbol)!
    if (told.top?.version !== market.version) {
      const sides = `"bids":[${levels(market.bids.slice(0, TOP))}],"asks":[${levels(market.asks.slice(0, TOP))}]`
      const channel = `order_book_${market.symbol}`
      const text = `{"data":{${stamps(told.stamp)},${sides}},"channel":"${channel}","event":"data"}`
      told.top = { version: market.version, text }
    }
    return told.top.text
  }

  /** The whole book by REST, with the stamp of its last change, as old as the cache lets it be. */
  restBook(market: SimMarket, at: number): string {
    const told = this.of(market, at)
    if (told.rest === null || at - told.rest.at > CACHED) {
      const rows = (side: ReadonlyArray<SimLevel>): string =>
        side.map(({ price, size }) => `["${price}", "${size}"]`).join(", ")
      const head = stamps(told.stamp).replace(",", ", ").replaceAll(":", ": ")
      told.rest = { at, body: `{${head}, "bids": [${rows(market.bids)}], "asks": [${rows(market.asks)}]}` }
    }
    return told.rest.body
  }

  private of(market: SimMarket, at: number): Told {
    let told = this.told.get(market.symbol)
    if (told === undefined) {
      // when the book last changed before this desk began is not known: some time ago
      told = { stamp: at - 1_000_000, back: 0, diff: "", trades: [], top: null, rest: null }
      this.told.set(market.symbol, told)
    }
    return told
  }

  private trade(symbol: string, { id, price, size, side, at }: SimTrade): string {
    const place = this.places.get(symbol) ?? 0
    const type = side === "buy" ? 0 : 1
    const maker = 1_443_875_735_000_000 + place * 1e9 + id * 2
    const [buy, sell] = side === "buy" ? [maker + 1, maker] : [maker, maker + 1]
    const millis = Math.floor(at / 1000)
    const spot = this.kind === "spot"
    const priceText = spot ? price : unpadded(price)
    const exact = `"amount":${float(size, id)},"amount_str":"${size}","price":${float(price, 1)},"price_str":"${priceText}"`
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
