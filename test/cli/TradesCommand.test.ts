// `level4 trades` against a service: a table that grows by a line a trade, the stream's own words for scripts, and a
// market that is not there.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { EventHub } from "../../src/hub/EventHub.ts"
import { onService } from "../support/cliService.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { until } from "../support/until.ts"

describe("level4 trades", () => {
  it.live("prints a line a trade under one heading, and how the feed fares", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const feed = new StagedFeed(yield* EventHub, stagedMarket(101))
        feed.snapshot([["100", "1"]], [["101", "2"]])
        const out: Array<string> = []
        const prints = (what: string) =>
          until(
            what,
            Effect.sync(() => out),
            (lines) => lines.some((line) => line.includes(what))
          )
        const onOutput = (lines: string) => out.push(...lines.split("\n"))
        const following = yield* Effect.forkScoped(cli("trades 101", { onOutput }))
        yield* prints("status")
        feed.trade(7)
        yield* prints("7")
        feed.trade(8, "99.25")
        yield* prints("99.25")
        yield* Fiber.interrupt(following)
        assert.deepStrictEqual(
          out.slice(1).map((line) => line.replace(/^\d\d:\d\d:\d\d\.\d{3}/, "00:00:00.000")),
          [
            "TIME          SIDE              PRICE            SIZE  ID",
            "00:00:00.000  buy               100.5            0.25  7",
            "00:00:00.000  buy               99.25            0.25  8"
          ]
        )
      })
    )
  )

  it.live("prints the stream's own events as JSON", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const feed = new StagedFeed(yield* EventHub, stagedMarket(101))
        feed.snapshot([["100", "1"]], [["101", "2"]])
        const out: Array<string> = []
        const onOutput = (lines: string) => out.push(...lines.split("\n"))
        yield* Effect.forkScoped(cli("trades 101 --json", { onOutput }))
        const of = (type: string) =>
          until(
            type,
            Effect.sync(() => out.map((line): unknown => JSON.parse(line))),
            (values) => values.some((value) => Object(value).type === type)
          )
        yield* of("status")
        feed.trade(7)
        const values = yield* of("trade")
        assert.deepInclude(Object(values.at(-1)), { market_id: 101, id: "7", price: "100.5", side: "buy" })
      })
    )
  )

  it.live("names a market that is not there", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const tag = yield* cli("trades KRAKEN.SPOT:BTC-USD")
        assert.deepStrictEqual([tag.code, tag.stdout], [2, ""])
        assert.include(tag.stderr, "KRAKEN.SPOT:BTC-USD")
        const number = yield* cli("trades 77")
        assert.deepStrictEqual([number.code, number.stdout], [2, ""])
        assert.include(number.stderr, "There is no market with id 77")
        const wrong = yield* cli("trades")
        assert.strictEqual(wrong.code, 1)
      })
    )
  )
})
