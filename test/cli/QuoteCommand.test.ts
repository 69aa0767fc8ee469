// `level4 quote` against a service: one market and a pair, for people and for scripts, and what is refused.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { level4 } from "../support/CommandLine.ts"
import { NEW_BTC, onService } from "../support/cliService.ts"

describe("level4 quote", () => {
  it.live("tells people what an order meets in a market", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli("markets start 1")
        const ran = yield* cli("quote kraken.spot:btc-usd --side buy --size 0.75")
        assert.deepStrictEqual([ran.code, ran.stderr], [0, ""])
        assert.match(
          ran.stdout,
          new RegExp(
            [
              "^FIELD          VALUE",
              "market         KRAKEN.SPOT:BTC-USD",
              "order          buy 0.75 \\(base currency\\)",
              "average price  1001.33333333",
              "best price     1001",
              "worst price    1002",
              "worth          751",
              "levels         2",
              "age            \\d+ ms$"
            ].join("\\n")
          )
        )
        const json = JSON.parse((yield* cli("quote 1 --side sell --size 1 --json")).stdout) as Record<string, unknown>
        assert.deepInclude(json, { market_id: 1, side: "sell", size: "1", vwap: "999.5", state: "live" })
      })
    )
  )

  it.live("tells who fills which part of an order over a pair, and who is left out", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli(`${NEW_BTC.replace("Kraken", "Coinbase")} --force`)
        yield* cli(`${NEW_BTC.replace("Kraken", "Gemini")} --force`)
        yield* cli("markets start 1 2")
        const ran = yield* cli("quote btc-usd --side buy --size 1.5")
        const [head, table] = ran.stdout.split("\n\n")
        assert.match(
          head ?? "",
          /pair {11}SPOT BTC-USD\norder {10}buy 1.5 \(base currency\)\naverage price {2}1001.33333333\n/
        )
        assert.deepStrictEqual(table?.split("\n"), [
          "EXCHANGE  MARKET                 SIZE  AVERAGE PRICE",
          "Kraken    KRAKEN.SPOT:BTC-USD       1         1001.5",
          "Coinbase  COINBASE.SPOT:BTC-USD   0.5           1001",
          "left out: GEMINI.SPOT:BTC-USD (the feed is stopped)"
        ])
        const json = JSON.parse((yield* cli("quote BTC-USD --side buy --size 1.5 --type spot --json")).stdout)
        assert.deepInclude(json, { pair: "BTC-USD", market_type: "SPOT", worst_price: "1002" })
      })
    )
  )

  it.live("fails when the book is not live, or holds less", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const stopped = yield* cli("quote 1 --side buy --size 1")
        assert.deepStrictEqual([stopped.code, stopped.stdout], [2, ""])
        assert.include(stopped.stderr, "level4: The book is not live (503)")
        yield* cli("markets start 1")
        const shallow = yield* cli("quote BTC-USD --side buy --size 51 --json")
        assert.deepStrictEqual([shallow.code, shallow.stdout], [2, ""])
        assert.include(shallow.stderr, "The asks of BTC-USD hold 50, less than 51.")
      })
    )
  )

  it.effect.each([
    ["quote 1 --side buy", "Missing required flag: --size"],
    ["quote 1 --side buy --size 0", "Expected a decimal above zero"],
    ["quote 1 --side both --size 1", '"buy" | "sell"'],
    ["quote nonsense --side buy --size 1", "Expected a market's number or tag, or a pair"],
    ["quote BTC-USD --side buy --size 1 --type future", "Expected SPOT, PERP or INVERSE"]
  ] as const)("%s is wrong usage", ([args, told]) =>
    Effect.gen(function* () {
      const ran = yield* level4(args.split(" "))
      assert.deepStrictEqual([ran.code, ran.stdout], [1, ""])
      assert.include(ran.stderr, told)
    })
  )
})
