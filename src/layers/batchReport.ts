// Owns how the outcome of adding markets by patterns is reported. Pure but for the clock.
import { Result } from "effect"
import type { ListingUnavailable } from "../domain/Failures.ts"
import type { Market, MarketId } from "../domain/Market.ts"
import { BatchedExchange, BatchedMarket, MarketBatch } from "../domain/MarketBatch.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import type { Listed } from "./Instruments.ts"

/** What became of one instrument; `would_add`: it was beyond what there was room for. */
export interface AddedMarket {
  readonly tag: string
  readonly native_symbol: string
  readonly market: Market | null
  readonly outcome: BatchedMarket["outcome"]
  readonly detail: string | null
}

/** What became of the start of one market. */
export interface Started {
  readonly started: boolean
  readonly detail: string | null
  /** The catalog was away: trying again later may help. */
  readonly again: boolean
}

/** What asking an exchange for its listing came to. */
interface Reading {
  readonly exchange: string
  readonly listing: Result.Result<Listed, ListingUnavailable>
}

/** Somebody undid again and again, in the same moment, what was done for it. */
const VANISHED = "what it needs was deleted while it was added; send the request again"

export const batchOf = (
  dry_run: boolean,
  readings: ReadonlyArray<Reading>,
  rows: ReadonlyArray<AddedMarket>,
  started: ReadonlyMap<MarketId, Started>
): MarketBatch => {
  const now = nowMicros()
  const markets = rows.map(({ detail, market, native_symbol, outcome, tag }) => {
    const start = market === null ? undefined : started.get(market.id)
    return new BatchedMarket({
      tag,
      native_symbol,
      market_id: market?.id ?? null,
      outcome: outcome === "would_add" && !dry_run ? "refused" : outcome,
      started: start?.started ?? false,
      detail: outcome === "would_add" && !dry_run ? VANISHED : (start?.detail ?? detail)
    })
  })
  const count = (...outcomes: ReadonlyArray<BatchedMarket["outcome"]>): number =>
    markets.filter(({ outcome }) => outcomes.includes(outcome)).length
  return new MarketBatch({
    matched: markets.length,
    added: count("added", "would_add"),
    existing: count("exists"),
    started: markets.filter((market) => market.started).length,
    refused: count("refused"),
    dry_run,
    exchanges: readings.map(({ exchange, listing }) =>
      Result.isSuccess(listing)
        ? new BatchedExchange({
            exchange,
            age: Math.max(0, Math.floor((now - listing.success.at) / 1e6)),
            error: null
          })
        : new BatchedExchange({ exchange, age: listing.failure.age, error: listing.failure.detail })
    ),
    markets: markets.toSorted((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0))
  })
}
