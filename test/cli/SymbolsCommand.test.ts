// `level4 symbols` against a service: what is printed, and what a refusal among several does.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, onService } from "../support/cliService.ts"

describe("level4 symbols", () => {
  it.live("creates and lists, for people and for scripts", () =>
    onService((cli) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* cli("symbols new BTC ÐOGE"), {
          code: 0,
          stdout: "ID  SYMBOL\n 1  BTC\n 2  ÐOGE",
          stderr: ""
        })
        assert.strictEqual((yield* cli("symbols list")).stdout, "ID  SYMBOL\n 1  BTC\n 2  ÐOGE")
        const listed = yield* cli("symbols list --json")
        assert.deepStrictEqual(JSON.parse(listed.stdout), yield* got("/symbols"))
        const created = yield* cli("symbols new USD --json")
        assert.deepStrictEqual(JSON.parse(created.stdout), [{ id: 3, symbol: "USD" }])
        assert.strictEqual(created.stderr, "")
      })
    )
  )

  it.live("says what to do with an empty catalog", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const told = "The catalog has no symbols yet; add some with: level4 symbols new BTC USD"
        assert.deepStrictEqual(yield* cli("symbols list"), { code: 0, stdout: "", stderr: told })
        assert.deepStrictEqual(yield* cli("symbols list --json"), { code: 0, stdout: "[]", stderr: told })
      })
    )
  )

  it.live("creates the others when one of several is refused, and ends with 2", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli("symbols new BTC")
        const ran = yield* cli("symbols new ETH BTC USD --json")
        assert.strictEqual(ran.code, 2)
        assert.deepStrictEqual(JSON.parse(ran.stdout), [
          { id: 2, symbol: "ETH" },
          { id: 3, symbol: "USD" }
        ])
        assert.strictEqual(
          ran.stderr,
          "[2/3] refused BTC: Already exists (409)\n  The symbol BTC exists already, with id 1.\nlevel4: 1 of 3 refused: BTC"
        )
      })
    )
  )

  it.live("prints nothing but the problem when the only one is refused", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli("symbols new BTC")
        assert.deepStrictEqual(yield* cli("symbols new BTC --json"), {
          code: 2,
          stdout: "",
          stderr: "level4: Already exists (409)\n  The symbol BTC exists already, with id 1."
        })
      })
    )
  )
})
