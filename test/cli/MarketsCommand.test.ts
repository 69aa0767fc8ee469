// `level4 markets list` and `show` against a service: filters, names, and what is not there.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, NEW_BTC, onService, type CommandLine } from "../support/cliService.ts"

const threeMarkets = (cli: CommandLine) =>
  Effect.gen(function* () {
    yield* cli(NEW_BTC)
    yield* cli(NEW_BTC.replace("SPOT", "PERP"))
    yield* cli(`${NEW_BTC.replace("Kraken", "Binance").replace("USD", "USDT")} --force`)
    yield* cli("markets start 2")
  })

describe("level4 markets list", () => {
  it.live("lists all, and what passes every filter", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* threeMarkets(cli)
        const ids = (filters: string) =>
          Effect.map(cli(`markets list --json${filters}`), ({ stdout }) =>
            (JSON.parse(stdout) as Array<{ readonly id: number }>).map(({ id }) => id)
          )
        assert.deepStrictEqual(yield* ids(""), [1, 2, 3])
        assert.deepStrictEqual(yield* ids(" --enabled"), [2])
        assert.deepStrictEqual(yield* ids(" --disabled"), [1, 3])
        assert.deepStrictEqual(yield* ids(" --exchange kraken"), [1, 2])
        assert.deepStrictEqual(yield* ids(" --exchange Kraken --type SPOT"), [1])
        assert.deepStrictEqual(yield* ids(" --type FUTURE"), [])
        assert.deepStrictEqual(JSON.parse((yield* cli("markets list --json")).stdout), yield* got("/markets"))
        assert.deepStrictEqual(
          (yield* cli("markets list")).stdout.split("\n").map((line) => line.split(/ {2,}/)),
          [
            ["ID", "MARKET", "NATIVE SYMBOL", "SWITCH", "STATE", "REASON", "EPOCH", "SEQ"],
            [" 1", "KRAKEN.SPOT:BTC-USD", "BTC/USD", "off", "stopped", "-", "0", "0"],
            [" 2", "KRAKEN.PERP:BTC-USD", "PF_XBTUSD", "on", "live", "-", "1", "7"],
            [" 3", "BINANCE.SPOT:BTC-USDT", "BTCUSDT", "off", "stopped", "-", "0", "0"]
          ]
        )
      })
    )
  )

  it.live("names the exchanges there are when one is unknown, and says when nothing matches", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* threeMarkets(cli)
        assert.deepStrictEqual(yield* cli("markets list --exchange FTX --json"), {
          code: 2,
          stdout: "",
          stderr:
            "level4: the catalog has no exchange FTX (it has: Kraken, Binance); add it with: level4 exchanges new 'FTX'"
        })
        const none = yield* cli("markets list --type FUTURE")
        assert.strictEqual(none.code, 0)
        assert.strictEqual(none.stdout, "")
        assert.include(none.stderr, "No market matches")
      })
    )
  )
})

describe("level4 markets show", () => {
  it.live("shows a market by number and by tag", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* threeMarkets(cli)
        const byNumber = yield* cli("markets show 2 --json")
        assert.deepStrictEqual(JSON.parse(byNumber.stdout), yield* got("/markets/2"))
        assert.deepStrictEqual(yield* cli("markets show kraken.perp:btc-usd --json"), byNumber)
        const { stdout } = yield* cli("markets show 2")
        assert.match(stdout, /^market +KRAKEN\.PERP:BTC-USD$/m)
        assert.match(stdout, /^state +live$/m)
        assert.match(stdout, /^trades missed +0$/m)
        assert.match(stdout, /^since +20\d\d-\d\d-\d\dT[\d:.]+Z$/m)
      })
    )
  )

  it.live("says what is not there, and takes a tag of any case", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* threeMarkets(cli)
        const unknown = yield* cli("markets show 99")
        assert.strictEqual(unknown.code, 2)
        assert.match(unknown.stderr, /^level4: Not found \(404\)\n {2}.*99/)
        const tag = yield* cli("markets show FTX.SPOT:BTC-USD")
        assert.deepStrictEqual(tag, {
          code: 2,
          stdout: "",
          stderr: "level4: no market has the tag FTX.SPOT:BTC-USD; see: level4 markets list"
        })
        const twin = yield* cli(`${NEW_BTC} --native-symbol XBT/USD`)
        assert.strictEqual(twin.code, 2, "one tag is one market's")
        assert.match(twin.stderr, /KRAKEN.SPOT:BTC-USD exists already/)
        const lower = yield* cli("markets show kraken.spot:btc-usd")
        assert.strictEqual(lower.code, 0, lower.stderr)
      })
    )
  )
})
