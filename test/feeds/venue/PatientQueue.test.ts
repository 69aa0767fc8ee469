// The line of those who ask with budget that nobody else needs, in virtual time: doubts before audits, the oldest of
// each first.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { askPatiently } from "../../../src/feeds/venue/RestBook.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"

describe("asking patiently", () => {
  it.effect("puts doubts before audits, the oldest of each first, and forgets who was interrupted", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const http = HttpClient.make((request, url) => {
        asked.push(url.pathname)
        return Effect.succeed(HttpClientResponse.fromWeb(request, new Response("{}")))
      })
      // Kraken: one call a second for all that is asked
      const venues = yield* makeVenues(({ limits }) => limits).pipe(Effect.provideService(HttpClient.HttpClient, http))
      const venue = venues.of(krakenSpot)
      const ask = (name: string, isDoubt: boolean) =>
        Effect.forkScoped(askPatiently(venue, `http://127.0.0.1:1/${name}`, 1, isDoubt), { startImmediately: true })
      yield* ask("audit1", false)
      yield* ask("audit2", false)
      const gone = yield* ask("audit3", false)
      yield* ask("audit4", false)
      yield* ask("doubt1", true)
      const settled = yield* ask("doubt2", true)
      yield* ask("doubt3", true)
      yield* Fiber.interrupt(gone)
      yield* Fiber.interrupt(settled)
      for (let n = 0; n < 60; n++) yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(asked, ["/audit1", "/audit2", "/doubt1", "/doubt3", "/audit4"].slice(0, asked.length))
      assert.strictEqual(asked.length, 5)
    }).pipe(Effect.scoped)
  )
})
