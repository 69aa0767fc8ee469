// Owns one client's conversation with Coinbase's websocket feed: subscriptions, their whole state as
// acknowledgement, what is refused, a `snapshot` on a product's first subscription, then `l2update`s that gather 50
// ms of changes, `match`es at once, heartbeats each second, all products' status now and then. Surprises kept (wire
// of 2026-09-30): `level2_batch` is acknowledged as `level2_50`; a batch says each price once, buys before sells;
// the first repeats the snapshot's time, and one may bear the heartbeat's full second. Numbering and texts are
// CoinbaseTape's. What venues/coinbase.md leaves open (unverified there) is answered the strict way: one bad product
// refuses the whole frame.
import { Schema } from "effect"
import { clientText } from "../clientText.ts"
import { isoTime } from "../isoTime.ts"
import type { Client, Conversation, SimLevel, SimMarket, SimStep } from "../Venue.ts"
import { statusFrame } from "./coinbaseProducts.ts"
import type { CoinbaseTape } from "./CoinbaseTape.ts"

const BATCH = 50_000
const HEARTBEAT = 1_000_000
/** The status comes at a preset interval, which the documents do not name. */
const STATUS = 5_000_000
const SUBSCRIBE_WITHIN = 5_000_000

const CHANNELS = ["level2_batch", "matches", "heartbeat"] as const
type Channel = (typeof CHANNELS)[number]
const isChannel = (name: string): name is Channel => (CHANNELS as ReadonlyArray<string>).includes(name)
/** Closed to clients without keys since 2023-08-01. */
const KEYED = new Set(["level2", "level3", "full"])

const Names = Schema.Array(Schema.String)
const Request = Schema.Struct({
  type: Schema.Literals(["subscribe", "unsubscribe"]),
  product_ids: Schema.optionalKey(Names),
  channels: Schema.optionalKey(
    Schema.Array(
      Schema.Union([Schema.String, Schema.Struct({ name: Schema.String, product_ids: Schema.optionalKey(Names) })])
    )
  )
})
type Request = typeof Request.Type
const request = clientText(Request)

interface Batch {
  readonly since: number
  readonly buy: Map<string, string>
  readonly sell: Map<string, string>
}

export class CoinbaseConversation implements Conversation {
  private readonly tape: CoinbaseTape
  private readonly client: Client
  private readonly opened: number
  private readonly subscribed: Readonly<Record<Channel, Set<string>>> = {
    level2_batch: new Set(),
    matches: new Set(),
    heartbeat: new Set()
  }
  private greeted = false
  /** Changes of a product by price that wait for the end of their 50 ms; `since`: of the first. */
  private readonly batches = new Map<string, Batch>()
  /** Times of snapshots that the product's first batch will repeat. */
  private readonly snapshotTimes = new Map<string, string>()
  private readonly beats = new Map<string, number>()
  /** When the whole status was sent last; null: not subscribed. */
  private statusAt: number | null = null

  constructor(tape: CoinbaseTape, client: Client, at: number) {
    this.tape = tape
    this.client = client
    this.opened = at
  }

  get markets(): ReadonlySet<string> {
    return new Set(CHANNELS.flatMap((channel) => [...this.subscribed[channel]]))
  }

  text(text: string): void {
    const frame = request(text)
    if (frame === undefined) return this.client.send("error", null, '{"type":"error","message":"Malformed JSON"}')
    if (frame === null) return this.refuse("Type has to be either subscribe or unsubscribe")
    const asked = askedFor(frame)
    const status = namesStatus(frame)
    const reason = this.unfit(asked, status)
    if (reason !== null) return this.refuse(reason)
    this.greeted = true
    const fresh = asked.filter(([channel, id]) => isChannel(channel) && this.turn(frame.type, channel, id))
    if (status) this.statusAt = frame.type === "subscribe" ? 0 : null
    this.client.send("acknowledgement", null, this.subscriptions())
    if (frame.type === "subscribe") for (const [channel, id] of fresh) this.welcome(channel, this.tape.markets.get(id)!)
  }

  step({ symbol }: SimMarket, { at }: SimStep): void {
    const { changes, matches } = this.tape.product(symbol)
    if (this.subscribed.level2_batch.has(symbol) && changes.length > 0) {
      const batch = this.batches.get(symbol) ?? { since: at, buy: new Map(), sell: new Map() }
      this.batches.set(symbol, batch)
      for (const { side, price, size } of changes) {
        // a price that changes again takes the last place
        batch[side].delete(price)
        batch[side].set(price, size)
      }
      this.flush(symbol, at)
    }
    if (this.subscribed.matches.has(symbol)) for (const match of matches) this.client.send("trade", symbol, match)
  }

  tick(at: number): void {
    if (!this.greeted && at - this.opened > SUBSCRIBE_WITHIN) return this.client.close(1008, "no subscription")
    if (this.statusAt !== null && at - this.statusAt >= STATUS) this.tellStatus(at)
    for (const symbol of this.batches.keys()) this.flush(symbol, at)
    for (const symbol of this.subscribed.heartbeat) {
      if (at - (this.beats.get(symbol) ?? 0) < HEARTBEAT) continue
      this.beats.set(symbol, at)
      const { sequence } = this.tape.product(symbol)
      const last = this.tape.markets.get(symbol)?.trades.at(-1)?.id ?? 0
      const text =
        `{"type":"heartbeat","last_trade_id":${last},"product_id":"${symbol}","sequence":${sequence},` +
        `"time":"${isoTime(at, 6)}"}`
      this.client.send("heartbeat", symbol, text)
    }
  }

  /** A product's state changed. */
  listing(_market: SimMarket, at: number): void {
    if (this.statusAt !== null) this.tellStatus(at)
  }

  private tellStatus(at: number): void {
    this.statusAt = at
    this.client.send("acknowledgement", null, statusFrame(this.tape.markets.values()))
  }

  private flush(symbol: string, at: number): void {
    const batch = this.batches.get(symbol)
    if (batch === undefined || at - batch.since < BATCH) return
    this.batches.delete(symbol)
    const time = this.snapshotTimes.get(symbol) ?? this.timeOf(symbol, batch.since, at)
    this.snapshotTimes.delete(symbol)
    const entries = (["buy", "sell"] as const).flatMap((side) =>
      [...batch[side]].map(([price, size]) => `["${side}","${price}","${size}"]`)
    )
    const text = `{"type":"l2update","product_id":"${symbol}","changes":[${entries.join(",")}],"time":"${time}"}`
    this.client.send("book", symbol, text)
  }

  /** Of the newest change; of the heartbeat where a full second fell into the batch. */
  private timeOf(symbol: string, since: number, at: number): string {
    const second = Math.floor(at / HEARTBEAT) * HEARTBEAT
    const beats = this.subscribed.heartbeat.has(symbol)
    return beats && second >= since ? isoTime(second, 6) : this.tape.product(symbol).time
  }

  /** True where the subscription was not there before. */
  private turn(type: Request["type"], channel: Channel, id: string): boolean {
    const products = this.subscribed[channel]
    if (type === "subscribe") return products.size < products.add(id).size
    if (channel === "level2_batch") {
      this.batches.delete(id)
      this.snapshotTimes.delete(id)
    }
    if (channel === "heartbeat") this.beats.delete(id)
    products.delete(id)
    return false
  }

  private welcome(channel: string, market: SimMarket): void {
    const { symbol } = market
    if (channel === "level2_batch") {
      const { time } = this.tape.product(symbol)
      this.snapshotTimes.set(symbol, time)
      this.client.send("snapshot", symbol, snapshot(market, time))
    }
    const last = channel === "matches" ? this.tape.lastMatch(market) : null
    if (last !== null) this.client.send("trade", symbol, last)
  }

  private unfit(asked: Asked, status: boolean): string | null {
    if (asked.length === 0 && !status) return "No channels provided"
    for (const [channel, id] of asked) {
      if (KEYED.has(channel)) return AUTHENTICATE
      if (!isChannel(channel)) return `${channel} is not a valid channel`
      if (!this.tape.markets.has(id)) return `${id} is not a valid product`
    }
    return null
  }

  private refuse(reason: string): void {
    const text = JSON.stringify({ type: "error", message: "Failed to subscribe", reason })
    this.client.send("error", null, text)
  }

  private subscriptions(): string {
    const channels = CHANNELS.filter((name) => this.subscribed[name].size > 0)
    const rows = channels.map((name) => ({
      name: name === "level2_batch" ? "level2_50" : name,
      product_ids: [...this.subscribed[name]],
      account_ids: null
    }))
    const status = this.statusAt === null ? [] : [{ name: "status", product_ids: [], account_ids: null }]
    return JSON.stringify({ type: "subscriptions", channels: [...rows, ...status] })
  }
}

const AUTHENTICATE =
  "level2, level3, and full channels now require authentication. " +
  "https://docs.cloud.coinbase.com/exchange/docs/websocket-auth"

type Asked = ReadonlyArray<readonly [channel: string, product: string]>

const namesStatus = ({ channels = [] }: Request): boolean =>
  channels.some((channel) => (typeof channel === "string" ? channel : channel.name) === "status")

const askedFor = ({ product_ids = [], channels = [] }: Request): Asked =>
  channels.flatMap((channel) => {
    const { name, ids } =
      typeof channel === "string"
        ? { name: channel, ids: product_ids }
        : { name: channel.name, ids: channel.product_ids ?? product_ids }
    // all products, whichever are named
    if (name === "status") return []
    return ids.map((id) => [name, id] as const)
  })

const pairs = (levels: ReadonlyArray<SimLevel>): string =>
  levels.map(({ price, size }) => `["${price}","${size}"]`).join(",")

const snapshot = ({ symbol, bids, asks }: SimMarket, time: string): string =>
  `{"type":"snapshot","product_id":"${symbol}","asks":[${pairs(asks)}],"bids":[${pairs(bids)}],"time":"${time}"}`
