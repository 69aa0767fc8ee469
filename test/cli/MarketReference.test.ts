// How a market is named: ccxt's symbols where one market is meant, and hints where none or several may be.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { NEW_BTC, onService, type CommandLine } from "../support/cliService.ts"

const four = (cli: CommandLine) =>
  Effect.gen(function* () {
    yield* cli(NEW_BTC)
    yield* cli(`${NEW_BTC.replace("Kraken", "Binance").replace("USD", "USDT")} --force`)
    yield* cli(`${NEW_BTC.replace("Kraken", "Binance").replace("USD", "USDT").replace("SPOT", "perp")} --force`)
    yield* cli(
      `${NEW_BTC.replace("Kraken", "Binance").replace("SPOT", "FUTURE")} --native-symbol BTCUSD_261225 --force`
    )
  })

describe("a market by ccxt's symbol", () => {
  it.live("is found where only one is meant, in every command that names markets", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* four(cli)
        const shown = (name: string) =>
          Effect.map(cli(`markets show ${name} --json`), ({ stdout, stderr }) =>
            stdout === "" ? stderr : (JSON.parse(stdout) as { readonly tag: string }).tag
          )
        assert.strictEqual(yield* shown("BTC/USD"), "KRAKEN.SPOT:BTC-USD")
        assert.strictEqual(yield* shown("btc/usdt"), "BINANCE.SPOT:BTC-USDT")
        assert.strictEqual(yield* shown("BTC/USDT:USDT"), "BINANCE.PERP:BTC-USDT")
        assert.strictEqual(yield* shown("binance:BTC/USD:BTC-261225"), "BINANCE.FUTURE:BTC-USD-20261225")
        const started = yield* cli("markets start kraken:BTC/USD 2")
        assert.strictEqual(started.stderr, "[1/2] started KRAKEN.SPOT:BTC-USD\n[2/2] started BINANCE.SPOT:BTC-USDT")
        assert.include((yield* cli("book BTC/USDT")).stdout, "BINANCE.SPOT:BTC-USDT")
      })
    )
  )

  it.live("is refused where several are meant, and where it is another contract of the pair", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* four(cli)
        yield* cli(`${NEW_BTC.replace("Kraken", "Coinbase")} --force`)
        const refused = (name: string) => Effect.map(cli(`book ${name}`), ({ code, stderr }) => [code, stderr])
        assert.deepStrictEqual(yield* refused("BTC/USD"), [
          2,
          "level4: several markets are BTC/USD; name one by its tag: KRAKEN.SPOT:BTC-USD, COINBASE.SPOT:BTC-USD"
        ])
        assert.deepStrictEqual(yield* refused("kraken:BTC/USDT"), [
          2,
          "level4: no market of the catalog is kraken:BTC/USDT, the SPOT of BTC-USDT; see: level4 markets list"
        ])
        assert.deepStrictEqual(yield* refused("BTC/USDT:USDT-270101"), [
          2,
          "level4: no market of the catalog is BTC/USDT:USDT-270101, the FUTURE of BTC-USDT; of that pair there are " +
            "BINANCE.SPOT:BTC-USDT, BINANCE.PERP:BTC-USDT"
        ])
      })
    )
  )
})

describe("a market by another name", () => {
  it.live("hints at the tag of an exchange's own spelling, and at the nearest one of a misspelt tag", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* four(cli)
        yield* cli("markets start 1")
        const refused = (name: string) => Effect.map(cli(`markets stop ${name}`), ({ code, stderr }) => [code, stderr])
        assert.deepStrictEqual(yield* refused("btcusd_261225"), [
          2,
          "level4: btcusd_261225 is an exchange's own spelling; name the market by its tag: " +
            "BINANCE.FUTURE:BTC-USD-20261225"
        ])
        assert.deepStrictEqual(yield* refused("BTCUSDT"), [
          2,
          "level4: BTCUSDT is an exchange's own spelling; name the market by its tag: BINANCE.SPOT:BTC-USDT, " +
            "BINANCE.PERP:BTC-USDT"
        ])
        assert.deepStrictEqual(yield* refused("KRAKEM.SPOT:BTC-USD"), [
          2,
          "level4: no market has the tag KRAKEM.SPOT:BTC-USD; did you mean KRAKEN.SPOT:BTC-USD?"
        ])
        assert.deepStrictEqual(yield* refused("kraken"), [
          2,
          "level4: no market has the tag kraken; see: level4 markets list"
        ])
      })
    )
  )
})
