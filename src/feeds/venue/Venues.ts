// Owns the exchanges that this process uses, each once. Invariant: all feeds that an exchange counts together get the
// very same Venue, so that together they stay within what it allows an address.
import { Duration, Effect, FiberSet, type Scope } from "effect"
import { HttpClient } from "effect/http"
import type { Limits, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { watchSleep } from "./SleepWatch.ts"
import { Venue } from "./Venue.ts"

export interface Venues {
  of(scheme: TranslationScheme): Venue
  /** Those that were used so far. */
  readonly all: () => ReadonlyArray<Venue>
}

/**
 * `limitsOf`: what a scheme's limits are in this process, settings considered; `auditEvery`: how often a book is
 * audited whose protocol cannot show a loss. Closing the scope closes every socket.
 */
export const makeVenues: (
  limitsOf: (scheme: TranslationScheme) => Limits,
  auditEvery?: Duration.Duration
) => Effect.Effect<Venues, never, HttpClient.HttpClient | Scope.Scope> = Effect.fnUntraced(function* (
  limitsOf,
  auditEvery = Duration.minutes(1)
) {
  const http = yield* HttpClient.HttpClient
  const fork = yield* FiberSet.makeRuntime<never, void>()
  const venues = new Map<string, Venue>()
  yield* Effect.forkScoped(
    watchSleep((lost) => {
      for (const venue of venues.values()) venue.renew(lost)
    })
  )
  return {
    of: (scheme) => {
      const name = scheme.limits.pool ?? scheme.exchange
      const known = venues.get(name)
      if (known !== undefined) return known
      const venue = new Venue(name, limitsOf(scheme), http, (effect) => fork(effect), limitsOf, auditEvery)
      venues.set(name, venue)
      return venue
    },
    all: () => [...venues.values()]
  }
})
