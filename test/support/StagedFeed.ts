// Owns a feed whose venue is the test itself: the real channel, exchange, mediator and book of a market, driven by
// instructions in place of frames. Books of every seq can be remembered.
import { Market, MarketId } from "../../src/domain/Market.ts"
import { LiveFeed } from "../../src/feeds/market/LiveFeed.ts"
import { Mediator } from "../../src/feeds/truth/Mediator.ts"
import type { Hub } from "../../src/hub/Hub.ts"
import type { MarketChannel } from "../../src/hub/MarketChannel.ts"
import type { Instruction } from "../../src/schemes/Instruction.ts"
import { resolve } from "../../src/schemes/Schemes.ts"

const found = resolve({ exchange: "Coinbase", base: "BTC", quote: "USD", market_type: "SPOT", native_symbol: null })
if (typeof found === "string") throw new Error(found)
const { scheme } = found

/** A market of Coinbase by number, with bases and quotes of any name. */
export const stagedMarket = (id: number, base = "BTC", quote = "USD", exchange = "Coinbase"): Market =>
  Market.make({
    id: MarketId.make(id),
    exchange: { id: 1 as never, name: exchange },
    base_symbol: { id: 1 as never, symbol: base },
    quote_symbol: { id: 2 as never, symbol: quote },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })

const SYMBOL = "BTC-USD"

export class StagedFeed {
  readonly channel: MarketChannel
  readonly feed: LiveFeed
  /** The process as its streams name it. */
  readonly run: string
  /** Whether the book after each seq is kept, as text. */
  remembers = true
  /** The book after each seq, while it was whole. */
  readonly books = new Map<number, string>()
  private readonly mediator: Mediator
  private clock: number

  constructor(hub: Hub, market: Market, clock = 1_795_000_000_000_000) {
    this.clock = clock
    this.run = hub.run
    this.channel = hub.channel(market)
    this.feed = new LiveFeed(market, scheme, SYMBOL, { ws: undefined, rest: undefined }, this.channel)
    this.channel.attach(this.feed)
    const ports = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
    this.feed.exchange.signal("dial", null, this.clock)
    this.mediator = new Mediator(
      scheme,
      SYMBOL,
      this.feed.book,
      this.feed.exchange,
      ports,
      this.clock,
      this.feed.memory
    )
    this.mediator.connected(this.clock)
  }

  get seq(): number {
    return this.feed.exchange.seq
  }

  get epoch(): number {
    return this.feed.exchange.epoch
  }

  /** Does what a frame would ask for; a second passes. */
  do(instruction: Instruction): void {
    this.clock += 1_000_000
    this.mediator.step(instruction, this.clock, undefined as never, () => {})
    if (this.remembers && this.feed.exchange.whole) this.books.set(this.seq, this.text)
  }

  snapshot(bids: ReadonlyArray<[string, string]>, asks: ReadonlyArray<[string, string]>): void {
    this.do({ type: "snapshot", symbol: SYMBOL, bids, asks, time: this.clock - 1_000 })
  }

  change(bids: ReadonlyArray<[string, string]>, asks: ReadonlyArray<[string, string]>): void {
    this.do({ type: "changes", symbol: SYMBOL, bids, asks, time: this.clock - 1_000 })
  }

  trade(id: number, price = "100.5"): void {
    const fill = { id, price, size: "0.25", side: "buy", time: this.clock } as const
    this.do({ type: "trades", symbol: SYMBOL, trades: [fill] })
  }

  /** The book is found wrong; a snapshot has to follow. */
  lose(): void {
    this.clock += 60_000_000
    this.do({ type: "resubscribe", symbol: SYMBOL, reason: "gap", detail: "a hole", send: [] })
  }

  stop(): void {
    this.feed.exchange.signal("stopped", null, this.clock)
    this.channel.detach()
  }

  /** As GET /markets/:id/book tells it. */
  get text(): string {
    return JSON.stringify([this.feed.book.bidTexts(Infinity), this.feed.book.askTexts(Infinity)])
  }
}

/** A small generator of numbers below one, the same in every run. */
export const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}
