// How `level4 top` goes on: looks by virtual time, a screen that is drawn again and left as it was, keys that end it.
import { assert, describe, it } from "@effect/vitest"
import { type Cause, Clock, Console, Effect, Exit, Fiber, Option, Queue, Terminal } from "effect"
import { TestClock } from "effect/testing"
import { TerminalCapabilities } from "effect/cli"
import { Unreachable } from "../../src/cli/Failures.ts"
import { type Top, topScreen, topTables } from "../../src/cli/top.ts"
import { listedMarket } from "../../src/api/Listing.ts"
import { stoppedView } from "../../src/feeds/core/stoppedView.ts"
import { stagedMarket } from "../support/StagedFeed.ts"

const market = listedMarket(stagedMarket(1), stoppedView(), null)

/** Counts looks; those that `fails` names find no service. */
const topOf = (fails: (look: number) => boolean = () => false) => {
  const top = { looks: 0 }
  const look: Top["look"] = Effect.gen(function* () {
    if (fails(++top.looks)) return yield* new Unreachable({ url: "http://h", reason: "connection refused" })
    return { at: (yield* Clock.currentTimeMillis) * 1000, markets: [market] }
  })
  return Object.assign(top, { title: "top", look, interval: "1 second" as never })
}

/** A terminal whose keys and sizes the test gives, and what was drawn on it. */
const fakeTerminal = Effect.gen(function* () {
  const keys = yield* Queue.unbounded<Terminal.UserInput, Cause.Done>()
  const sizes = yield* Queue.unbounded<Terminal.Size, Cause.Done>()
  const drawn: Array<string> = []
  yield* Queue.offer(sizes, { columns: 60, rows: 10 })
  const terminal = Terminal.make({
    columns: Effect.succeed(60),
    rows: Effect.succeed(10),
    size: Effect.succeed(sizes),
    readInput: Effect.succeed(keys),
    readLine: Effect.die("unused"),
    display: (text) => Effect.sync(() => void drawn.push(text))
  })
  const press = (name: string, ctrl = false) =>
    Queue.offer(keys, { input: Option.some(name), key: { name, ctrl, meta: false, shift: false } })
  const shown = <A, E>(run: Effect.Effect<A, E, Terminal.Terminal>) =>
    run.pipe(
      Effect.provideService(Terminal.Terminal, terminal),
      Effect.provideService(TerminalCapabilities.TerminalCapabilities, {
        canColor: false,
        canAnimate: true,
        canPrompt: true
      })
    )
  return { drawn, press, sizes, shown }
})

const second = TestClock.adjust("1 second")

describe("topScreen", () => {
  it.effect("draws at each look and resize, and leaves the terminal as it was on q", () =>
    Effect.gen(function* () {
      const { drawn, press, shown, sizes } = yield* fakeTerminal
      const top = topOf()
      const fiber = yield* Effect.forkChild(shown(topScreen(top)))
      yield* TestClock.adjust(0)
      assert.strictEqual(drawn[0], "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l")
      assert.isTrue(
        drawn[1]?.startsWith("\u{1b}[Htop  00:00:00 UTC  q quits\u{1b}[K\r\n1 markets: 1 stopped"),
        drawn[1]
      )
      yield* second
      yield* second
      assert.deepStrictEqual([top.looks, drawn.length], [3, 4])
      yield* Queue.offer(sizes, { columns: 24, rows: 10 })
      yield* TestClock.adjust(0)
      assert.strictEqual(drawn.length, 5, "a resize is followed at once")
      assert.include(drawn[4], "top  00:00:02 UTC  q qu…")
      yield* press("x")
      yield* press("q")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)))
      assert.strictEqual(drawn.at(-1), "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
    })
  )

  it.effect("is interrupted by Ctrl-C and from outside, and leaves the terminal as it was", () =>
    Effect.gen(function* () {
      for (const end of ["key", "signal"]) {
        const { drawn, press, shown } = yield* fakeTerminal
        const fiber = yield* Effect.forkChild(shown(topScreen(topOf())))
        yield* TestClock.adjust(0)
        yield* end === "key" ? press("c", true) : Fiber.interrupt(fiber)
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)), end)
        assert.strictEqual(drawn.at(-1), "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l")
      }
    })
  )

  it.effect("goes on when the service is away for a while, and says so", () =>
    Effect.gen(function* () {
      const { drawn, press, shown } = yield* fakeTerminal
      const fiber = yield* Effect.forkChild(shown(topScreen(topOf((look) => look === 2))))
      yield* TestClock.adjust(0)
      yield* second
      assert.include(drawn.at(-1), "no service answers at http://h")
      yield* second
      assert.include(drawn.at(-1), "q quits")
      yield* press("q")
      yield* Fiber.join(fiber)
    })
  )

  it.effect("fails before it touches the terminal when there is no service", () =>
    Effect.gen(function* () {
      const { drawn, shown } = yield* fakeTerminal
      assert.instanceOf(yield* Effect.flip(shown(topScreen(topOf(() => true)))), Unreachable)
      assert.deepStrictEqual(drawn, [])
    })
  )
})

describe("topTables", () => {
  const printed = <E>(run: Effect.Effect<void, E>) =>
    Effect.gen(function* () {
      const out: Array<string> = []
      const console = { ...globalThis.console, log: (text: string) => void out.push(text) }
      const fiber = yield* Effect.forkChild(Effect.provideService(run, Console.Console, console))
      for (let look = 0; look < 3; look++) yield* second
      return { out, exit: fiber.pollUnsafe() }
    })

  it.effect("prints a table after every look but the first, or a line with --json", () =>
    Effect.gen(function* () {
      const tables = yield* printed(topTables(topOf(), { json: false, once: false }))
      assert.lengthOf(tables.out, 3)
      for (const table of tables.out) assert.match(table, /^top .*UTC\n1 markets.*\nMARKET .*\nCOINBASE.*\n$/)
      assert.isUndefined(tables.exit)
      const lines = yield* printed(topTables(topOf(), { json: true, once: true }))
      assert.lengthOf(lines.out, 1)
      assert.deepInclude((JSON.parse(lines.out[0]!) as { readonly markets: ReadonlyArray<object> }).markets[0], {
        tag: "COINBASE.SPOT:BTC-USD",
        frames: 0
      })
      assert.isDefined(lines.exit)
    })
  )

  it.effect("ends when the service is away", () =>
    Effect.gen(function* () {
      const { exit, out } = yield* printed(
        topTables(
          topOf((look) => look === 3),
          { json: false, once: false }
        )
      )
      assert.lengthOf(out, 1)
      assert.isTrue(exit !== undefined && Exit.isFailure(exit))
    })
  )
})
