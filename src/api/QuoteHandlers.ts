// Owns the answers of quotes: takes as much of the live books as the size needs, and has it reckoned (domain/quote.ts).
// Invariant: what is quoted is one reading of each book, and every book of it is live.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { ConsolidatedLevel } from "../domain/Consolidated.ts"
import { canonical } from "../domain/Decimal.ts"
import { type Level, compareDecimals, costOf, take, total, type Worth } from "../domain/quote.ts"
import type { Fill, QuoteSide } from "../domain/SizedQuote.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import { consolidated } from "../hub/Consolidated.ts"
import { FeedRegistry } from "../layers/FeedRegistry.ts"
import { Api } from "./Api.ts"
import { KnownMarkets } from "./KnownMarkets.ts"
import { identityOf } from "./Listing.ts"
import { notLive } from "./notLive.ts"
import { makePairBooks } from "./PairBooks.ts"
import { InsufficientDepthProblem, PairNotLiveProblem } from "./Problems.ts"
import { ambiguous, catalogUnavailable, notFound } from "./Refusals.ts"

/** Levels a side that are read first; a size that they do not hold is looked for in the whole book. */
const FIRST_LEVELS = 200
const ALL_LEVELS = Number.MAX_SAFE_INTEGER

export const layerQuotes = HttpApiBuilder.group(Api, "quotes", (handlers) =>
  Effect.gen(function* () {
    const registry = yield* FeedRegistry
    const known = yield* KnownMarkets
    const pairs = yield* makePairBooks

    return handlers.handleAll({
      market: Effect.fnUntraced(
        function* ({ params, query: { side, size } }) {
          const market = yield* known.find(params.id)
          const ask = Effect.fnUntraced(function* (depth: number) {
            const book = yield* registry.book(market, depth)
            if (book.state !== "live") return yield* notLive(market, book)
            return { book, taken: take(side === "buy" ? book.asks : book.bids, size) }
          })
          const first = yield* ask(FIRST_LEVELS)
          const { book, taken } = "available" in first.taken ? yield* ask(ALL_LEVELS) : first
          const { contract_value, size_unit, tag } = identityOf(market)
          if ("available" in taken) return yield* insufficient(tag, side, size, taken.available)
          const { epoch, market_id, seq, state, ts_exchange, ts_received } = book
          const cost = costOf(taken, worthOf(size_unit, contract_value, market))
          const age_ms = ageOf(ts_received)
          const place = { state, epoch, seq, age_ms, ts_exchange, ts_received }
          return { market_id, tag, side, size: canonical(size), ...cost, size_unit, ...place }
        },
        Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable })
      ),
      pair: Effect.fnUntraced(
        function* ({ params, query: { market_type = "SPOT", side, size } }) {
          const markets = yield* pairs.markets(params.pair, market_type)
          const pair = params.pair.toUpperCase()
          const ask = Effect.fnUntraced(function* (depth: number) {
            const books = consolidated(pair, market_type, depth, yield* pairs.books(markets, depth))
            const { feeds, left_out: excluded } = books
            if (feeds.length === 0) {
              const detail =
                `No ${market_type} book of ${pair} is live: ` +
                `${excluded.map(({ reason, tag }) => `${tag}: ${reason}`).join("; ")}.`
              return yield* new PairNotLiveProblem({ pair, market_type, excluded, detail })
            }
            const levels = side === "buy" ? books.asks : books.bids
            return { books, levels, taken: take(levels.map(priceAndSize), size) }
          })
          const first = yield* ask(FIRST_LEVELS)
          const { books, levels, taken } = "available" in first.taken ? yield* ask(ALL_LEVELS) : first
          if ("available" in taken) return yield* insufficient(pair, side, size, taken.available)
          const { feeds, left_out: excluded, size_unit } = books
          const worth = { of: size_unit, amount: "1" }
          const parts = Map.groupBy(
            taken.map((part, index) => ({ part, level: levels[index]! })),
            ({ level }) => level.market_id
          )
          const fills = [...parts.values()].map((filled): Fill => {
            const [{ level }] = filled as [(typeof filled)[number]]
            const of = filled.map(({ part }) => part)
            const { tag } = feeds.find(({ market_id }) => market_id === level.market_id)!
            const { exchange, market_id } = level
            return { exchange, market_id, tag, size: total(of.map((one) => one.size)), vwap: costOf(of, worth).vwap }
          })
          const used = feeds.filter(({ market_id }) => parts.has(market_id))
          return {
            pair,
            market_type,
            side,
            size: canonical(size),
            ...costOf(taken, worth),
            size_unit,
            age_ms: Math.max(...used.map(({ ts_received }) => ageOf(ts_received))),
            fills: fills.toSorted((a, b) => compareDecimals(b.size, a.size)),
            excluded
          }
        },
        Effect.catchTag("CatalogUnavailable", catalogUnavailable)
      )
    })
  })
)

const priceAndSize = ({ price, size }: ConsolidatedLevel): Level => [price, size]

/** Milliseconds since a time, of our own clock; the book of a live feed has one. */
const ageOf = (received: number | null): number =>
  received === null ? 0 : Math.max(0, Math.round((nowMicros() - received) / 1000))

const insufficient = (of: string, side: QuoteSide, size: string, available: string) =>
  new InsufficientDepthProblem({
    size: canonical(size),
    available,
    detail:
      `The ${side === "buy" ? "asks" : "bids"} of ${of} hold ${available}, less than ${canonical(size)}. ` +
      "Ask for a smaller size."
  })

const CONTRACT = /^(\d+(?:\.\d{1,18})?) (\S+)$/

/** What one unit of a market's sizes is worth; null where it is no fixed amount of base or quote. */
const worthOf = (
  size_unit: "base" | "quote" | "contracts" | null,
  contract_value: string | null,
  { base_symbol, quote_symbol }: { base_symbol: { symbol: string }; quote_symbol: { symbol: string } }
): Worth | null => {
  if (size_unit === null) return null
  if (size_unit !== "contracts") return { of: size_unit, amount: "1" }
  const [, amount, currency = ""] = CONTRACT.exec(contract_value ?? "") ?? []
  if (amount === undefined) return null
  if (currency.toUpperCase() === base_symbol.symbol.toUpperCase()) return { of: "base", amount }
  return currency.toUpperCase() === quote_symbol.symbol.toUpperCase() ? { of: "quote", amount } : null
}
