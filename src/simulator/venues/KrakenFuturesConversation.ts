// Owns one client's talk with the simulated Kraken derivatives gateway: subscriptions, snapshots, one frame a level,
// trades, heartbeats for those who ask. Surprises kept: one acknowledgement a product, all before the first snapshot;
// names are taken in any case and answered as listed; refusals are alerts, of which one names its product in capitals
// (wire of 2026-09-25), and a repeated subscription is answered by one and a new snapshot; a snapshot may hold levels
// of size zero.
import { Schema } from "effect"
import { jsonOf } from "../jsonOf.ts"
import type { Client, Conversation, SimLevel, SimMarket, SimStep } from "../Venue.ts"
import { bookLevels, millis, tradeFrame, tradeSnapshot } from "./krakenFuturesFrames.ts"

const Request = Schema.Struct({
  event: Schema.String,
  feed: Schema.optionalKey(Schema.String),
  product_ids: Schema.optionalKey(Schema.Array(Schema.String))
})
const isRequest = Schema.is(Request)

const HEARTBEAT = 5_000_000

/** Where a product's sequence of book frames stands, and the frames of its last step. */
export interface Product {
  readonly market: SimMarket
  seq: number
  /** Prices that the last step removed. */
  gone: { readonly bids: ReadonlyArray<SimLevel>; readonly asks: ReadonlyArray<SimLevel> }
  frames: ReadonlyArray<string>
}

/** What a talk needs of its gateway. */
export interface Products {
  readonly rand: () => number
  /** Whatever the case of the name. */
  product(name: string): Product | undefined
}

export class KrakenFuturesConversation implements Conversation {
  private readonly gateway: Products
  private readonly client: Client
  private readonly joined = { book: new Set<string>(), trade: new Set<string>() }
  private beats = false
  private now: number
  private lastBeat: number

  constructor(gateway: Products, client: Client, at: number) {
    this.gateway = gateway
    this.client = client
    this.now = at
    this.lastBeat = at
  }

  get markets(): ReadonlySet<string> {
    return new Set([...this.joined.book, ...this.joined.trade])
  }

  text(text: string): void {
    const request = jsonOf(text)
    if (!isRequest(request)) return this.alert("Bad websocket message")
    const { event, feed, product_ids = [] } = request
    if (event !== "subscribe" && event !== "unsubscribe") return this.alert("Bad websocket message")
    if (feed === "heartbeat") {
      this.beats = event === "subscribe"
      return this.client.send("acknowledgement", null, `{"event":"${event}d","feed":"heartbeat"}`)
    }
    if (feed !== "book" && feed !== "trade") return this.alert("Couldn't subscribe to invalid feed")
    const products = product_ids.flatMap((name) => this.acknowledge(event, feed, name) ?? [])
    if (event === "unsubscribe") return
    for (const product of products) {
      const { symbol } = product.market
      this.client.send("snapshot", symbol, feed === "book" ? this.bookSnapshot(product) : tradeSnapshot(product.market))
    }
  }

  step({ symbol }: SimMarket, { at, trades }: SimStep): void {
    this.now = at
    const product = this.gateway.product(symbol)
    if (product === undefined) return
    if (this.joined.trade.has(symbol))
      for (const trade of trades) this.client.send("trade", symbol, tradeFrame(symbol, trade))
    if (this.joined.book.has(symbol)) for (const frame of product.frames) this.client.send("book", symbol, frame)
  }

  tick(at: number): void {
    this.now = at
    if (!this.beats || at - this.lastBeat < HEARTBEAT) return
    this.lastBeat = at
    this.client.send("heartbeat", null, `{"feed":"heartbeat","time":${millis(at)}}`)
  }

  /** One acknowledgement a product, however many were named; undefined for one that is not listed. */
  private acknowledge(event: "subscribe" | "unsubscribe", feed: "book" | "trade", name: string): Product | undefined {
    const product = this.gateway.product(name)
    if (product === undefined) {
      this.alert(
        `Couldn't ${event === "subscribe" ? "subscribe to" : "unsubscribe from"} ` +
          `invalid product \`${name.toUpperCase()}\``
      )
      return undefined
    }
    const { symbol } = product.market
    if (event === "subscribe") {
      if (this.joined[feed].has(symbol)) {
        this.alert("Already subscribed to feed, re-requesting")
        return product
      }
      this.joined[feed].add(symbol)
    } else this.joined[feed].delete(symbol)
    this.client.send("acknowledgement", symbol, `{"event":"${event}d","feed":"${feed}","product_ids":["${symbol}"]}`)
    return product
  }

  private bookSnapshot({ market, seq, gone }: Product): string {
    const empty = this.gateway.rand() < 0.5
    const bids = bookLevels(empty ? [...market.bids, ...gone.bids] : market.bids)
    const asks = bookLevels(empty ? [...market.asks, ...gone.asks] : market.asks)
    const head = `"feed":"book_snapshot","product_id":"${market.symbol}","timestamp":${millis(this.now)},"seq":${seq}`
    return `{${head},"tickSize":null,"bids":${bids},"asks":${asks}}`
  }

  private alert(message: string): void {
    this.client.send("error", null, JSON.stringify({ event: "alert", message }))
  }
}
