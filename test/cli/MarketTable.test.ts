// Every fact of one market as people read it: what nobody knows is a dash, never a date of 1970.
import { assert, describe, it } from "@effect/vitest"
import { marketDetails } from "../../src/cli/MarketTable.ts"
import { plain } from "../../src/cli/Style.ts"
import { listedMarket } from "../../src/api/Listing.ts"
import { FeedView } from "../../src/domain/FeedState.ts"
import { stoppedView } from "../../src/feeds/core/stoppedView.ts"
import { stagedMarket } from "../support/StagedFeed.ts"

const rowOf = (since: number) => {
  const { counters, epoch, next_retry, seq, ts_exchange, ts_received, unknown_sample } = stoppedView()
  const label = { state: "retired", reason: "the venue closed", reason_code: "retired" } as const
  const view = new FeedView({
    ...label,
    since,
    epoch,
    seq,
    next_retry,
    ts_exchange,
    ts_received,
    counters,
    unknown_sample
  })
  const lines = marketDetails(plain, listedMarket(stagedMarket(1), view)).split("\n")
  return lines.find((line) => line.startsWith("since"))?.trim()
}

describe("marketDetails", () => {
  it("shows since when a state holds, and a dash where nobody knows", () => {
    assert.match(rowOf(1_795_000_000_000_000)!, /^since +2026-11-18T/)
    assert.match(rowOf(0)!, /^since +-$/)
  })
})
