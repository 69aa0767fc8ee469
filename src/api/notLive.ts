// Owns the refusal of a book that `require=live` does not get: the truth label, and what a person can do about it.
// Invariant: it never advises what can't help: no other try where the state ends only by a person's act, no start where
// none is possible.
import { Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import type { Book } from "../domain/Event.ts"
import type { FeedState } from "../domain/FeedState.ts"
import type { Market } from "../domain/Market.ts"
import { resolve } from "../schemes/Schemes.ts"
import { BookNotLiveProblem } from "./Problems.ts"

/** States that a feed does not leave by itself: another try finds the same. */
const LASTING: ReadonlySet<FeedState> = new Set<FeedState>(["stopped", "retired", "rejected"])

export const notLive = (market: Market, book: Book) => {
  const { epoch, market_id, next_retry, reason, reason_code, seq, since, state, tag } = book
  const why = reason === null ? "" : ` (${reason})`
  const problem = new BookNotLiveProblem({
    market_id,
    tag,
    state,
    reason,
    reason_code,
    since,
    epoch,
    seq,
    next_retry,
    detail: `The book of ${tag} is ${state}${why}, not live. ${adviceFor(market, state)}`
  })
  return LASTING.has(state) ? Effect.andThen(withoutRetryAfter, problem) : Effect.fail(problem)
}

/** Every other 503 passes by itself, and says when to come again. */
const withoutRetryAfter = HttpEffect.appendPreResponseHandler((_request, response) =>
  Effect.succeed(HttpServerResponse.removeHeader(response, "retry-after"))
)

const adviceFor = (market: Market, state: FeedState): string => {
  const patch = `PATCH /markets/${market.id}`
  switch (state) {
    case "stopped": {
      const refused = refusalOf(market)
      return refused === null
        ? `${patch} with {"level4_feed_enabled":true} starts its feed.`
        : `${patch} can't start its feed: ${refused}.`
    }
    case "retired":
      return "No book of it will come; what was recorded can be replayed with level4 replay."
    case "rejected":
      return (
        `${patch} with {"level4_feed_enabled":true} asks the venue again; ` +
        "a market's native_symbol can't be changed."
      )
    default:
      return "Try again, or read it without require=live and mind its state."
  }
}

/** Why no feed of this market can run; null where one can. */
const refusalOf = ({ base_symbol, exchange, market_type, native_symbol, quote_symbol }: Market): string | null => {
  const base = base_symbol.symbol
  const quote = quote_symbol.symbol
  const resolved = resolve({ exchange: exchange.name, base, quote, market_type, native_symbol })
  return typeof resolved === "string" ? resolved : null
}
