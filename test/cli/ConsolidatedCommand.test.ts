// `level4 consolidated` against a service: the ladder over exchanges, its JSON, watching, and what is refused.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue } from "effect"
import { level4 } from "../support/CommandLine.ts"
import { got, NEW_BTC, onService } from "../support/cliService.ts"

describe("level4 consolidated", () => {
  it.live("shows each level with its exchange, and who is left out", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli(`${NEW_BTC.replace("Kraken", "Coinbase")} --force`)
        yield* cli(`${NEW_BTC.replace("Kraken", "Gemini")} --force`)
        yield* cli("markets start 1 2")
        const ran = yield* cli("consolidated btc-usd --depth 2")
        assert.deepStrictEqual([ran.code, ran.stderr], [0, ""])
        assert.deepStrictEqual(ran.stdout.split("\n"), [
          "SPOT BTC-USD  2 live books  sizes in base currency",
          "ask  1001  0.5  Coinbase",
          "ask  1001  0.5  Kraken",
          "     spread 1",
          "bid  1000  0.5  Kraken",
          "bid  1000  0.5  Coinbase",
          "left out: GEMINI.SPOT:BTC-USD (the feed is stopped)"
        ])
        const json = yield* cli("consolidated BTC-USD --depth 3 --type SPOT --json")
        assert.deepStrictEqual(JSON.parse(json.stdout), yield* got("/consolidated/BTC-USD?depth=3"))
      })
    )
  )

  it.live("looks again until it is interrupted, a line of JSON a look", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const looks = yield* Queue.unbounded<string>()
        const watching = yield* Effect.forkScoped(
          cli("consolidated BTC-USD --watch --interval 50ms --json", {
            onOutput: (line) => Queue.offerUnsafe(looks, line)
          })
        )
        const [first, second] = [yield* Queue.take(looks), yield* Queue.take(looks)]
        assert.strictEqual(first, second)
        assert.deepInclude(JSON.parse(first), { pair: "BTC-USD", feeds: [] })
        yield* Fiber.interrupt(watching)
      })
    )
  )

  it.live("says at once that no book is live, and fails for a pair of nobody", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const dark = yield* cli("consolidated BTC-USD")
        assert.strictEqual(dark.code, 0)
        assert.strictEqual(dark.stdout.split("\n")[0], "SPOT BTC-USD  NOT LIVE: no book of the pair is")
        const nobody = yield* cli("consolidated BTC-USD --type inverse")
        assert.deepStrictEqual([nobody.code, nobody.stdout], [2, ""])
        assert.include(nobody.stderr, "The catalog has no INVERSE market of BTC-USD.")
      })
    )
  )

  it.effect.each(["consolidated BTC", "consolidated KRAKEN.SPOT:BTC-USD", "consolidated BTC-USD --type future"])(
    "%s is wrong usage",
    (args) =>
      Effect.gen(function* () {
        const ran = yield* level4(args.split(" "))
        assert.deepStrictEqual([ran.code, ran.stdout], [1, ""])
        assert.include(ran.stderr, "Expected")
      })
  )
})
