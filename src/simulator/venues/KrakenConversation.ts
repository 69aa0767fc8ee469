// Owns one client's talk with the simulated Kraken spot gateway: subscriptions, snapshots, updates, trades, listed
// pairs, heartbeats. Surprises kept: numbers are JSON numbers with all their zeros, and the CRC32 over the ten best
// asks and bids is of that text; one acknowledgement a symbol, all before the first snapshot; errors have the
// acknowledgement's envelope; a socket without subscriptions is closed after a minute. Invariant: every book frame
// carries the checksum of the book after it.
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { isoTime } from "../isoTime.ts"
import { jsonOf } from "../jsonOf.ts"
import { instrumentFrame } from "./krakenInstruments.ts"
import type { Client, Conversation, FrameKind, SimLevel, SimMarket, SimStep } from "../Venue.ts"
import type { WindowChanges } from "../WindowChanges.ts"

const Request = Schema.Struct({
  method: Schema.String,
  req_id: Schema.optionalKey(Schema.Int),
  params: Schema.optionalKey(
    Schema.Struct({
      channel: Schema.String,
      symbol: Schema.optionalKey(Schema.Array(Schema.String)),
      depth: Schema.optionalKey(Schema.Number),
      snapshot: Schema.optionalKey(Schema.Boolean)
    })
  )
})
type Request = typeof Request.Type
type Params = NonNullable<Request["params"]>
const isRequest = Schema.is(Request)

const DEPTHS: ReadonlySet<number> = new Set([10, 25, 100, 500, 1000])
const CHECKED = 10
const HISTORY = 50
const HEARTBEAT = 1_000_000
/** A socket that follows nothing is closed after this. */
const IDLE = 60_000_000

export class KrakenConversation implements Conversation {
  private readonly listed: ReadonlyMap<string, SimMarket>
  private readonly windows: WindowChanges
  private readonly client: Client
  /** Depth by symbol. */
  private readonly books = new Map<string, number>()
  private readonly trades = new Set<string>()
  private instruments = false
  private now: number
  private busyAt: number
  private lastBeat: number

  constructor(listed: ReadonlyMap<string, SimMarket>, windows: WindowChanges, client: Client, at: number) {
    this.listed = listed
    this.windows = windows
    this.client = client
    this.now = at
    this.busyAt = at
    this.lastBeat = at
  }

  get markets(): ReadonlySet<string> {
    return new Set([...this.books.keys(), ...this.trades])
  }

  text(text: string): void {
    const request = jsonOf(text)
    if (!isRequest(request)) return this.refuse("Malformed request", "", null, undefined)
    const { method, params } = request
    if (method === "ping") {
      const head = request.req_id === undefined ? "" : `"req_id":${request.req_id},`
      return this.client.send("heartbeat", null, `{"method":"pong",${head}${this.times()}}`)
    }
    if ((method !== "subscribe" && method !== "unsubscribe") || params === undefined)
      return this.refuse("Unsupported method", method, null, request.req_id)
    const { channel, symbol = [] } = params
    if (channel === "instrument") return this.turnInstruments(request, params)
    if (channel !== "book" && channel !== "trade")
      return this.refuse("Unsupported channel", method, null, request.req_id)
    // every acknowledgement goes before the first snapshot
    const joined = symbol.filter((one) => this.acknowledge(one, params, request))
    if (method === "unsubscribe") return
    for (const one of joined) this.begin(one, params)
  }

  step(market: SimMarket, step: SimStep): void {
    this.now = step.at
    const { symbol } = market
    if (step.trades.length > 0 && this.trades.has(symbol))
      this.client.send("trade", symbol, tradeFrame("update", symbol, step.trades))
    const depth = this.books.get(symbol)
    if (depth === undefined) return
    const { bids, asks } = this.windows.of(symbol, depth)
    if (bids.length + asks.length > 0) this.book("book", market, bids, asks)
  }

  tick(at: number): void {
    this.now = at
    if (this.instruments || this.books.size + this.trades.size > 0) {
      this.busyAt = at
      if (at - this.lastBeat < HEARTBEAT) return
      this.lastBeat = at
      this.client.send("heartbeat", null, `{"channel":"heartbeat"}`)
    } else if (at - this.busyAt >= IDLE) this.client.close(1000, "")
  }

  listing(market: SimMarket): void {
    if (this.instruments) this.client.send("acknowledgement", null, instrumentFrame("update", [market]))
  }

  private turnInstruments({ method, req_id }: Request, { snapshot = true }: Params): void {
    const join = method === "subscribe"
    if (join === this.instruments)
      return this.refuse(join ? "Already subscribed" : "Subscription Not Found", method, null, req_id)
    this.instruments = join
    const result = `"channel":"instrument"${join ? `,"snapshot":${snapshot},"warnings":[]` : ""}`
    const tail = req_id === undefined ? "" : `,"req_id":${req_id}`
    const text = `{"method":"${method}","result":{${result}},"success":true,${this.times()}${tail}}`
    this.client.send("acknowledgement", null, text)
    if (!join || !snapshot) return
    const listed = [...this.listed.values()].filter(({ state }) => state !== "dropped")
    this.client.send("acknowledgement", null, instrumentFrame("snapshot", listed))
  }

  /** Joins or leaves one symbol and says so; false where the venue refuses. */
  private acknowledge(symbol: string, params: Params, { method, req_id }: Request): boolean {
    const { channel, depth = 10 } = params
    const trouble = this.troubleOf(method, symbol, channel, depth)
    if (trouble !== null) {
      this.refuse(trouble, method, symbol, req_id)
      return false
    }
    if (method === "unsubscribe") {
      if (channel === "book") this.books.delete(symbol)
      else this.trades.delete(symbol)
    } else if (channel === "book") this.books.set(symbol, depth)
    else this.trades.add(symbol)
    const result = [
      `"channel":"${channel}"`,
      ...(channel === "book" ? [`"depth":${depth}`] : []),
      ...(method === "subscribe" ? [`"snapshot":${wantsSnapshot(params)}`] : []),
      `"symbol":"${symbol}"`
    ].join(",")
    const tail = req_id === undefined ? "" : `,"req_id":${req_id}`
    const text = `{"method":"${method}","result":{${result}},"success":true,${this.times()}${tail}}`
    this.client.send("acknowledgement", symbol, text)
    return true
  }

  private troubleOf(method: string, symbol: string, channel: string, depth: number): string | null {
    if (!this.listed.has(symbol)) return `Currency pair not supported ${symbol}`
    if (channel === "book" && !DEPTHS.has(depth)) return "Subscription depth not supported"
    const joined = channel === "book" ? this.books.has(symbol) : this.trades.has(symbol)
    if (method === "subscribe") return joined ? "Already subscribed" : null
    const same = channel === "trade" || this.books.get(symbol) === depth
    return joined && same ? null : "Subscription Not Found"
  }

  /** What a fresh subscription starts with. */
  private begin(symbol: string, params: Params): void {
    const market = this.listed.get(symbol)
    if (market === undefined || !wantsSnapshot(params)) return
    if (params.channel === "trade")
      return this.client.send("snapshot", symbol, tradeFrame("snapshot", symbol, market.trades.slice(-HISTORY)))
    const depth = params.depth ?? 10
    this.book("snapshot", market, market.bids.slice(0, depth), market.asks.slice(0, depth))
  }

  private book(kind: FrameKind, market: SimMarket, bids: ReadonlyArray<SimLevel>, asks: ReadonlyArray<SimLevel>): void {
    const checksum = this.client.checksum(market.symbol, checksumOf(market))
    const type = kind === "book" ? "update" : "snapshot"
    const body = `"symbol":"${market.symbol}","bids":${levels(bids)},"asks":${levels(asks)}`
    const tail = `"checksum":${checksum},"timestamp":"${isoTime(this.now, 6)}"`
    this.client.send(kind, market.symbol, `{"channel":"book","type":"${type}","data":[{${body},${tail}}]}`)
  }

  /** Keys stand in the order of the alphabet, as on the wire of 2026. */
  private refuse(error: string, method: string, symbol: string | null, req_id: number | undefined): void {
    const about = symbol === null ? "" : `,"symbol":${JSON.stringify(symbol)}`
    const id = req_id === undefined ? "" : `,"req_id":${req_id}`
    const head = `{"error":${JSON.stringify(error)},"method":${JSON.stringify(method)}${id},"success":false`
    this.client.send("error", symbol, `${head}${about},${this.times()}}`)
  }

  private times(): string {
    return `"time_in":"${isoTime(this.now, 6)}","time_out":"${isoTime(this.now + 49, 6)}"`
  }
}

/** Trades come without history unless asked for, books with a snapshot. */
const wantsSnapshot = ({ channel, snapshot }: Params): boolean => snapshot ?? channel === "book"

const levels = (side: ReadonlyArray<SimLevel>): string =>
  `[${side.map(({ price, size }) => `{"price":${price},"qty":${size}}`).join(",")}]`

const tradeFrame = (type: string, symbol: string, trades: SimMarket["trades"]): string => {
  const data = trades.map(
    ({ id, price, size, side, at }) =>
      `{"symbol":"${symbol}","side":"${side}","price":${price},"qty":${size},` +
      `"ord_type":"limit","trade_id":${id},"timestamp":"${isoTime(at, 6)}"}`
  )
  return `{"channel":"trade","type":"${type}","data":[${data.join(",")}]}`
}

/** CRC32 of the ten best asks, then bids: price and quantity as on the wire, without point and leading zeros. */
const checksumOf = ({ asks, bids }: SimMarket): number => crc32(digitsOf(asks) + digitsOf(bids))

const digitsOf = (side: ReadonlyArray<SimLevel>): string => {
  let text = ""
  for (const { price, size } of side.slice(0, CHECKED)) text += bare(price) + bare(size)
  return text
}

const bare = (decimal: string): string => decimal.replace(".", "").replace(/^0+/, "")
