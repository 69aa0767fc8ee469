// Owns one client's talk with the simulated Poloniex gateway: subscriptions, snapshots, updates, trades, pongs.
// Surprises kept: one acknowledgement a channel, which repeats the symbols; unknown symbols among known ones are
// dropped without a word, and errors name nobody; a snapshot may come again at any time, and on futures a change may
// come before the first; a client silent for 30 s is dropped without a close frame, busy or not.
import { Schema } from "effect"
import { jsonOf } from "../jsonOf.ts"
import type { Client, Conversation, SimMarket, SimStep } from "../Venue.ts"
import type { PoloniexChains } from "./PoloniexChains.ts"
import type { PoloniexPlatform } from "./PoloniexPlatform.ts"

const Request = Schema.Struct({
  event: Schema.String,
  channel: Schema.optionalKey(Schema.Array(Schema.String)),
  symbols: Schema.optionalKey(Schema.Array(Schema.String))
})
const isRequest = Schema.is(Request)

/** A client must say something this often. */
const PATIENCE = 30_000_000
/** How often a snapshot comes unasked: once in so many ticks of a subscription. */
const AGAIN = 3_000
type Channel = "book_lv2" | "trades"
const isChannel = (name: string): name is Channel => name === "book_lv2" || name === "trades"

/** What a talk needs of its gateway. */
export interface PoloniexBooks {
  readonly platform: PoloniexPlatform
  readonly markets: ReadonlyMap<string, SimMarket>
  readonly chains: PoloniexChains
  readonly rand: () => number
}

export class PoloniexConversation implements Conversation {
  private readonly gateway: PoloniexBooks
  private readonly client: Client
  private readonly joined = { book_lv2: new Set<string>(), trades: new Set<string>() }
  /** The channel of the listing is subscribed. */
  private listed = false
  private now: number
  private heardAt: number

  constructor(gateway: PoloniexBooks, client: Client, at: number) {
    this.gateway = gateway
    this.client = client
    this.now = at
    this.heardAt = at
  }

  get markets(): ReadonlySet<string> {
    return new Set([...this.joined.book_lv2, ...this.joined.trades])
  }

  text(text: string): void {
    this.heardAt = this.now
    const request = text === "ping" ? { event: "ping" } : jsonOf(text)
    if (request === undefined) return this.error(`Not JSON string：${text}`)
    if (!isRequest(request)) return this.error("Bad request")
    const { event, channel = [], symbols = [] } = request
    if (event === "ping") return this.client.send("heartbeat", null, `{"event":"pong"}`)
    if (event === "unsubscribe_all") return this.leaveAll()
    if (event === "list_subscriptions") return this.list()
    if (event !== "subscribe" && event !== "unsubscribe") return this.error("Bad request")
    const { listing } = this.gateway.platform
    if (channel.length === 1 && channel[0] === listing.channel) return this.turnListing(event)
    const wrong = channel.filter((name) => !isChannel(name))
    if (wrong.length > 0 || channel.length === 0) return this.error(`Invalid channel values ${JSON.stringify(wrong)}`)
    if (symbols.includes("all")) return this.error("All symbols subscription is not allowed")
    const known = symbols.filter((symbol) => this.gateway.markets.has(symbol))
    if (known.length === 0) return this.error("no valid symbols")
    for (const name of channel) if (isChannel(name)) this.turn(event, name, known)
  }

  step(market: SimMarket, step: SimStep): void {
    this.now = step.at
    const { symbol } = market
    if (this.joined.trades.has(symbol)) {
      for (const trade of step.trades) {
        const data = this.gateway.platform.trade(market, trade, step.at + 5_000)
        this.client.send("trade", symbol, `{"channel":"trades","data":[${data}]}`)
      }
    }
    const frame = this.joined.book_lv2.has(symbol) ? this.gateway.chains.change(symbol, step.version) : null
    if (frame !== null) this.client.send("book", symbol, frame)
  }

  tick(at: number): void {
    this.now = at
    // the session ends without a close frame
    if (at - this.heardAt >= PATIENCE) return this.client.close(1006, "")
    for (const symbol of this.joined.book_lv2) if (this.gateway.rand() * AGAIN < 1) this.snapshot(symbol)
  }

  listing(market: SimMarket, at: number): void {
    const { listing } = this.gateway.platform
    if (this.listed) this.client.send("acknowledgement", null, listing.frame("update", [market], at))
  }

  /** This channel takes all symbols at once. */
  private turnListing(event: "subscribe" | "unsubscribe"): void {
    const { listing } = this.gateway.platform
    this.listed = event === "subscribe"
    const text = `{"event":"${event}","channel":"${listing.channel}","symbols":["all"]}`
    this.client.send("acknowledgement", null, text)
    if (!this.listed) return
    const shown = [...this.gateway.markets.values()].filter(({ state }) => state !== "dropped")
    this.client.send("acknowledgement", null, listing.frame("snapshot", shown, this.now))
  }

  /** Joins or leaves symbols on one channel, says so, and sends the books of those that joined. */
  private turn(event: "subscribe" | "unsubscribe", channel: Channel, symbols: ReadonlyArray<string>): void {
    const set = this.joined[channel]
    const fresh = symbols.filter((symbol) => !set.has(symbol) || this.gateway.rand() < 0.5)
    for (const symbol of symbols) {
      if (event === "subscribe") set.add(symbol)
      else set.delete(symbol)
    }
    const text = `{"event":"${event}","channel":"${channel}","symbols":${JSON.stringify(symbols)}}`
    this.client.send("acknowledgement", symbols.length === 1 ? symbols[0]! : null, text)
    if (event === "unsubscribe" || channel === "trades") return
    for (const symbol of fresh) {
      const early = this.gateway.rand() < this.gateway.platform.early ? this.gateway.chains.lastChange(symbol) : null
      if (early !== null) this.client.send("book", symbol, early)
      this.snapshot(symbol)
    }
  }

  private snapshot(symbol: string): void {
    const market = this.gateway.markets.get(symbol)
    if (market !== undefined) this.client.send("snapshot", symbol, this.gateway.chains.snapshot(market, this.now))
  }

  private leaveAll(): void {
    this.joined.book_lv2.clear()
    this.joined.trades.clear()
    this.client.send("acknowledgement", null, `{"event":"unsubscribe_all"}`)
  }

  private list(): void {
    const names = (["book_lv2", "trades"] as const).filter((name) => this.joined[name].size > 0)
    const text = `{"event":"list_subscriptions","subscriptions":${JSON.stringify(names)}}`
    this.client.send("acknowledgement", null, text)
  }

  private error(message: string): void {
    this.client.send("error", null, `{"message":${JSON.stringify(message)},"event":"error"}`)
  }
}
