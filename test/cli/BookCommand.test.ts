// `level4 book` against a service: the picture, the JSON, the truth, and watching.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { TestClock } from "effect/testing"
import { got, NEW_BTC, onService } from "../support/cliService.ts"
import { FeedControl } from "../support/FakeFeeds.ts"

describe("level4 book", () => {
  it.live("shows a live book, best in the middle, to the depth asked for", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli("markets start 1")
        const ran = yield* cli("book 1 --depth 2")
        assert.strictEqual(ran.code, 0)
        assert.strictEqual(ran.stderr, "")
        const [first, ...ladder] = ran.stdout.split("\n")
        assert.match(first ?? "", /^KRAKEN\.SPOT:BTC-USD {2}live {2}epoch 1 {2}seq 7 {2}last data .* ago$/)
        assert.deepStrictEqual(ladder, [
          "     98 more",
          "ask  1002  0.5",
          "ask  1001  0.5",
          "     spread 1",
          "bid  1000  0.5",
          "bid   999  0.5",
          "     98 more"
        ])
        assert.lengthOf((yield* cli("book KRAKEN.SPOT:BTC-USD")).stdout.match(/^ask/gm) ?? [], 10)
      })
    )
  )

  it.live("prints the book as the API gave it", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli("markets start 1")
        const ran = yield* cli("book 1 --depth 3 --json")
        assert.deepStrictEqual(JSON.parse(ran.stdout), yield* got("/markets/1/book?depth=3"))
      })
    )
  )

  it.live("marks a book that is not live on its first line, and fails only when asked to", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli("markets start 1")
        const control = yield* FeedControl
        control.state = "resyncing"
        control.reason = "gap"
        const ran = yield* cli("book 1 --depth 1")
        assert.strictEqual(ran.code, 0)
        assert.match(ran.stdout, /^KRAKEN\.SPOT:BTC-USD {2}NOT LIVE: resyncing \(gap\) /)
        const refused = yield* cli("book 1 --require-live --json")
        assert.strictEqual(refused.code, 2)
        assert.strictEqual(refused.stdout, "")
        assert.match(refused.stderr, /^level4: The book is not live \(503\)\n {2}.*resyncing \(gap\)/)
      })
    )
  )

  it.live("colours on a terminal that can, and says the same without", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const inColour = yield* cli("book 1").pipe(
          Effect.provideService(TerminalCapabilities.TerminalCapabilities, {
            canColor: true,
            canAnimate: false,
            canPrompt: false
          })
        )
        assert.include(inColour.stdout, "\u{1b}[")
        assert.include(inColour.stdout, "NOT LIVE: stopped")
        assert.notInclude((yield* cli("book 1")).stdout, "\u{1b}[")
      })
    )
  )

  const watching = (args: string, canAnimate: boolean) =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli("markets start 1")
        const control = yield* FeedControl
        const looks = yield* Queue.unbounded<string>()
        return yield* Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(
            cli(args, { onOutput: (line) => Queue.offerUnsafe(looks, line) }).pipe(
              Effect.provideService(TerminalCapabilities.TerminalCapabilities, {
                canColor: false,
                canAnimate,
                canPrompt: false
              })
            )
          )
          const first = yield* Queue.take(looks)
          control.state = "stale"
          yield* TestClock.adjust("2 seconds")
          const second = yield* Queue.take(looks)
          control.running.clear()
          yield* TestClock.adjust("2 seconds")
          const third = yield* Queue.take(looks)
          yield* Fiber.interrupt(fiber)
          return [first, second, third] as const
        }).pipe(Effect.provide(TestClock.layer()))
      })
    )

  it.live("watches, one line of JSON a look", () =>
    Effect.gen(function* () {
      const looks = yield* watching("book 1 --watch --interval 2s --depth 1 --json", false)
      assert.deepStrictEqual(
        looks.map((line) => (JSON.parse(line) as { readonly state: string }).state),
        ["live", "stale", "stopped"]
      )
      for (const line of looks) assert.notInclude(line, "\n")
    })
  )

  it.live("watches in place on a terminal, and one look below the other elsewhere", () =>
    Effect.gen(function* () {
      for (const look of yield* watching("book 1 --watch --interval 2s --depth 1", true)) {
        assert.isTrue(look.startsWith("\u{1b}[H\u{1b}[2JKRAKEN.SPOT:BTC-USD"))
      }
      for (const look of yield* watching("book 1 --watch --interval 2s --depth 1", false)) {
        assert.match(look, /^KRAKEN[^]*\n$/)
      }
    })
  )
})
