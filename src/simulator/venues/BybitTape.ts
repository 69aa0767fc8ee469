// Owns what Bybit has sent of the markets of one category: the update ids `u` of each depth, the engine's `seq`, and
// the frames of the last step, made once for all clients. Who hears them is BybitConversation's. From venues/bybit.md:
// spot puts `ts` before `type` and does not pad decimals; a removal is "0"; `u` counts the frames of one topic, +1
// each, and begins again at 1 after a restart of the service, with the whole book; `seq` only grows. Invariant: a
// window's frames, folded from any snapshot on, are the best levels of the true book.
import { randomOf } from "../Random.ts"
import { seededUuid } from "../seededUuid.ts"
import { tickDirection } from "../tickDirection.ts"
import { unpadded } from "../unpadded.ts"
import type { SimLevel, SimMarket, SimStep, SimTrade } from "../Venue.ts"
import { WindowChanges } from "../WindowChanges.ts"

export type Category = "spot" | "linear" | "inverse"

/** A frame with its kind: a restart of the service tells the whole book. */
export interface BookFrame {
  readonly kind: "book" | "snapshot"
  readonly text: string
}

interface Topic {
  u: number
  /** Of the market when this topic was last sent. */
  version: number
  frame: BookFrame | null
}

/** How often a step restarts the service that numbers a topic. */
const SERVICE_RESTARTS = 0.0005

export class BybitTape {
  readonly category: Category
  readonly markets: ReadonlyMap<string, SimMarket>
  private readonly rand: () => number
  private readonly windows: WindowChanges
  private readonly topics = new Map<string, Topic>()
  private seq: number
  private trades = ""
  private now = 0

  constructor(category: Category, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.category = category
    this.markets = markets
    this.rand = rand
    this.windows = new WindowChanges(markets, true)
    this.seq = 1e11 + Math.floor(rand() * 1e11)
  }

  added(market: SimMarket): void {
    this.windows.added(market)
  }

  step(market: SimMarket, step: SimStep): void {
    this.windows.step(market)
    this.seq += 1 + Math.floor(this.rand() * 200)
    this.now = step.at
    this.trades = step.trades.length === 0 ? "" : this.tradeFrame(market, step.trades)
  }

  /** The ids of a market's topics begin again, so many lower or (null) at 1, without a whole book; false: none yet. */
  renumber(symbol: string, back: number | null): boolean {
    const topics = [...this.topics].filter(([name]) => name.slice(name.indexOf(".") + 1) === symbol)
    for (const [, topic] of topics) topic.u = back === null ? 1 : Math.max(1, topic.u - back)
    return topics.length > 0
  }

  /** The last step's trades, or the empty text. */
  get lastTrades(): string {
    return this.trades
  }

  /** The whole window as it stands, as a fresh subscription gets it. `at`: microseconds since 1970. */
  snapshot(market: SimMarket, depth: number, at: number): string {
    return this.bookFrame("snapshot", market, depth, at, market.bids.slice(0, depth), market.asks.slice(0, depth))
  }

  /** What the last step tells of one depth of its market to those who have its snapshot; null where nothing changed. */
  change(market: SimMarket, depth: number): BookFrame | null {
    const topic = this.topics.get(topicName(market, depth))
    if (topic === undefined || topic.version === market.version) return topic?.frame ?? null
    topic.version = market.version
    const { bids, asks } = this.windows.of(market.symbol, depth)
    if (bids.length + asks.length === 0) topic.frame = null
    else if (this.rand() < SERVICE_RESTARTS) {
      topic.u = 1
      const type = this.rand() < 0.5 ? "snapshot" : "delta"
      const text = this.bookFrame(
        type,
        market,
        depth,
        this.now,
        market.bids.slice(0, depth),
        market.asks.slice(0, depth)
      )
      topic.frame = { kind: "snapshot", text }
    } else {
      topic.u++
      topic.frame = { kind: "book", text: this.bookFrame("delta", market, depth, this.now, bids, asks) }
    }
    return topic.frame
  }

  /** `data` of a book, as websocket and REST have it. */
  data(market: SimMarket, depth: number, bids: ReadonlyArray<SimLevel>, asks: ReadonlyArray<SimLevel>): string {
    const { u } = this.topic(market, depth)
    return `"s":"${market.symbol}","b":[${this.levels(bids)}],"a":[${this.levels(asks)}],"u":${u},"seq":${this.seq}`
  }

  /** The id of a trade: the same at every telling of it. */
  tradeId(market: SimMarket, id: number): string {
    if (this.category !== "spot") return seededUuid(randomOf(`${this.category} ${market.symbol} ${id}`))
    const place = [...this.markets.keys()].indexOf(market.symbol)
    return `229${String(place).padStart(4, "0")}${String(id).padStart(12, "0")}`
  }

  decimal(text: string): string {
    return this.category === "spot" ? unpadded(text) : text
  }

  /** A topic that nobody heard when its market moved goes on with another `u`. */
  private topic(market: SimMarket, depth: number): Topic {
    const name = topicName(market, depth)
    let topic = this.topics.get(name)
    if (topic === undefined) {
      topic = { u: 1e6 + Math.floor(this.rand() * 5e7), version: market.version, frame: null }
      this.topics.set(name, topic)
    } else if (topic.version < market.version) {
      topic.u++
      topic.version = market.version
      topic.frame = null
    }
    return topic
  }

  private bookFrame(
    type: "snapshot" | "delta",
    market: SimMarket,
    depth: number,
    at: number,
    bids: ReadonlyArray<SimLevel>,
    asks: ReadonlyArray<SimLevel>
  ): string {
    const data = this.data(market, depth, bids, asks)
    const cts = Math.floor(at / 1000)
    return `{${this.head(`orderbook.${depth}.${market.symbol}`, type, cts + 1)},"data":{${data}},"cts":${cts}}`
  }

  private tradeFrame(market: SimMarket, trades: ReadonlyArray<SimTrade>): string {
    const first = market.trades.length - trades.length
    const rows = trades.map((trade, index) => this.tradeRow(market, trade, first + index))
    const head = this.head(`publicTrade.${market.symbol}`, "snapshot", Math.floor(this.now / 1000) + 1)
    return `{${head},"data":[${rows.join(",")}]}`
  }

  private tradeRow(market: SimMarket, { id, price, size, side, at }: SimTrade, index: number): string {
    const time = Math.floor(at / 1000)
    const taker = side === "buy" ? "Buy" : "Sell"
    const native = this.tradeId(market, id)
    const { symbol } = market
    if (this.category === "spot")
      return (
        `{"i":"${native}","T":${time},"p":"${unpadded(price)}","v":"${unpadded(size)}","S":"${taker}",` +
        `"seq":${this.seq},"s":"${symbol}","BT":false,"RPI":false}`
      )
    return (
      `{"T":${time},"s":"${symbol}","S":"${taker}","v":"${size}","p":"${price}",` +
      `"L":"${tickDirection(market.trades, index)}","i":"${native}","BT":false,"RPI":false,"seq":${this.seq}}`
    )
  }

  private head(topic: string, type: string, ts: number): string {
    return this.category === "spot"
      ? `"topic":"${topic}","ts":${ts},"type":"${type}"`
      : `"topic":"${topic}","type":"${type}","ts":${ts}`
  }

  private levels(levels: ReadonlyArray<SimLevel>): string {
    return levels
      .map(({ price, size, orders }) => `["${this.decimal(price)}","${orders === 0 ? "0" : this.decimal(size)}"]`)
      .join(",")
  }
}

const topicName = ({ symbol }: SimMarket, depth: number): string => `${depth}.${symbol}`
