// Owns what Gemini says to one client: requests and their answers, and the streams it asked for. Ids and book frames
// are GeminiChains'. Invariant: a stream is subscribed once, and a request with one bad name changes nothing.
import { Schema } from "effect"
import { jsonOf } from "../jsonOf.ts"
import type { Client, Conversation, SimMarket, SimStep } from "../Venue.ts"
import { nanos, type GeminiChains } from "./GeminiChains.ts"

const Request = Schema.Struct({
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number])),
  method: Schema.String,
  params: Schema.optionalKey(Schema.Array(Schema.String))
})
type Id = (typeof Request.Type)["id"]
const isRequest = Schema.is(Request)

/** A frame that names more streams than this closes the socket. */
const MOST_STREAMS = 100
const DEPTH = "depth@100ms"
const STREAM = /^([^@]+)@(?:depth@100ms|trade|depth(5|10|20)(@100ms)?)$/

/** A stream of the best levels, said when they are due and the book moved. */
interface Partial {
  readonly symbol: string
  readonly depth: number
  readonly every: number
  due: number
  said: number
}

export class GeminiConversation implements Conversation {
  private readonly listed: ReadonlyMap<string, SimMarket>
  private readonly chains: GeminiChains
  private readonly client: Client
  /** Levels a side of a snapshot: 0 none, negative all. A property of the connection. */
  private readonly snapshot: number
  private readonly streams = new Set<string>()
  private readonly partials = new Map<string, Partial>()
  private fresh = true
  private at: number

  constructor(
    listed: ReadonlyMap<string, SimMarket>,
    chains: GeminiChains,
    client: Client,
    snapshot: number,
    at: number
  ) {
    this.listed = listed
    this.chains = chains
    this.client = client
    this.snapshot = snapshot
    this.at = at
  }

  text(text: string): void {
    const request = jsonOf(text)
    if (!isRequest(request)) return this.refuse(undefined, -1013, "Invalid request")
    const { id } = request
    const names = (request.params ?? []).map((name) => name.toLowerCase())
    switch (request.method.toLowerCase()) {
      case "subscribe":
        return this.subscribe(id, names)
      case "unsubscribe":
        if (!this.known(id, names)) return
        for (const name of names) if (this.streams.delete(name)) this.partials.delete(name)
        return this.acknowledge({ id, status: 200 })
      case "list_subscriptions":
        return this.acknowledge({ id, status: 200, result: [...this.streams] })
      case "ping":
        return this.client.send("heartbeat", null, JSON.stringify({ id, status: 200 }))
      default:
        return this.refuse(id, -1020, "Unsupported operation")
    }
  }

  step({ symbol }: SimMarket, step: SimStep): void {
    this.at = step.at
    if (this.streams.has(`${symbol}@trade`)) {
      for (const { id, price, size, side, at } of step.trades) {
        const text = `{"E":${nanos(at)},"s":"${symbol}","t":${id},"p":"${price}","q":"${size}","m":${side === "sell"}}`
        this.client.send("trade", symbol, text)
      }
    }
    const event = this.chains.now(symbol)
    if (event !== null && this.streams.has(`${symbol}@${DEPTH}`)) this.client.send("book", symbol, event)
  }

  tick(at: number): void {
    this.at = at
    for (const [symbol, event] of this.chains.due(at)) {
      if (this.streams.has(`${symbol}@${DEPTH}`)) this.client.send("book", symbol, event)
    }
    for (const partial of this.partials.values()) {
      const last = this.chains.settled(partial.symbol)
      const market = this.listed.get(partial.symbol)
      if (market === undefined || at < partial.due || last === null || last === partial.said) continue
      partial.due = at + partial.every
      partial.said = last
      const text = this.chains.partial(market, partial.depth)
      this.client.send("snapshot", partial.symbol, text)
    }
  }

  private subscribe(id: Id, names: ReadonlyArray<string>): void {
    if (names.length > MOST_STREAMS) return this.client.close(1009, "")
    if (!this.known(id, names)) return
    const added = new Set(names.filter((name) => !this.streams.has(name)))
    // a fresh socket hears its snapshots before the acknowledgement, a later subscription after it
    if (!this.fresh) this.acknowledge({ id, status: 200 })
    for (const name of added) this.begin(name)
    if (this.fresh) this.acknowledge({ id, status: 200 })
    this.fresh = false
  }

  private begin(name: string): void {
    this.streams.add(name)
    const [, symbol = "", depth, fast] = STREAM.exec(name) ?? []
    if (depth !== undefined) {
      const every = fast === undefined ? 1_000_000 : 100_000
      this.partials.set(name, { symbol, depth: Number(depth), every, due: this.at + every, said: 0 })
    }
    if (!name.endsWith(`@${DEPTH}`) || this.snapshot === 0) return
    const levels = this.snapshot < 0 ? Infinity : this.snapshot
    this.client.send("snapshot", symbol, this.chains.snapshot(this.listed.get(symbol)!, levels, this.at))
  }

  private known(id: Id, names: ReadonlyArray<string>): boolean {
    const bad = names.find((name) => !this.listed.has(STREAM.exec(name)?.[1] ?? ""))
    if (bad !== undefined) this.refuse(id, -1013, `Invalid stream name: ${bad}`)
    return bad === undefined
  }

  private acknowledge(frame: object): void {
    this.client.send("acknowledgement", null, JSON.stringify(frame))
  }

  private refuse(id: Id, code: number, msg: string): void {
    this.client.send("error", null, JSON.stringify({ id, status: 400, error: { code, msg } }))
  }
}
