// `level4 markets rm`, `symbols rm` and `exchanges rm` against a service: only what is meant is removed, and what is in
// use is named.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, NEW_BTC, onService } from "../support/cliService.ts"

const NOBODY = "nobody can be asked whether that is meant"

describe("rm", () => {
  it.live("needs --yes where nobody can be asked, and removes nothing without", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        for (const args of ["markets rm 1", "symbols rm BTC", "exchanges rm Kraken"]) {
          const ran = yield* cli(args)
          assert.strictEqual(ran.code, 1)
          assert.include(ran.stderr, NOBODY)
        }
        assert.lengthOf((yield* got("/markets")) as Array<unknown>, 1)
        assert.lengthOf((yield* got("/symbols")) as Array<unknown>, 2)
      })
    )
  )

  it.live("removes from the top down, and says what is in the way", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli(NEW_BTC.replace("USD", "EUR"))
        yield* cli("markets start 1")
        const used = yield* cli("exchanges rm Kraken --yes")
        assert.strictEqual(used.code, 2)
        assert.match(used.stderr, /\(409\)\n.*KRAKEN\.SPOT:BTC-USD/)
        const some = yield* cli("markets rm KRAKEN.* --yes --json")
        assert.strictEqual(some.code, 2)
        assert.match(some.stderr, /^\[1\/2\] refused KRAKEN\.SPOT:BTC-USD: .*\(409\)/)
        assert.include(some.stderr, "[2/2] removed KRAKEN.SPOT:BTC-EUR")
        assert.deepStrictEqual(JSON.parse(some.stdout), ["KRAKEN.SPOT:BTC-EUR"])
        yield* cli("markets stop 1")
        assert.strictEqual(
          (yield* cli("markets rm --yes kraken.spot:btc-usd")).stderr,
          "[1/1] removed KRAKEN.SPOT:BTC-USD"
        )
        assert.strictEqual((yield* cli("symbols rm BTC USD EUR --yes")).code, 0)
        assert.strictEqual((yield* cli("exchanges rm kraken --yes")).code, 0)
        assert.deepStrictEqual(yield* got("/exchanges"), [])
        assert.deepStrictEqual(yield* got("/symbols"), [])
        const none = yield* cli("markets rm KRAKEN.* --yes")
        assert.strictEqual(none.code, 2)
        assert.include(none.stderr, "no market matches KRAKEN.*")
      })
    )
  )
})
