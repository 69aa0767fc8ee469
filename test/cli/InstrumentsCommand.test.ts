// `level4 instruments` against a service whose listings are fakes: filters, pages, age, and what can't be had.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, NEW_BTC, onService } from "../support/cliService.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"

const BTC = instrument({ native_symbol: "BTC/USD", base: "BTC", quote: "USD", price_tick: "0.1", size_step: "1e-8" })
const PERP = instrument({
  native_symbol: "PF_XBTUSD",
  base: "BTC",
  quote: "USD",
  market_type: "PERP",
  status: "halted",
  size_unit: "contracts",
  contract_value: "1 BTC"
})

describe("level4 instruments", () => {
  it.live("shows what an exchange lists, for people and for scripts", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", [BTC, PERP])
        yield* cli(NEW_BTC)
        const ran = yield* cli("instruments kraken")
        assert.strictEqual(ran.code, 0)
        assert.strictEqual(ran.stderr, "")
        const columns = ran.stdout.split("\n").map((line) => line.trim().split(/ {2,}/))
        assert.deepStrictEqual(
          columns.map((cells) => cells.slice(0, 4)),
          [
            ["MARKET", "NATIVE SYMBOL", "STATUS", "PRICE TICK"],
            ["KRAKEN.PERP:BTC-USD", "PF_XBTUSD", "halted", "-"],
            ["KRAKEN.SPOT:BTC-USD", "BTC/USD", "trading", "0.1"]
          ]
        )
        assert.strictEqual(columns[1]![6], "1 BTC")
        assert.strictEqual(columns[2]!.at(-1), "1")
        const json = yield* cli(
          "instruments Kraken --type spot --base btc --quote usd --status trading --search btc/ --json"
        )
        assert.deepStrictEqual(JSON.parse(json.stdout), yield* got("/exchanges/Kraken/instruments?market_type=SPOT"))
      })
    )
  )

  it.live("puts the pages together", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        const many = Array.from({ length: 5_001 }, (_, index) => {
          const base = `S${String(index).padStart(4, "0")}`
          return instrument({ native_symbol: `${base}/USD`, base, quote: "USD" })
        })
        list("Kraken", many)
        const { stdout } = yield* cli("instruments Kraken --json")
        const symbols = (JSON.parse(stdout) as Array<{ readonly native_symbol: string }>).map(
          (row) => row.native_symbol
        )
        assert.deepStrictEqual(
          symbols,
          many.map(({ native_symbol }) => native_symbol)
        )
      })
    )
  )

  it.live("says how old a listing is that the exchange does not give any more, and only when that is asked for", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const control = yield* ListingControl
        control.list("Kraken", [BTC])
        control.at = (Date.now() - 600_000) * 1000
        control.fail("Kraken", "status 503")
        const refused = yield* cli("instruments Kraken")
        assert.strictEqual(refused.code, 2)
        assert.match(refused.stderr, /\(503\)\n {2}.*status 503.* 600 s ago/)
        const stale = yield* cli("instruments Kraken --stale")
        assert.strictEqual(stale.code, 0)
        assert.match(stale.stderr, /^as Kraken listed it 60\d s ago$/)
        assert.include(stale.stdout, "KRAKEN.SPOT:BTC-USD")
      })
    )
  )

  it.live("names the exchange that was probably meant, and says when nothing passes", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", [BTC])
        const wrong = yield* cli("instruments Krakem")
        assert.strictEqual(wrong.code, 2)
        assert.include(wrong.stderr, "Did you mean Kraken?")
        assert.deepStrictEqual(yield* cli("instruments Kraken --base ETH"), {
          code: 0,
          stdout: "",
          stderr: "Nothing that Kraken lists passes these filters"
        })
      })
    )
  )
})
