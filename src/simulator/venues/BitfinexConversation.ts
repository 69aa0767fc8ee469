// Owns one client's talk with the simulated Bitfinex gateway: channels by number, snapshots, a frame a level, trades
// sent twice, heartbeats, checksums, and the socket's one sequence. Simplified: precision P0 at frequency F0 alone.
// Surprises kept: every array, heartbeats and checksums included, takes the next number, events take none; a level's
// removal has count 0 and its side in the sign of 1; now and then a book's acknowledgement is late; bad JSON is not
// answered at all. Invariant: a client that applies every frame holds exactly the best `len` levels, and no frame
// leaves them crossed.
import { Schema } from "effect"
import { jsonOf } from "../jsonOf.ts"
import type { Client, Conversation, FrameKind, SimMarket, SimStep } from "../Venue.ts"
import type { WindowChanges } from "../WindowChanges.ts"
import { bookChecksum, bookLevel, fill, isGone, millis } from "./bitfinexFrames.ts"

const Request = Schema.Struct({
  event: Schema.String,
  flags: Schema.optionalKey(Schema.Int),
  channel: Schema.optionalKey(Schema.String),
  symbol: Schema.optionalKey(Schema.String),
  prec: Schema.optionalKey(Schema.String),
  freq: Schema.optionalKey(Schema.String),
  len: Schema.optionalKey(Schema.Union([Schema.String, Schema.Int])),
  subId: Schema.optionalKey(Schema.String),
  chanId: Schema.optionalKey(Schema.Int),
  cid: Schema.optionalKey(Schema.Int)
})
type Request = typeof Request.Type
const isRequest = Schema.is(Request)

const TIMESTAMP = 32_768
const SEQ_ALL = 65_536
const OB_CHECKSUM = 131_072
const LENGTHS: ReadonlySet<number> = new Set([1, 25, 100, 250])
const HISTORY = 30
const HEARTBEAT = 15_000_000
const CHECKSUM = 2_500_000
/** A socket that follows nothing is closed after this. */
const IDLE = 60_000_000
/** The general page of the documents; their page of limits says 25, the wire once gave 36. */
const CHANNELS = 30
/** How often a book's acknowledgement waits for the next tick. */
const LATE = 0.1

interface Channel {
  readonly id: number
  readonly kind: "book" | "trades"
  readonly market: SimMarket
  readonly len: number
  /** What says the same as another subscription. */
  readonly key: string
  readonly acknowledgement: string
  /** The book moved since its last checksum. */
  moved: boolean
  checkedAt: number
}

/** What a talk needs of its gateway. */
export interface BitfinexBooks {
  readonly markets: ReadonlyMap<string, SimMarket>
  readonly windows: WindowChanges
  readonly rand: () => number
}

export class BitfinexConversation implements Conversation {
  private readonly gateway: BitfinexBooks
  private readonly client: Client
  private readonly channels = new Map<number, Channel>()
  /** Subscribed, and not yet confirmed. */
  private readonly late = new Set<Channel>()
  private flags = 0
  private seq = 0
  private nextId: number
  private now: number
  private busyAt: number
  private lastBeat: number

  constructor(gateway: BitfinexBooks, client: Client, at: number) {
    this.gateway = gateway
    this.client = client
    this.nextId = 1_000 + Math.floor(gateway.rand() * 500_000)
    this.now = at
    this.busyAt = at
    this.lastBeat = at
  }

  get markets(): ReadonlySet<string> {
    return new Set([...this.channels.values()].map(({ market }) => market.symbol))
  }

  text(text: string): void {
    const request = jsonOf(text)
    if (!isRequest(request)) return
    switch (request.event) {
      case "ping": {
        const cid = request.cid === undefined ? "" : `,"cid":${request.cid}`
        return this.client.send("heartbeat", null, `{"event":"pong","ts":${millis(this.now)}${cid}}`)
      }
      case "conf":
        this.flags = request.flags ?? 0
        return this.event(null, { event: "conf", status: "OK", flags: this.flags })
      case "subscribe":
        return this.subscribe(request)
      case "unsubscribe":
        return this.unsubscribe(request.chanId ?? 0)
      default:
        return this.error(request, 10_000, "unknown event")
    }
  }

  step(market: SimMarket, step: SimStep): void {
    this.now = step.at
    for (const channel of this.channels.values()) {
      if (channel.market.symbol !== market.symbol || this.late.has(channel)) continue
      if (channel.kind === "book") this.moved(channel)
      else for (const trade of step.trades) this.trade(channel, trade)
    }
  }

  tick(at: number): void {
    this.now = at
    for (const channel of this.late) this.begin(channel)
    this.late.clear()
    for (const channel of this.channels.values()) {
      if (channel.kind !== "book" || !channel.moved || at - channel.checkedAt < CHECKSUM) continue
      if ((this.flags & OB_CHECKSUM) !== 0) this.checksum(channel)
    }
    if (this.channels.size > 0) this.busyAt = at
    else if (at - this.busyAt >= IDLE) return this.client.close(1006, "")
    if (at - this.lastBeat < HEARTBEAT) return
    this.lastBeat = at
    for (const channel of this.channels.values()) this.data("heartbeat", channel, `"hb"`)
  }

  /** Numbers and channels are this socket's: what was sent can't be sent again as it is. */
  repeatTrades(symbol: string, count: number): void {
    for (const channel of this.channels.values()) {
      if (channel.kind !== "trades" || channel.market.symbol !== symbol || this.late.has(channel)) continue
      for (const trade of channel.market.trades.slice(-count)) this.trade(channel, trade)
    }
  }

  private subscribe(request: Request): void {
    const { channel: kind, symbol: named = "" } = request
    if (kind !== "book" && kind !== "trades") return this.error(request, 10_302, "channel: unknown")
    const symbol = this.gateway.markets.has(named) ? named : `t${named}`
    const market = this.gateway.markets.get(symbol)
    const { prec = "P0", freq = "F0", len = "25" } = request
    if (market === undefined || prec !== "P0" || freq !== "F0" || !LENGTHS.has(Number(len)))
      return this.error(request, 10_300, `${market === undefined ? "symbol" : "params"}: invalid`)
    const key = kind === "book" ? `book ${symbol} ${len}` : `trades ${symbol}`
    for (const { id, key: known } of this.channels.values())
      if (known === key) return this.error(request, 10_301, "subscribe: dup", { chanId: id })
    if (this.channels.size >= CHANNELS) return this.error(request, 10_305, "subscribe: limit")
    this.open(request, kind, market, key, kind === "book" ? { prec, freq, len: String(len) } : {})
  }

  private open(request: Request, kind: Channel["kind"], market: SimMarket, key: string, how: object): void {
    this.nextId += 1 + Math.floor(this.gateway.rand() * 3)
    const id = this.nextId
    const { symbol } = market
    const subId = request.subId === undefined ? {} : { subId: request.subId }
    const confirmed = {
      event: "subscribed",
      channel: kind,
      chanId: id,
      symbol,
      ...how,
      ...subId,
      pair: symbol.slice(1)
    }
    const len = Number(request.len ?? 25)
    const acknowledgement = JSON.stringify(confirmed)
    const channel = { id, kind, market, len, key, acknowledgement, moved: true, checkedAt: this.now }
    this.channels.set(id, channel)
    if (kind === "book" && this.gateway.rand() < LATE) this.late.add(channel)
    else this.begin(channel)
  }

  private unsubscribe(chanId: number): void {
    const channel = this.channels.get(chanId)
    if (channel === undefined) return this.error({ event: "", chanId }, 10_400, "unsubscribe: invalid")
    this.channels.delete(chanId)
    this.late.delete(channel)
    this.event(channel.market.symbol, { event: "unsubscribed", status: "OK", chanId })
  }

  /** Acknowledges a channel, and says what it starts with. */
  private begin(channel: Channel): void {
    const { kind, market, len } = channel
    this.client.send("acknowledgement", market.symbol, channel.acknowledgement)
    if (kind === "trades") {
      const newestFirst = market.trades.slice(-HISTORY).reverse()
      return this.data("snapshot", channel, `[${newestFirst.map(fill).join(",")}]`)
    }
    const bids = market.bids.slice(0, len).map((level) => bookLevel(level, 1))
    const asks = market.asks.slice(0, len).map((level) => bookLevel(level, -1))
    this.data("snapshot", channel, `[${[...bids, ...asks].join(",")}]`)
  }

  /** What is left after the removals is part of both books, so nothing set later can cross it. */
  private moved(channel: Channel): void {
    const { bids, asks } = this.gateway.windows.of(channel.market.symbol, channel.len)
    if (bids.length + asks.length === 0) return
    channel.moved = true
    for (const gone of [true, false]) {
      for (const level of bids) if (isGone(level) === gone) this.data("book", channel, bookLevel(level, 1))
      for (const level of asks) if (isGone(level) === gone) this.data("book", channel, bookLevel(level, -1))
    }
  }

  private trade(channel: Channel, trade: SimMarket["trades"][number]): void {
    this.data("trade", channel, `"te",${fill(trade)}`)
    this.data("trade", channel, `"tu",${fill(trade)}`)
  }

  private checksum(channel: Channel): void {
    channel.moved = false
    channel.checkedAt = this.now
    const { market, len } = channel
    const sum = this.client.checksum(market.symbol, bookChecksum(market, len))
    this.data("book", channel, `"cs",${sum}`)
  }

  /** An array of the socket: takes the next number, sent where the client asked for it. */
  private data(kind: FrameKind, { id, market }: Channel, payload: string): void {
    if (this.client.mutes?.(kind, market.symbol) === true) return
    this.seq++
    const seq = (this.flags & SEQ_ALL) === 0 ? "" : `,${this.seq}`
    const time = (this.flags & TIMESTAMP) === 0 ? "" : `,${millis(this.now)}`
    this.client.send(kind, market.symbol, `[${id},${payload}${seq}${time}]`)
  }

  private event(symbol: string | null, event: object): void {
    this.client.send("acknowledgement", symbol, JSON.stringify(event))
  }

  /** Errors repeat the request. */
  private error({ event: _event, ...asked }: Request, code: number, msg: string, more: object = {}): void {
    const pair = asked.symbol === undefined ? {} : { pair: asked.symbol.replace(/^t/, "") }
    const text = JSON.stringify({ ...asked, ...more, event: "error", msg, code, ...pair })
    this.client.send("error", asked.symbol ?? null, text)
  }
}
