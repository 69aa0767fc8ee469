// How a feed dials again, in virtual time: ever longer pauses up to a cap, jittered after it, for ever; from the start
// only after a healthy spell; longer where the venue asks for it. Level 2 is the test's own.
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Schema } from "effect"
import { FetchHttpClient } from "effect/http"
import { TestClock } from "effect/testing"
import { Market } from "../../../src/domain/Market.ts"
import { ConnectionLost, SymbolRefused, SymbolRejected } from "../../../src/feeds/core/ConnectionLost.ts"
import { MarketLeft } from "../../../src/feeds/core/LossCause.ts"
import type { Level2End } from "../../../src/feeds/market/Level2.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { marketFeed } from "../../../src/feeds/market/MarketFeed.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { binanceSpot } from "../../../src/schemes/binance/Binance.ts"

const market = Schema.decodeUnknownSync(Market)({
  id: 7,
  exchange: { id: 1, name: "Binance" },
  base_symbol: { id: 1, symbol: "BTC" },
  quote_symbol: { id: 2, symbol: "USDT" },
  market_type: "SPOT",
  native_symbol: null,
  level4_feed_enabled: true,
  unverified: true
})

const lost = (retryAfter = 0) =>
  new ConnectionLost({ cause: new MarketLeft({ reason: "refused", says: "test" }), retryAfter })

/** Runs a feed whose n-th incarnation of level 2 is `incarnation(n)`; gives the times at which each began, in ms. */
const dials = Effect.fnUntraced(function* (
  incarnation: (n: number, feed: LiveFeed) => Effect.Effect<never, Level2End>
) {
  const feed = new LiveFeed(
    market,
    binanceSpot,
    "BTCUSDT",
    { ws: undefined, rest: undefined },
    { wanted: false, emit: () => {} }
  )
  const began: Array<number> = []
  const run = () =>
    Effect.gen(function* () {
      feed.exchange.signal("dial", null, 0)
      began.push(yield* Clock.currentTimeMillis)
      return yield* incarnation(began.length, feed)
    })
  const venues = yield* makeVenues(({ limits }) => limits)
  yield* Effect.forkScoped(marketFeed(feed, venues.of(binanceSpot), run), { startImmediately: true })
  return { began, feed }
})

const pauses = (began: ReadonlyArray<number>): ReadonlyArray<number> =>
  began.slice(1).map((at, index) => at - began[index]!)

describe("dialling again", () => {
  it.effect("pauses ever longer, up to five seconds and their jitter, for ever", () =>
    Effect.gen(function* () {
      const { began, feed } = yield* dials(() => Effect.fail(lost()))
      assert.deepInclude(feed.exchange.status(), {
        state: "backoff",
        reason: "refused: test",
        reason_code: "refused"
      })
      assert.isNotNull(feed.exchange.status().next_retry)
      yield* TestClock.adjust("1 hour")
      const waited = pauses(began)
      for (const [index, pause] of waited.entries()) {
        const nominal = Math.min(250 * 2 ** index, 5_000)
        assert.isAtLeast(pause, nominal * 0.79, `pause ${index}`)
        assert.isAtMost(pause, nominal * 1.21, `pause ${index}`)
      }
      assert.isAtLeast(waited.length, 3_600 / 6)
      assert.isAbove(new Set(waited.slice(-20)).size, 10, "jittered after the cap")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect("begins anew after a healthy spell, and not after a greeting", () =>
    Effect.gen(function* () {
      // 1-8 fail; the 9th carries a book for a second; the 10th for a minute
      const { began } = yield* dials((n, feed) => {
        if (n !== 9 && n !== 10) return Effect.fail(lost())
        feed.exchange.epoch++
        return Effect.andThen(Effect.sleep(n === 9 ? "1 second" : "1 minute"), lost())
      })
      yield* TestClock.adjust("10 minutes")
      const waited = pauses(began)
      assert.isAbove(waited[8]! - 1_000, 3_900, "a greeting is not health")
      assert.isBelow(waited[9]! - 60_000, 500, "after a minute of health it dials at once")
      assert.isBelow(waited[10]!, 500, "and its pauses begin anew")
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect("waits as long as the venue asks", () =>
    Effect.gen(function* () {
      const { began } = yield* dials((n) => Effect.fail(lost(n === 1 ? 90_000 : 0)))
      yield* TestClock.adjust("89 seconds")
      assert.strictEqual(began.length, 1)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(began.length, 2)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect("waits as long as the venue asks after a healthy spell, too", () =>
    Effect.gen(function* () {
      const { began } = yield* dials((_n, feed) =>
        Effect.sync(() => void feed.exchange.epoch++).pipe(
          Effect.andThen(Effect.sleep("1 minute")),
          Effect.andThen(Effect.fail(lost(90_000)))
        )
      )
      yield* TestClock.adjust("149 seconds")
      assert.strictEqual(began.length, 1)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(began.length, 2)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect(
    "tries a refused market again after 10 s, then twice as late each time up to 5 minutes, and says when",
    () =>
      Effect.gen(function* () {
        const { began, feed } = yield* dials(() => Effect.fail(new SymbolRefused({ detail: "Invalid symbol." })))
        const { state, reason, next_retry } = feed.exchange.status()
        assert.deepStrictEqual([state, reason], ["backoff", "refused: Invalid symbol."])
        assert.isNotNull(next_retry)
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(
          pauses(began)
            .slice(0, 8)
            .map((pause) => pause / 1_000),
          [10, 20, 40, 80, 160, 300, 300, 300]
        )
      }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect("says of a refused market that its venue lists no more that this is why", () =>
    Effect.gen(function* () {
      const { feed } = yield* dials((_, { memory }) => {
        memory.listed.read("delisted")
        return Effect.fail(new SymbolRefused({ detail: "Invalid symbol." }))
      })
      const { state, reason, reason_code } = feed.exchange.status()
      const said = "the venue lists the market no more; refused: Invalid symbol."
      assert.deepStrictEqual([state, reason, reason_code], ["backoff", said, "delisted"])
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect("begins the pauses of refusals again after the market was live, and keeps them below a minute then", () =>
    Effect.gen(function* () {
      const { began } = yield* dials((n, feed) => {
        if (n === 4) feed.exchange.epoch++
        return Effect.fail(new SymbolRefused({ detail: "Invalid symbol." }))
      })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(
        pauses(began)
          .slice(0, 8)
          .map((pause) => pause / 1_000),
        [10, 20, 40, 10, 20, 40, 50, 50]
      )
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect(
    "asks ever more slowly for a book that is wrong on every connection, and begins anew once it was live",
    () =>
      Effect.gen(function* () {
        const { began } = yield* dials((n, feed) => {
          if (n === 15) feed.exchange.lives++
          const cause = new MarketLeft({ reason: "unreadable", says: "again: NaN 1" })
          return Effect.fail(new ConnectionLost({ cause }))
        })
        yield* TestClock.adjust("1 hour")
        const waited = pauses(began).map((pause) => Math.round(pause) / 1_000)
        for (const [index, pause] of waited.slice(0, 10).entries()) assert.isAtMost(pause, 6, `pause ${index}`)
        assert.deepStrictEqual(waited.slice(10, 14), [10, 20, 40, 80])
        assert.isAtMost(waited[14]!, 6)
        assert.deepStrictEqual(waited.slice(-2), [300, 300])
      }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )

  it.effect("leaves a rejected market alone until somebody switches it on again", () =>
    Effect.gen(function* () {
      const { began, feed } = yield* dials((_n, one) =>
        Effect.suspend(() => {
          one.exchange.signal("rejected", { code: "rejected", text: "no such symbol" }, 0)
          return Effect.fail(new SymbolRejected({ detail: "no such symbol" }))
        })
      )
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual([began.length, feed.exchange.state], [1, "rejected"])
      feed.retry()
      yield* TestClock.adjust("1 second")
      assert.strictEqual(began.length, 2)
    }).pipe(Effect.provide(FetchHttpClient.layer), Effect.scoped)
  )
})
