// `level4 markets new` against a service: names become rows, missing ones are told or added, and nothing is half done
// without being asked for.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, NEW_BTC, onService } from "../support/cliService.ts"

describe("level4 markets new", () => {
  it.live("tells every missing name with its fix, and adds nothing", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli("symbols new BTC")
        assert.deepStrictEqual(yield* cli(NEW_BTC.replace(" --create", " --json")), {
          code: 2,
          stdout: "",
          stderr: [
            "level4: the catalog lacks what this market needs",
            "  exchange Kraken: level4 exchanges new 'Kraken'",
            "  symbol USD: level4 symbols new USD",
            "  or repeat with --create to add it all"
          ].join("\n")
        })
        assert.deepStrictEqual(yield* got("/exchanges"), [])
        assert.deepStrictEqual(yield* got("/symbols"), [{ id: 1, symbol: "BTC" }])
      })
    )
  )

  it.live("adds what is missing with --create, and only that", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli("symbols new BTC")
        const ran = yield* cli(`${NEW_BTC} --json`)
        assert.strictEqual(ran.code, 0)
        assert.strictEqual(ran.stderr, "created exchange Kraken\ncreated symbol USD")
        assert.deepStrictEqual(JSON.parse(ran.stdout), yield* got("/markets/1"))
      })
    )
  )

  it.live("adds an exchange that level4 can't follow only by force", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const misspelt = NEW_BTC.replace("Kraken", "Karken")
        const ran = yield* cli(misspelt)
        assert.strictEqual(ran.code, 2)
        assert.include(ran.stderr, "level4 follows no Karken; did you mean Kraken?")
        assert.deepStrictEqual(yield* got("/symbols"), [])
        assert.strictEqual((yield* cli(`${misspelt} --force`)).code, 0)
        assert.include(JSON.stringify(yield* got("/exchanges")), '"name":"Karken"')
      })
    )
  )

  it.live("finds exchanges without case and symbols with it", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli("exchanges new Kraken")
        yield* cli("symbols new BTC USD")
        const ran = yield* cli("markets new --exchange KRAKEN --base BTC --quote USD --type PERP")
        assert.strictEqual(ran.code, 0)
        assert.match(ran.stdout, /\n 1 {2}KRAKEN\.PERP:BTC-USD .* off .* stopped /)
        const other = yield* cli("markets new --exchange KRAKEN --base btc --quote USD --type PERP")
        assert.strictEqual(other.code, 2)
        assert.include(other.stderr, "symbol btc: level4 symbols new btc")
      })
    )
  )

  it.live("hands the exchange's own spelling over", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const future = NEW_BTC.replace("SPOT", "FUTURE")
        yield* cli(`${future} --native-symbol PI_XBTUSD_261225`)
        const ran = yield* cli(`${future} --native-symbol PI_XBTUSD_270326 --json`)
        assert.include(JSON.parse(ran.stdout), { id: 2, native_symbol: "PI_XBTUSD_270326", market_type: "FUTURE" })
      })
    )
  )

  it.live("passes on what the service refuses", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const ran = yield* cli(NEW_BTC)
        assert.strictEqual(ran.code, 2)
        assert.match(ran.stderr, /^level4: Already exists \(409\)\n {2}The market KRAKEN\.SPOT:BTC-USD .* with id 1\.$/)
      })
    )
  )

  it.live("lets many run at once, each adding what another may have added meanwhile", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const quotes = ["USD", "EUR", "GBP", "JPY", "CHF", "AUD"]
        const all = yield* Effect.forEach(quotes, (quote) => cli(NEW_BTC.replace("USD", quote)), { concurrency: 6 })
        assert.deepStrictEqual(
          all.map(({ code, stderr }) => (code === 0 ? "done" : stderr)),
          quotes.map(() => "done")
        )
        assert.lengthOf((yield* got("/symbols")) as Array<unknown>, 7)
      })
    )
  )
})
