// Owns what one client of Binance says and hears: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, their acknowledgements
// and errors, and the frames of the streams it has, in combined (`/stream`) or raw (`/ws`) form. Source:
// venues/binance.md, sections 3 and 4. Invariant: a stream that this path does not deliver, or of an unknown symbol, is
// acknowledged and silent, as on the real one.
import { Schema } from "effect"
import { clientText } from "../clientText.ts"
import type { Client, Conversation, FrameKind, SimMarket, SimStep, SimTrade } from "../Venue.ts"
import type { BinanceDepth } from "./BinanceDepth.ts"
import { contractInfo } from "./binanceInfo.ts"
import type { BinanceSystem, StreamKind } from "./BinanceSystem.ts"

const Request = Schema.Struct({
  method: Schema.String,
  params: Schema.optionalKey(Schema.Array(Schema.String)),
  id: Schema.optionalKey(Schema.Unknown)
})
const read = clientText(Request)

const STREAM = /^([^@\s]+)@([A-Za-z]+)(@\w+)?$/
/** Of all contracts of a futures system; on USD-M where the trades are. */
const CONTRACTS = "!contractInfo"
const INVALID = "Invalid request: "

interface Stream {
  readonly name: string
  readonly market: SimMarket
  readonly kind: StreamKind
}

export interface ConversationOptions {
  readonly system: BinanceSystem
  readonly markets: ReadonlyMap<string, SimMarket>
  readonly depth: BinanceDepth
  readonly client: Client
  readonly combined: boolean
  readonly delivers: ReadonlySet<StreamKind>
}

export class BinanceConversation implements Conversation {
  readonly markets = new Set<string>()
  private readonly options: ConversationOptions
  /** Every acknowledged name; null where it will be silent. */
  private readonly streams = new Map<string, Stream | null>()
  /** Streams that are heard, by symbol. */
  private readonly heard = new Map<string, ReadonlyArray<Stream>>()

  constructor(options: ConversationOptions) {
    this.options = options
  }

  text(text: string): void {
    const request = read(text)
    if (request === undefined) return this.say("error", '{"id":null,"error":{"code":3,"msg":"Invalid json"}}')
    if (request === null) return this.refuse(2, `${INVALID}missing field \`method\``)
    const { method, params = [], id } = request
    if (!Number.isSafeInteger(id) || Number(id) < 0)
      return this.refuse(2, `${INVALID}request ID must be an unsigned integer`)
    switch (method) {
      case "SUBSCRIBE":
      case "UNSUBSCRIBE": {
        const bad = params.some((name) => !STREAM.test(name) && name !== CONTRACTS)
        if (bad) return this.say("error", `{"error":{"code":2,"msg":"${INVALID}invalid stream"},"id":${Number(id)}}`)
        for (const name of params)
          if (method === "SUBSCRIBE") this.subscribe(name)
          else this.unsubscribe(name)
        return this.say("acknowledgement", `{"result":null,"id":${Number(id)}}`)
      }
      case "LIST_SUBSCRIPTIONS":
        return this.say("acknowledgement", `{"result":${JSON.stringify([...this.streams.keys()])},"id":${Number(id)}}`)
      default:
        return this.refuse(
          2,
          `${INVALID}unknown variant \`${method.replace(/[^\w]/g, "")}\`, expected one of ` +
            "`SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`"
        )
    }
  }

  /** A stream that the address named: no acknowledgement is sent for it. */
  subscribe(name: string): void {
    if (this.streams.has(name)) return
    const stream = this.streamOf(name)
    this.streams.set(name, stream)
    if (stream === null) return
    const { symbol } = stream.market
    this.heard.set(symbol, [...(this.heard.get(symbol) ?? []), stream])
    this.markets.add(symbol)
  }

  step(market: SimMarket, step: SimStep): void {
    if (step.trades.length === 0) return
    for (const { name, kind } of this.heard.get(market.symbol) ?? []) {
      if (kind === "depth") continue
      const write = (trade: SimTrade) => this.options.system[kind](market, step.at, trade)
      for (const trade of step.trades) this.tell("trade", market.symbol, name, write(trade))
    }
  }

  tick(at: number): void {
    for (const [name, text] of this.options.depth.due(at)) {
      const stream = this.streams.get(name)
      if (stream) this.tell("book", stream.market.symbol, name, text)
    }
  }

  listing(market: SimMarket, at: number): void {
    const { system, delivers } = this.options
    if (system.marketType === "SPOT" || !delivers.has("aggTrade") || !this.streams.has(CONTRACTS)) return
    const data = contractInfo(market, at)
    this.say("acknowledgement", this.options.combined ? `{"stream":"${CONTRACTS}","data":${data}}` : data)
  }

  maintenance(at: number): void {
    const text = `{"e":"serverShutdown","E":${Math.floor(at / 1000)}}`
    this.say("heartbeat", this.options.combined ? `{"stream":"!serverShutdown","data":${text}}` : text)
  }

  private unsubscribe(name: string): void {
    const stream = this.streams.get(name)
    this.streams.delete(name)
    if (!stream) return
    const { symbol } = stream.market
    const left = (this.heard.get(symbol) ?? []).filter((one) => one !== stream)
    this.heard.set(symbol, left)
    if (left.length === 0) this.markets.delete(symbol)
  }

  private streamOf(name: string): Stream | null {
    const { system, markets, depth, delivers } = this.options
    const [, lower = "", kind = "", suffix = ""] = STREAM.exec(name) ?? []
    const market = markets.get(lower.toUpperCase())
    if (market === undefined || lower !== lower.toLowerCase()) return null
    if (kind === "depth") {
      const every = system.depthSpeeds[suffix]
      if (every === undefined || !delivers.has("depth")) return null
      depth.open(name, market, every)
      return { name, market, kind }
    }
    const trades = suffix === "" && (kind === "trade" || kind === "aggTrade") && delivers.has(kind)
    return trades ? { name, market, kind } : null
  }

  private tell(kind: FrameKind, symbol: string, stream: string, data: string): void {
    this.options.client.send(kind, symbol, this.options.combined ? `{"stream":"${stream}","data":${data}}` : data)
  }

  private refuse(code: number, message: string): void {
    this.say("error", JSON.stringify({ code, msg: message }))
  }

  private say(kind: FrameKind, text: string): void {
    this.options.client.send(kind, null, text)
  }
}
