// Owns one client's conversation with Bitstamp's websocket v2: one channel a frame, acknowledgements, errors that leave
// the socket open, heartbeats on request, and the bounds of a client (512 bytes a frame, 1,024 channels a socket).
// Texts are BitstampTape's. From venues/bitstamp.md: neither a snapshot nor a trade comes on subscribe; an unknown
// symbol in lower case is acknowledged and silent, and so are channels that are not shown (`detail_order_book_`,
// `live_orders_`); `order_book_` is sampled, at most every 150 ms a market.
import { Schema } from "effect"
import { clientText } from "../clientText.ts"
import type { Client, Conversation, SimMarket, SimStep } from "../Venue.ts"
import type { BitstampTape } from "./BitstampTape.ts"

const FRAME_BYTES = 512
const CHANNELS = 1024
const SAMPLED = 150_000
const CHANNEL = /^(order_book|diff_order_book|detail_order_book|live_trades|live_orders|funding_rate)_(.+)$/

const Request = Schema.Struct({
  event: Schema.String,
  data: Schema.optionalKey(Schema.Struct({ channel: Schema.optionalKey(Schema.String) }))
})
const request = clientText(Request)

export class BitstampConversation implements Conversation {
  private readonly tape: BitstampTape
  private readonly client: Client
  private readonly channels = new Set<string>()
  /** By market: when its `order_book_` was last sent, and the market where it has moved since. */
  private readonly sampled = new Map<string, { at: number; moved: SimMarket | null }>()

  constructor(tape: BitstampTape, client: Client) {
    this.tape = tape
    this.client = client
  }

  get markets(): ReadonlySet<string> {
    return new Set([...this.channels].map(symbolOf))
  }

  text(text: string): void {
    if (Buffer.byteLength(text) >= FRAME_BYTES) return this.client.close(1009, "")
    const frame = request(text)
    if (frame === undefined) return this.refuse("Incorrect JSON format.")
    const channel = frame?.data?.channel
    if (frame?.event === "bts:heartbeat") {
      const beat = '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}'
      return this.client.send("heartbeat", null, beat)
    }
    const turn = /^bts:(un)?subscribe$/.exec(frame?.event ?? "")
    if (turn === null || channel === undefined) return this.refuse("Bad subscription string.")
    if (/[A-Z/]/.test(channel)) return this.refuse("Invalid channel provided.")
    if (!CHANNEL.test(channel)) return this.refuse("Bad subscription string.")
    if (turn[1] === undefined) this.join(channel)
    else this.leave(channel)
  }

  step(market: SimMarket, { at }: SimStep): void {
    const { symbol } = market
    if (this.channels.has(`diff_order_book_${symbol}`)) this.client.send("book", symbol, this.tape.diff(market))
    if (this.channels.has(`order_book_${symbol}`)) this.sample(market, at)
    if (!this.channels.has(`live_trades_${symbol}`)) return
    for (const trade of this.tape.trades(market)) this.client.send("trade", symbol, trade)
  }

  tick(at: number): void {
    for (const { moved } of this.sampled.values()) if (moved !== null) this.sample(moved, at)
  }

  private sample(market: SimMarket, at: number): void {
    const last = this.sampled.get(market.symbol)
    if (last !== undefined && at - last.at < SAMPLED) {
      last.moved = market
      return
    }
    this.sampled.set(market.symbol, { at, moved: null })
    this.client.send("book", market.symbol, this.tape.top(market))
  }

  private join(channel: string): void {
    this.channels.add(channel)
    if (this.channels.size > CHANNELS) return this.client.close(1000, "")
    this.acknowledge("subscription_succeeded", channel)
  }

  private leave(channel: string): void {
    this.channels.delete(channel)
    if (channel.startsWith("order_book_")) this.sampled.delete(symbolOf(channel))
    this.acknowledge("unsubscription_succeeded", channel)
  }

  private acknowledge(what: string, channel: string): void {
    const text = `{"event":"bts:${what}","channel":${JSON.stringify(channel)},"data":{}}`
    this.client.send("acknowledgement", symbolOf(channel), text)
  }

  private refuse(message: string): void {
    const text = `{"event":"bts:error","channel":"","data":{"code":null,"message":"${message}"}}`
    this.client.send("error", null, text)
  }
}

/** The text after the fixed prefix: symbols have dashes, but no underscore. */
const symbolOf = (channel: string): string => channel.slice(channel.lastIndexOf("_") + 1)
