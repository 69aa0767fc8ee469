// `level4 markets add` against a service whose listings are fakes: what matches is added, started and waited for, and
// what can't be had is named.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { got, onService } from "../support/cliService.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"
import { level4 } from "../support/CommandLine.ts"

const spot = (base: string, quote: string) => instrument({ native_symbol: `${base}/${quote}`, base, quote })
const KRAKEN = [spot("BTC", "USD"), spot("BTC", "EUR"), spot("ETH", "USD")]
const rows = (text: string) => text.split("\n").map((line) => line.trim().split(/ {2,}/))

describe("level4 markets add", () => {
  it.live("adds what matches, once, after saying what that would be", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", KRAKEN)
        const dry = yield* cli("markets add KRAKEN.SPOT:*-USD --dry-run")
        assert.strictEqual(dry.code, 0)
        assert.strictEqual(dry.stderr, "2 listed instruments match: 2 would be added, 0 there already")
        assert.deepStrictEqual(rows(dry.stdout), [
          ["ID", "MARKET", "NATIVE SYMBOL", "OUTCOME", "DETAIL"],
          ["-", "KRAKEN.SPOT:BTC-USD", "BTC/USD", "would add", "-"],
          ["-", "KRAKEN.SPOT:ETH-USD", "ETH/USD", "would add", "-"]
        ])
        assert.deepStrictEqual(yield* got("/markets"), [])
        const done = yield* cli("markets add KRAKEN.SPOT:*-USD --json")
        const batch = JSON.parse(done.stdout) as { readonly added: number; readonly markets: Array<{ tag: string }> }
        assert.strictEqual(batch.added, 2)
        assert.deepStrictEqual(
          batch.markets.map(({ tag }) => tag),
          ["KRAKEN.SPOT:BTC-USD", "KRAKEN.SPOT:ETH-USD"]
        )
        const again = yield* cli("markets add KRAKEN.SPOT:*")
        assert.strictEqual(again.stderr, "3 listed instruments match: 1 added, 2 there already")
      })
    )
  )

  it.live("starts them, and ends when their books are live", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", KRAKEN)
        const ran = yield* cli("markets add KRAKEN.SPOT:BTC-* --start --wait live")
        assert.strictEqual(ran.code, 0)
        assert.deepStrictEqual(ran.stderr.split("\n"), [
          "2 listed instruments match: 2 added, 0 there already, 2 started",
          ...["[1/2] live", "[2/2] live"].map((step, at) => `${step} ${rows(ran.stdout)[at + 1]![1]!}`)
        ])
        assert.match(ran.stdout, / added, started /)
      })
    )
  )

  it.live("names the exchange that does not say what it lists, and adds the others' markets", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const control = yield* ListingControl
        control.list("Kraken", KRAKEN)
        control.fail("Bybit", "status 403")
        const ran = yield* cli("markets add KRAKEN.SPOT:BTC-USD BYBIT.SPOT:*")
        assert.strictEqual(ran.code, 2)
        assert.match(ran.stderr, /^nothing of Bybit was added: .*status 403/)
        assert.match(ran.stderr, /\nlevel4: nothing added of Bybit$/)
        assert.include(ran.stdout, "KRAKEN.SPOT:BTC-USD")
      })
    )
  )

  it.live("does nothing where more match than the limit", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        list("Kraken", KRAKEN)
        const ran = yield* cli("markets add KRAKEN.* --limit 2")
        assert.strictEqual(ran.code, 2)
        assert.match(ran.stderr, /\(422\)\n.*3/)
        assert.deepStrictEqual(yield* got("/markets"), [])
      })
    )
  )

  it.live("counts what the service refuses to start, and says which book is not live", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { list } = yield* ListingControl
        const feeds = yield* FeedControl
        feeds.state = "rejected"
        feeds.reason = "the exchange knows no such symbol"
        list("Kraken", KRAKEN)
        const ran = yield* cli("markets add KRAKEN.SPOT:BTC-USD --start --wait live --timeout 5s")
        assert.strictEqual(ran.code, 2)
        assert.match(
          ran.stderr,
          /level4: 1 of 1 are not live after 5s\n {2}KRAKEN\.SPOT:BTC-USD: rejected, the exchange knows no such symbol$/
        )
      })
    )
  )

  it.effect.each([
    [["KRAKEN.*", "--wait", "live"], "--wait live goes with --start"],
    [["KRAKEN.*", "--start", "--dry-run", "--wait", "live"], "not with --dry-run"],
    [["KRAKEN.*", "--timeout", "3s"], "--timeout goes with --wait live"],
    [["KRAKEN.*", "--limit", "0"], "Expected 1 to 5000"],
    [[], "pattern"]
  ] as const)("refuses %j", ([args, told]) =>
    Effect.gen(function* () {
      const ran = yield* level4(["markets", "add", ...args])
      assert.strictEqual(ran.code, 1)
      assert.include(ran.stderr, told)
    })
  )
})
