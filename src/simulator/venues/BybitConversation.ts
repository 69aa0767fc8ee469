// Owns one client's conversation with a public socket of Bybit v5: `op` requests, their acknowledgements and refusals,
// pongs, and which topics this client hears. Texts and numbering are BybitTape's. From venues/bybit.md: an
// acknowledgement names no topics, only the `req_id`; derivatives always carry `req_id`, spot only when it was given,
// and says `ret_msg` for a success. One bad topic refuses its whole request, and the refusal names it (probed
// 2026-09-23); `orderbook.1` is not shown.
import { Schema } from "effect"
import { clientText } from "../clientText.ts"
import type { Client, Conversation, SimMarket } from "../Venue.ts"
import type { BybitTape } from "./BybitTape.ts"

/** Levels a side by topic. */
const DEPTHS = new Set(["50", "200", "1000"])
const SPOT_ARGS = 10
/** Characters of all topics of a connection together. */
const ARGS_LENGTH = 21_000
/** Without pings and without data a socket is cut. */
const QUIET = 600_000_000

const Request = Schema.Struct({
  op: Schema.String,
  args: Schema.optionalKey(Schema.Array(Schema.String)),
  req_id: Schema.optionalKey(Schema.String)
})
type Request = typeof Request.Type
const request = clientText(Request)

interface Topic {
  readonly symbol: string
  /** Null: trades. */
  readonly depth: number | null
}

export class BybitConversation implements Conversation {
  private readonly tape: BybitTape
  private readonly client: Client
  private readonly id: string
  private readonly topics = new Map<string, Topic>()
  /** The same by market, in the order of subscription. */
  private readonly heard = new Map<string, Array<Topic>>()
  private now: number
  private lastWord: number

  constructor(tape: BybitTape, client: Client, at: number, id: string) {
    this.tape = tape
    this.client = client
    this.id = id
    this.now = at
    this.lastWord = at
  }

  get markets(): ReadonlySet<string> {
    return new Set(this.heard.keys())
  }

  text(text: string): void {
    this.lastWord = this.now
    const frame = request(text)
    if (frame === undefined || frame === null) return this.answer({ op: "" }, "error:request not supported")
    const { op, args = [] } = frame
    if (op === "ping") return this.pong(frame)
    if (op === "subscribe") return this.subscribe(frame, args)
    if (op !== "unsubscribe") return this.answer(frame, "error:request not supported")
    for (const arg of args) this.drop(arg)
    this.answer(frame, null)
  }

  step(market: SimMarket): void {
    const topics = this.heard.get(market.symbol)
    if (topics === undefined) return
    this.lastWord = this.now
    for (const { depth } of topics) {
      if (depth === null) {
        if (this.tape.lastTrades !== "") this.client.send("trade", market.symbol, this.tape.lastTrades)
        continue
      }
      const frame = this.tape.change(market, depth)
      if (frame !== null) this.client.send(frame.kind, market.symbol, frame.text)
    }
  }

  tick(at: number): void {
    this.now = at
    if (at - this.lastWord > QUIET) this.client.close(1000, "")
  }

  private subscribe(frame: Request, args: ReadonlyArray<string>): void {
    const asked = args.map((arg) => [arg, this.topicOf(arg)] as const)
    const trouble = this.unfit(asked)
    if (trouble !== null) return this.answer(frame, trouble)
    this.answer(frame, null)
    for (const [arg, topic] of asked) if (topic !== null) this.add(arg, topic)
  }

  private unfit(asked: ReadonlyArray<readonly [string, Topic | null]>): string | null {
    if (this.tape.category === "spot" && asked.length > SPOT_ARGS) return `args size >${SPOT_ARGS}`
    const length = [...this.topics.keys(), ...asked.map(([arg]) => arg)].reduce((sum, arg) => sum + arg.length, 0)
    if (length > ARGS_LENGTH) return `args length >${ARGS_LENGTH}`
    if (asked.length === 0) return "error:handler not found"
    const bad = asked.find(([, topic]) => topic === null)
    if (bad !== undefined) return `error:handler not found,topic:${bad[0]}`
    const known = asked.find(([arg]) => this.topics.has(arg))
    return known === undefined ? null : `error:already subscribed,topic:${known[0]}`
  }

  private topicOf(arg: string): Topic | null {
    const [, depth, booked, traded] = /^(?:orderbook\.(\d+)\.(.+)|publicTrade\.(.+))$/.exec(arg) ?? []
    const symbol = booked ?? traded ?? ""
    if (!this.tape.markets.has(symbol)) return null
    if (depth === undefined) return { symbol, depth: null }
    return DEPTHS.has(depth) ? { symbol, depth: Number(depth) } : null
  }

  private add(arg: string, topic: Topic): void {
    this.topics.set(arg, topic)
    const topics = this.heard.get(topic.symbol)
    if (topics === undefined) this.heard.set(topic.symbol, [topic])
    else topics.push(topic)
    if (topic.depth === null) return
    const market = this.tape.markets.get(topic.symbol)!
    this.client.send("snapshot", topic.symbol, this.tape.snapshot(market, topic.depth, this.now))
  }

  private drop(arg: string): void {
    const topic = this.topics.get(arg)
    if (topic === undefined) return
    this.topics.delete(arg)
    const left = this.heard.get(topic.symbol)!.filter((one) => one !== topic)
    if (left.length === 0) this.heard.delete(topic.symbol)
    else this.heard.set(topic.symbol, left)
  }

  private pong(frame: Request): void {
    this.client.send("heartbeat", null, this.envelope(frame, true, "pong"))
  }

  /** `trouble` null: it succeeded. */
  private answer(frame: Request, trouble: string | null): void {
    if (trouble !== null) return this.client.send("error", null, this.envelope(frame, false, trouble))
    const message = this.tape.category === "spot" ? frame.op : ""
    this.client.send("acknowledgement", null, this.envelope(frame, true, message))
  }

  private envelope({ op, req_id }: Request, success: boolean, message: string): string {
    const id = req_id ?? (this.tape.category === "spot" || !success ? null : "")
    const named = id === null ? "" : `"req_id":${JSON.stringify(id)},`
    const said = JSON.stringify(message).replaceAll(">", "\\u003e")
    return `{"success":${success},"ret_msg":${said},"conn_id":"${this.id}",${named}"op":${JSON.stringify(op)}}`
  }
}
