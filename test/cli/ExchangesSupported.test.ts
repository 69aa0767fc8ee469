// `level4 exchanges supported`: a table that people read, sentences of one venue, the setting that picks a protocol.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { describeExchange, exchangeNames } from "../../src/schemes/Schemes.ts"
import { seams } from "../support/cliSeams.ts"
import { level4 } from "../support/CommandLine.ts"

const everything = Effect.succeed(
  exchangeNames().map((name) => {
    const { offers, status } = describeExchange(name)
    return { name, status, offers }
  })
)

const supported = (args: string, columns?: number) =>
  level4(["exchanges", "supported", ...args.split(" ").filter((arg) => arg !== "")], {
    seams: { ...seams, supported: everything },
    ...(columns === undefined ? {} : { columns })
  })

describe("level4 exchanges supported", () => {
  it.effect("is at most 100 columns wide, and names the setting of every older protocol whole", () =>
    Effect.gen(function* () {
      const { stdout } = yield* supported("")
      for (const line of stdout.split("\n")) assert.isAtMost(line.length, 100, line)
      assert.match(stdout, /^Kraken +SPOT +live +spot websocket v2 \(today\)$/m)
      assert.match(stdout, /^Kraken +SPOT +live +spot websocket v1 \(LEVEL4_KRAKEN_SPOT_PROTOCOL=v1\)$/m)
      assert.match(stdout, / \(LEVEL4_GEMINI_<TYPE>_PROTOCOL=v2\)$/m)
      assert.match(stdout, /^Binance +PERP FUTURE +live +USD-M futures, \S+ and \S+ streams$/m, "no marker is needed")
    })
  )

  it.effect("fits a narrower terminal, and is whole with --wide", () =>
    Effect.gen(function* () {
      for (const line of (yield* supported("", 60)).stdout.split("\n")) assert.isAtMost(line.length, 60, line)
      const whole = yield* supported("--wide", 60)
      assert.include(whole.stdout, "WHAT PROVES THE BOOK")
      assert.include(whole.stdout, describeExchange("BitMEX").offers[0]!.guarantee)
      assert.notInclude(whole.stdout, "…")
    })
  )

  it.effect("says of one venue, in any case, what proves its books, in lines that fit", () =>
    Effect.gen(function* () {
      const { stdout } = yield* supported("kraken bitmex", 70)
      for (const line of stdout.split("\n")) assert.isAtMost(line.length, 70, line)
      const said = stdout.replace(/\s+/g, " ")
      assert.include(said, "Kraken live SPOT spot websocket v2 (today); sizes in base Every snapshot")
      assert.include(said, describeExchange("Kraken").offers[1]!.guarantee)
      assert.include(said, "BitMEX retired SPOT PERP INVERSE FUTURE")
      assert.notInclude(said, "Binance")
      const json = yield* supported("kraken --json")
      const [kraken] = JSON.parse(json.stdout) as ReadonlyArray<{ readonly offers: ReadonlyArray<object> }>
      assert.deepInclude(kraken?.offers.at(-1), { market_type: "SPOT", alternative: "v1" })
    })
  )

  it.effect("names the venue that a misspelt name may mean", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* supported("Krakem"), {
        code: 2,
        stdout: "",
        stderr: "level4: level4 follows no Krakem; did you mean Kraken?"
      })
      assert.include((yield* supported("Atlantis")).stderr, "follows no Atlantis; it follows Binance, BitMEX,")
    })
  )
})
