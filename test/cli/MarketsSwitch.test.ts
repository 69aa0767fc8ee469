// `level4 markets start` and `stop` against a service: order, progress, delay, refusals.
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { NEW_BTC, onService, type CommandLine } from "../support/cliService.ts"
import { FeedControl, REFUSAL } from "../support/FakeFeeds.ts"

/** Markets 1 and 2 of Kraken, 3 of an exchange whose feeds are refused, 4 of Kraken. */
const fourMarkets = (cli: CommandLine) =>
  Effect.gen(function* () {
    yield* cli(NEW_BTC)
    yield* cli(NEW_BTC.replace("USD", "EUR"))
    yield* cli(`${NEW_BTC.replace("Kraken", "Nowhere")} --force`)
    yield* cli(NEW_BTC.replace("SPOT", "PERP"))
  })

describe("level4 markets start and stop", () => {
  it.live("switches several in the order given, with a line of progress for each", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const { asked } = yield* FeedControl
        assert.deepStrictEqual(yield* cli("markets start 4 kraken.spot:btc-usd"), {
          code: 0,
          stdout: "",
          stderr: "[1/2] started KRAKEN.PERP:BTC-USD\n[2/2] started KRAKEN.SPOT:BTC-USD"
        })
        assert.deepStrictEqual(asked, ["start 4", "start 1"])
        const stopped = yield* cli("markets stop 4 --json")
        assert.strictEqual(stopped.stderr, "[1/1] stopped KRAKEN.PERP:BTC-USD")
        const [market] = JSON.parse(stopped.stdout) as Array<unknown>
        assert.deepInclude(market, { id: 4, level4_feed_enabled: false })
      })
    )
  )

  it.live("goes on after a refusal, says why, and ends with 2", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const ran = yield* cli("markets start 1 3 99 2 --json")
        assert.strictEqual(ran.code, 2)
        assert.deepStrictEqual(
          (JSON.parse(ran.stdout) as Array<{ readonly id: number }>).map(({ id }) => id),
          [1, 2]
        )
        const lines = ran.stderr.split("\n")
        assert.deepStrictEqual(lines.slice(0, 4), [
          "[1/4] started KRAKEN.SPOT:BTC-USD",
          "[2/4] refused market 3: This feed can't run (409)",
          `  ${REFUSAL}`,
          "[3/4] refused market 99: Not found (404)"
        ])
        assert.deepStrictEqual(lines.slice(-2), [
          "[4/4] started KRAKEN.SPOT:BTC-EUR",
          "level4: 2 of 4 refused: market 3, market 99"
        ])
      })
    )
  )

  it.live("prints the problem alone when the only one is refused", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        assert.deepStrictEqual(yield* cli("markets start 3"), {
          code: 2,
          stdout: "",
          stderr: `level4: This feed can't run (409)\n  ${REFUSAL}`
        })
      })
    )
  )

  it.live("takes all whose switch is not yet as wanted, or all of an exchange and type", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const { asked } = yield* FeedControl
        yield* cli("markets start 2")
        assert.strictEqual((yield* cli("markets start --all --exchange Kraken --type SPOT")).code, 0)
        assert.deepStrictEqual(asked, ["start 2", "start 1"])
        const rest = yield* cli("markets start --all")
        assert.strictEqual(rest.code, 2)
        assert.include(rest.stderr, "[2/2] started KRAKEN.PERP:BTC-USD")
        assert.include(rest.stderr, "level4: 1 of 2 refused: NOWHERE.SPOT:BTC-USD")
        assert.strictEqual((yield* cli("markets stop --all")).stderr.split("\n").length, 3)
        assert.deepStrictEqual(yield* cli("markets stop --all --json"), {
          code: 0,
          stdout: "[]",
          stderr: "nothing to stop"
        })
      })
    )
  )

  it.live("waits between two, and not after the last", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const { asked } = yield* FeedControl
        const told = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
        let lines = 0
        const onError = () => Deferred.doneUnsafe(told[lines++]!, Effect.void)
        yield* Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(cli("markets start 1 2 --delay 90s", { onError }))
          yield* Deferred.await(told[0]!)
          yield* TestClock.adjust("89 seconds")
          assert.deepStrictEqual(asked, ["start 1"])
          yield* TestClock.adjust("1 second")
          yield* Deferred.await(told[1]!)
          assert.strictEqual((yield* Fiber.join(fiber)).code, 0)
          assert.deepStrictEqual(asked, ["start 1", "start 2"])
        }).pipe(Effect.provide(TestClock.layer()))
      })
    )
  )

  it.live("switches all that match a pattern by one request", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const { asked } = yield* FeedControl
        yield* cli("markets start 2")
        const ran = yield* cli("markets start kraken.spot:* NOWHERE.* --json")
        assert.strictEqual(ran.code, 2)
        assert.deepStrictEqual(ran.stderr.split("\n"), [
          "[1/2] kraken.spot:*: 1 started, 1 unchanged",
          "[2/2] NOWHERE.*: 1 refused",
          `  refused NOWHERE.SPOT:BTC-USD: ${REFUSAL}`,
          "level4: 1 of 3 refused: NOWHERE.SPOT:BTC-USD"
        ])
        assert.deepStrictEqual(
          (JSON.parse(ran.stdout) as Array<{ readonly id: number }>).map(({ id }) => id),
          [1, 2]
        )
        assert.includeMembers(asked, ["start 1", "start 3"])
        assert.strictEqual((yield* cli("markets stop KRAKEN.*")).stderr, "[1/1] KRAKEN.*: 2 stopped, 1 unchanged")
        const none = yield* cli("markets start KRAKNE.*")
        assert.strictEqual(none.code, 2)
        assert.include(none.stderr, "level4: no market matches KRAKNE.*; see: level4 markets list")
        const delayed = yield* cli("markets start KRAKEN.* --delay 1s")
        assert.strictEqual(delayed.code, 1)
        assert.include(delayed.stderr, "--delay does not go with a pattern")
      })
    )
  )

  it.live("waits until every book is live, and says which became so", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const feeds = yield* FeedControl
        feeds.state = "syncing"
        const started = yield* Deferred.make<void>()
        const onError = (line: string) => {
          if (line.startsWith("[1/1]")) Deferred.doneUnsafe(started, Effect.void)
        }
        const fiber = yield* Effect.forkChild(cli("markets start KRAKEN.SPOT:* --wait live --json", { onError }))
        yield* Deferred.await(started)
        feeds.state = "live"
        const ran = yield* Fiber.join(fiber)
        assert.strictEqual(ran.code, 0)
        assert.deepStrictEqual(ran.stderr.split("\n").slice(1), [
          "[1/2] live KRAKEN.SPOT:BTC-USD",
          "[2/2] live KRAKEN.SPOT:BTC-EUR"
        ])
        assert.match(ran.stdout, /"state": "live"/)
      })
    )
  )

  it.live("ends with 2 when the time is over, and names what is not live with why", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const feeds = yield* FeedControl
        feeds.state = "backoff"
        feeds.reason = "connection refused"
        feeds.reason_code = "connecting"
        const ran = yield* cli("markets start 1 --wait live --timeout 1ms")
        assert.strictEqual(ran.code, 2)
        assert.strictEqual(
          ran.stderr,
          "[1/1] started KRAKEN.SPOT:BTC-USD\n" +
            "level4: 1 of 1 are not live after 1ms\n  KRAKEN.SPOT:BTC-USD: backoff, connection refused"
        )
      })
    )
  )

  it.live("does not wait for what can't become live", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* fourMarkets(cli)
        const feeds = yield* FeedControl
        feeds.state = "rejected"
        const ran = yield* cli("markets start 1 --wait live --timeout 1h")
        assert.strictEqual(ran.code, 2)
        assert.include(ran.stderr, "KRAKEN.SPOT:BTC-USD: rejected")
        const wrong = yield* cli("markets start 1 --timeout 1h")
        assert.strictEqual(wrong.code, 1)
        assert.include(wrong.stderr, "--timeout goes with --wait live")
      })
    )
  )
})
