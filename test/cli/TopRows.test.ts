// What `level4 top` shows: rates between two looks, the order, and a screen that fits.
import { assert, describe, it } from "@effect/vitest"
import { CliOutput } from "effect/cli"
import { plain } from "../../src/cli/Style.ts"
import { type Look, topLines, topRows } from "../../src/cli/TopRows.ts"
import { listedMarket } from "../../src/api/Listing.ts"
import { FeedCounters, type FeedState, FeedView } from "../../src/domain/FeedState.ts"
import { countsOfNothing } from "../../src/feeds/core/FeedCounts.ts"
import { stoppedView } from "../../src/feeds/core/stoppedView.ts"
import { stagedMarket } from "../support/StagedFeed.ts"

const AT = 1_795_000_000_000_000

const { epoch, next_retry, since, unknown_sample } = stoppedView()
const counted = (frames: number) => new FeedCounters({ ...countsOfNothing(), frames })

const feed = (id: number, base: string, state: FeedState, frames: number, seq: number, lag: number | null = 5_000) =>
  listedMarket(
    stagedMarket(id, base),
    new FeedView({
      epoch,
      next_retry,
      since,
      unknown_sample,
      state,
      reason: state === "live" ? null : "the venue is silent",
      reason_code: state === "live" ? null : "silent",
      seq,
      ts_exchange: lag === null ? null : AT - 2_000_000 - lag,
      ts_received: AT - 2_000_000,
      counters: counted(frames)
    }),
    null
  )

const before: Look = {
  at: AT - 2_000_000,
  markets: [feed(1, "BTC", "live", 100, 1000), feed(2, "ETH", "live", 50, 10)]
}
const now: Look = {
  at: AT,
  markets: [
    feed(1, "BTC", "live", 103, 1010),
    feed(2, "ETH", "live", 90, 40, null),
    feed(3, "SOL", "stale", 7, 7),
    feed(4, "XRP", "live", 9, 9)
  ]
}

describe("topRows", () => {
  it("puts the worst state first, then the busiest, and has no rate of what was not there before", () => {
    assert.deepStrictEqual(
      topRows(before, now).map(({ tag, frames, events, age, lag }) => [tag.slice(14, 17), frames, events, age, lag]),
      [
        ["SOL", null, null, 2_000_000, 5_000],
        ["ETH", 20, 15, 2_000_000, null],
        ["BTC", 1.5, 5, 2_000_000, 5_000],
        ["XRP", null, null, 2_000_000, 5_000]
      ]
    )
  })

  it("has no rate where counters began again, or no time passed", () => {
    const again: Look = { at: AT, markets: [feed(1, "BTC", "live", 3, 2000)] }
    assert.isNull(topRows(before, again)[0]?.frames)
    assert.isNull(topRows(now, { ...now })[0]?.frames)
  })
})

describe("topLines", () => {
  const lines = (width: number, room: number, note = "") =>
    topLines({ ...plain, width }, topRows(before, now), { at: AT, lines: room, note, title: "level4 top" })

  it("shows every market where there is room", () => {
    assert.deepStrictEqual(lines(Infinity, Infinity, "q quits"), [
      "level4 top  11:06:40 UTC  q quits",
      "4 markets: 1 stale, 3 live  22 frames/s",
      "MARKET                 STATE  FRAMES/S  EVENTS/S    AGE   LAG  REASON",
      "COINBASE.SPOT:SOL-USD  stale         -         -  2.0 s  5 ms  the venue is silent",
      "COINBASE.SPOT:ETH-USD  live         20        15  2.0 s     -  -",
      "COINBASE.SPOT:BTC-USD  live        1.5       5.0  2.0 s  5 ms  -",
      "COINBASE.SPOT:XRP-USD  live          -         -  2.0 s  5 ms  -"
    ])
  })

  it("fits a small terminal in both directions, and says how many are not shown", () => {
    const small = lines(70, 6)
    assert.lengthOf(small, 6)
    assert.strictEqual(small.at(-1), "and 2 more")
    assert.strictEqual(small[3], "COINBASE.SPOT:SOL-USD  stale         -         -  2.0 s  the venue is…")
    for (const line of small) assert.isAtMost(CliOutput.displayWidth(line), 70)
  })
})
