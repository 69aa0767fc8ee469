// Owns one market's feed in VenueHarness: the real label, mediator and book, what they sent, and what has to hold of
// them. Invariant: a feed that is opened again keeps its label, its trades and its statuses, and begins another book.
import { assert } from "@effect/vitest"
import { canonical } from "../../src/domain/Decimal.ts"
import { MarketId } from "../../src/domain/Market.ts"
import { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import type { FeedEvent, FeedEventOf } from "../../src/feeds/core/FeedEvent.ts"
import { FeedExchange } from "../../src/feeds/core/FeedExchange.ts"
import { MarketMemory } from "../../src/feeds/truth/MarketMemory.ts"
import { Mediator } from "../../src/feeds/truth/Mediator.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import type { TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import type { SimLevel, SimMarket, Venue } from "../../src/simulator/Venue.ts"

/** What one market's feed holds. */
export interface Feed {
  readonly exchange: FeedExchange
  readonly memory: MarketMemory
  book: OrderBook
  mediator: Mediator
  readonly trades: Array<FeedEventOf<"trade">>
  /** `state reason`, as sent. */
  readonly statuses: Array<string>
  /** What really traded while this feed was joined and its sockets open, as `price size side`. */
  readonly traded: Array<string>
}

/** The scheme of a venue, which spells every listing's base and quote as the venue does. */
export const schemeOf = ({ exchange, marketType: market_type, listings }: Venue): TranslationScheme => {
  for (const { symbol, base, quote } of listings) {
    const found = resolve({ exchange, base, quote, market_type, native_symbol: null })
    if (typeof found === "string") return assert.fail(found)
    assert.strictEqual(found.symbol, symbol, "the listing's base and quote are spelled as the scheme does")
  }
  const { symbol, base, quote } = listings[0]!
  const found = resolve({ exchange, base, quote, market_type, native_symbol: symbol })
  return typeof found === "string" ? assert.fail(found) : found.scheme
}

type Ports = ConstructorParameters<typeof Mediator>[4]

/** A feed that was just dialled; `known` where it was open before. */
export const openFeed = (
  scheme: TranslationScheme,
  symbol: string,
  known: Feed | undefined,
  ports: Ports,
  at: number
): Feed => {
  const trades: Array<FeedEventOf<"trade">> = []
  const statuses: Array<string> = []
  const emit = (event: FeedEvent): void => {
    if (event.type === "trade") trades.push(event)
    else if (event.type === "status") statuses.push(`${event.state} ${event.reason}`)
  }
  const exchange = known?.exchange ?? new FeedExchange(MarketId.make(1), symbol, { wanted: true, emit }, at)
  const memory = known?.memory ?? new MarketMemory()
  exchange.signal("dial", null, at)
  const book = new OrderBook(scheme.keepsText)
  const mediator = new Mediator(scheme, symbol, book, exchange, ports, at, memory)
  mediator.connected(at)
  return known === undefined
    ? { exchange, memory, book, mediator, trades, statuses, traded: [] }
    : Object.assign(known, { book, mediator })
}

/** The book is live and is the true one. */
export const assertTrueBook = (symbol: string, { exchange, book }: Feed, market: SimMarket, depth: number): void => {
  const { state, reason } = exchange.status()
  assert.strictEqual(state, "live", `${symbol}: ${reason}`)
  assert.deepStrictEqual(book.bidTexts(depth), cut(market.bids, depth), `${symbol}: bids`)
  assert.deepStrictEqual(book.askTexts(depth), cut(market.asks, depth), `${symbol}: asks`)
  if (depth < Infinity) assert.isAtMost(book.bidLevels, depth)
}

/** Nothing was lost or repaired, and every trade arrived once, in order, with the taker's side. */
export const assertCleanFeed = (symbol: string, { exchange, trades, traded }: Feed): void => {
  const { resyncs, gaps, crossed, invalid_levels, invalid_trades, trades_missed, trades_repeated } = exchange.counts
  const counts = { resyncs, gaps, crossed, invalid_levels, invalid_trades, trades_missed, trades_repeated }
  for (const [name, count] of Object.entries(counts)) assert.strictEqual(count, 0, `${symbol}: ${name}`)
  assert.deepStrictEqual(trades.map(textOf), traded, `${symbol}: trades`)
}

export const textOf = ({ price, size, side }: { price: string | number; size: string | number; side: string }) =>
  `${canonical(price)} ${canonical(size)} ${side}`

const cut = (levels: ReadonlyArray<SimLevel>, depth: number): ReadonlyArray<readonly [string, string]> =>
  levels.slice(0, depth).map(({ price, size }) => [canonical(price), canonical(size)] as const)
