// `level4 exchanges` against a service.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, onService } from "../support/cliService.ts"

describe("level4 exchanges", () => {
  it.live("creates and lists, for people and for scripts", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const created = yield* cli("exchanges new Atlantis Kraken --force")
        assert.strictEqual(created.code, 0)
        assert.match(
          created.stdout,
          /^ID {2}EXCHANGE {2}STATUS .*MARKET TYPES\n 1 {2}Atlantis {2}unsupported {2}-\n 2 /
        )
        assert.strictEqual((yield* cli("exchanges list")).stdout, created.stdout)
        const listed = yield* cli("exchanges list --json")
        assert.deepStrictEqual(JSON.parse(listed.stdout), yield* got("/exchanges"))
      })
    )
  )

  it.live("passes on what the service says of a duplicate", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli("exchanges new Kraken")
        const ran = yield* cli("exchanges new kraken")
        assert.strictEqual(ran.code, 2)
        assert.match(ran.stderr, /^level4: Already exists \(409\)\n {2}The exchange kraken exists already/)
        assert.strictEqual(ran.stdout, "")
      })
    )
  )

  it.live("refuses what level4 can't follow, with the name that was probably meant, and adds nothing", () =>
    onService((cli) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* cli("exchanges new Krakem Kraken Atlantis"), {
          code: 2,
          stdout: "",
          stderr: [
            "level4: level4 follows no Krakem; did you mean Kraken?",
            "  level4 follows no Atlantis",
            "  it follows Kraken, FTX",
            "  to add such a name all the same, repeat with --force"
          ].join("\n")
        })
        assert.deepStrictEqual(yield* got("/exchanges"), [])
        assert.strictEqual((yield* cli("exchanges new KRAKEN ftx")).code, 0)
      })
    )
  )

  it.live("says what to do with an empty catalog", () =>
    onService((cli) =>
      Effect.gen(function* () {
        assert.include((yield* cli("exchanges list")).stderr, "level4 exchanges new Kraken")
        assert.strictEqual((yield* cli("exchanges list --json")).stdout, "[]")
      })
    )
  )
})
