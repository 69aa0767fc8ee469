// Owns one client's conversation with BitMEX's realtime API: the welcome, one acknowledgement or error a topic,
// partials after them, and `pong` for `ping`. Rows are BitMEXTape's. From venues/bitmex.md: a topic is table, symbol
// and (since 2026) pool, which the acknowledgement names apart from the topic; 20 arguments a message; a trade partial
// is history. Shown are `orderBookL2` and `trade` of named symbols; errors that the sheet has not are status 400 and
// free text.
import { Schema } from "effect"
import { clientText } from "../clientText.ts"
import { isoTime } from "../isoTime.ts"
import type { Client, Conversation, SimMarket, SimStep } from "../Venue.ts"
import type { BitMEXTape, Pool } from "./BitMEXTape.ts"

const MAX_ARGS = 20

const Request = Schema.Struct({
  op: Schema.String,
  args: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)]))
})
type Request = typeof Request.Type
const request = clientText(Request)

interface Topic {
  readonly table: "orderBookL2" | "trade"
  readonly symbol: string
  readonly pool: Pool
}

export class BitMEXConversation implements Conversation {
  private readonly tape: BitMEXTape
  private readonly listed: ReadonlyMap<string, SimMarket>
  private readonly client: Client
  private readonly topics = new Map<string, Topic>()
  /** The same by market. */
  private readonly heard = new Map<string, ReadonlyArray<Topic>>()
  private now: number

  /** `asked`: topics of the address. */
  constructor(
    tape: BitMEXTape,
    listed: ReadonlyMap<string, SimMarket>,
    client: Client,
    asked: ReadonlyArray<string>,
    at: number
  ) {
    this.tape = tape
    this.listed = listed
    this.client = client
    this.now = at
    const welcome =
      `{"info":"Welcome to the BitMEX Realtime API.","version":"2.0.0","timestamp":"${isoTime(at, 3)}",` +
      `"docs":"https://www.bitmex.com/app/wsAPI","heartbeatEnabled":false,"appName":"ws-feedhandler"}`
    client.send("acknowledgement", null, welcome)
    if (asked.length > 0) this.subscribe({ op: "subscribe", args: asked }, asked)
  }

  get markets(): ReadonlySet<string> {
    return new Set(this.heard.keys())
  }

  text(text: string): void {
    if (text === "ping") return this.client.send("heartbeat", null, "pong")
    const frame = request(text)
    if (frame === undefined || frame === null) return this.refuse("Unrecognized request.", null)
    const args = typeof frame.args === "string" ? [frame.args] : (frame.args ?? [])
    if (args.length > MAX_ARGS) return this.refuse(`Too many args sent. Max length is ${MAX_ARGS}.`, frame)
    if (frame.op === "subscribe") return this.subscribe(frame, args)
    if (frame.op !== "unsubscribe") return this.refuse(`Unknown op: ${frame.op}`, frame)
    for (const arg of args) this.unsubscribe(frame, arg)
  }

  step(market: SimMarket, step: SimStep): void {
    this.now = step.at
    for (const { table, pool } of this.heard.get(market.symbol) ?? []) {
      if (table === "orderBookL2")
        for (const text of this.tape.changes(market, pool)) this.client.send("book", market.symbol, text)
      else if (pool !== "Secondary" && this.tape.trades(market) !== "")
        this.client.send("trade", market.symbol, this.tape.trades(market))
    }
  }

  tick(at: number): void {
    this.now = at
  }

  private subscribe(frame: Request, args: ReadonlyArray<string>): void {
    const fresh: Array<Topic> = []
    for (const arg of args) {
      const topic = this.topicOf(arg)
      if (typeof topic === "string") this.refuse(topic, frame)
      else if (this.topics.has(keyOf(topic))) this.refuse(`You are already subscribed to this topic: ${arg}`, frame)
      else {
        this.topics.set(keyOf(topic), topic)
        fresh.push(topic)
        this.acknowledge(topic, frame)
      }
    }
    for (const topic of fresh) {
      this.heard.set(topic.symbol, [...(this.heard.get(topic.symbol) ?? []), topic])
      this.partial(topic)
    }
  }

  private unsubscribe(frame: Request, arg: string): void {
    const topic = this.topicOf(arg)
    if (typeof topic === "string") return this.refuse(topic, frame)
    const known = this.topics.get(keyOf(topic))
    this.topics.delete(keyOf(topic))
    const left = (this.heard.get(topic.symbol) ?? []).filter((one) => one !== known)
    if (left.length === 0) this.heard.delete(topic.symbol)
    else this.heard.set(topic.symbol, left)
    this.acknowledge(topic, frame)
  }

  /** Or why there is none. */
  private topicOf(arg: string): Topic | string {
    const [table = "", symbol = "", pool = "Aggregated", more] = arg.split(":")
    if (table !== "orderBookL2" && table !== "trade") return `Unknown table: ${table}`
    if (!this.listed.has(symbol)) return `Unknown symbol ${symbol.toUpperCase()}`
    return isPool(pool) && more === undefined ? { table, symbol, pool } : `Unknown pool: ${pool}`
  }

  private partial({ table, symbol, pool }: Topic): void {
    const market = this.listed.get(symbol)!
    if (table === "orderBookL2") {
      const data = this.tape.book(market, pool, Infinity, this.now)
      this.client.send("snapshot", symbol, `${BOOK_HEAD}"filter":{"symbol":"${symbol}"},"data":${data}}`)
    } else {
      const last = market.trades.length - 1
      const data = last < 0 || pool === "Secondary" ? "" : this.tape.trade(market, last)
      this.client.send("trade", symbol, `${TRADE_HEAD}"filter":{"symbol":"${symbol}"},"data":[${data}]}`)
    }
  }

  private acknowledge({ table, symbol, pool }: Topic, frame: Request): void {
    const { op } = frame
    const text = JSON.stringify({ success: true, [op]: `${table}:${symbol}`, pool, request: frame })
    this.client.send("acknowledgement", symbol, text)
  }

  private refuse(error: string, frame: Request | null): void {
    const asked = frame === null ? {} : { request: frame }
    this.client.send("error", null, JSON.stringify({ status: 400, error, meta: {}, ...asked }))
  }
}

const keyOf = ({ table, symbol, pool }: Topic): string => `${table}:${symbol}:${pool}`

const isPool = (name: string): name is Pool => name === "Primary" || name === "Secondary" || name === "Aggregated"

const BOOK_HEAD =
  '{"table":"orderBookL2","action":"partial","keys":["symbol","id","side"],"types":{"symbol":"symbol","id":"long",' +
  '"side":"symbol","size":"long","price":"float","pool":"symbol","timestamp":"timestamp","transactTime":"timestamp"},' +
  '"foreignKeys":{"symbol":"instrument","side":"side"},"attributes":{"symbol":"parted","id":"sorted"},'

const TRADE_HEAD =
  '{"table":"trade","action":"partial","keys":[],"types":{"timestamp":"timestamp","symbol":"symbol","side":"symbol",' +
  '"size":"long","price":"float","tickDirection":"symbol","trdMatchID":"guid","grossValue":"long",' +
  '"homeNotional":"float",' +
  '"foreignNotional":"float","trdType":"symbol","pool":"symbol"},"foreignKeys":{"symbol":"instrument","side":"side"},' +
  '"attributes":{"timestamp":"sorted","symbol":"grouped"},'
