// `level4 rules` against a service whose listings are fakes.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, onService } from "../support/cliService.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"

describe("level4 rules", () => {
  it.live("adds, lists, turns and removes them", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", [instrument({ native_symbol: "BTC/USD", base: "BTC", quote: "USD" })])
        assert.include((yield* cli("rules list")).stderr, "level4 rules add 'KRAKEN.SPOT:*-USD'")
        const added = yield* cli("rules add --start KRAKEN.SPOT:*-USD --max-markets 7")
        assert.strictEqual(added.code, 0)
        const cells = added.stdout.split("\n").map((line) => line.trim().split(/ {2,}/))
        assert.deepStrictEqual(cells[0]!.slice(0, 7), ["ID", "PATTERN", "RULE", "STARTS", "MARKETS", "MOST", "ADDED"])
        assert.deepStrictEqual(cells[1]!.slice(0, 7), ["1", "KRAKEN.SPOT:*-USD", "on", "yes", "1", "7", "1"])
        const [rule] = (yield* got("/rules")) as Array<object>
        assert.include(rule, { pattern: "KRAKEN.SPOT:*-USD", start: true, max_markets: 7 })
        assert.deepStrictEqual(JSON.parse((yield* cli("rules list --json")).stdout), yield* got("/rules"))

        const disabled = yield* cli("rules disable 1 --json")
        assert.strictEqual(disabled.stderr, "[1/1] disabled KRAKEN.SPOT:*-USD")
        assert.include((JSON.parse(disabled.stdout) as Array<object>)[0], { enabled: false })
        assert.match((yield* cli("rules list")).stdout, /KRAKEN\.SPOT:\*-USD {2}off /)
        assert.strictEqual((yield* cli("rules enable 1")).stderr, "[1/1] enabled KRAKEN.SPOT:*-USD")
        assert.deepStrictEqual(yield* cli("rules rm 1 --json"), {
          code: 0,
          stdout: '[\n  "rule 1"\n]',
          stderr: "[1/1] removed rule 1"
        })
        assert.deepStrictEqual(yield* got("/rules"), [])
      })
    )
  )

  it.live("adds no start that was not asked for, and passes on what the service refuses", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", [])
        yield* cli("rules add KRAKEN.*")
        assert.include(((yield* got("/rules")) as Array<object>)[0], { start: false })
        const twice = yield* cli("rules add kraken.*")
        assert.strictEqual(twice.code, 2)
        assert.match(twice.stderr, /^level4: Already exists \(409\)/)
        const none = yield* cli("rules rm 1 99")
        assert.strictEqual(none.code, 2)
        assert.match(none.stderr, /refused rule 99: Not found \(404\)[\s\S]*level4: 1 of 2 refused: rule 99$/)
        assert.include((yield* cli("rules enable x")).stderr, "id")
      })
    )
  )
})
