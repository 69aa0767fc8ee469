// A book that its venue repeats: repetitions that run ahead of their changes are no difference, what was lost is one.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../../src/domain/Market.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { FeedExchange } from "../../../src/feeds/core/FeedExchange.ts"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { SnapshotAudit } from "../../../src/feeds/truth/SnapshotAudit.ts"
import type { Levels } from "../../../src/schemes/Instruction.ts"

const SECOND = 1_000_000

const setUp = () => {
  const told: Array<FeedEvent> = []
  const sink = { wanted: true, emit: (event: FeedEvent) => void told.push(event) }
  const exchange = new FeedExchange(MarketId.make(1), "BITFLYER.SPOT:BTC-JPY", sink, 0)
  const book = new OrderBook(false)
  const audit = new SnapshotAudit(exchange)
  const repeat = (bids: Levels, at: number) => {
    book.load(bids, [["101", "1"]])
    audit.repeated(book, at)
  }
  const change = (price: string, size: string, at: number) => {
    book.apply([[price, size]], [])
    audit.saw([[price, size]], [], at)
  }
  return { exchange, told, repeat, change }
}

describe("SnapshotAudit", () => {
  it("counts a repetition that is what the changes had made, also when it ran ahead of the last of them", () => {
    const { exchange, repeat, change } = setUp()
    repeat(
      [
        ["100", "1"],
        ["99", "1"]
      ],
      0
    )
    change("99", "2", SECOND)
    repeat(
      [
        ["100", "5"],
        ["99", "2"]
      ],
      5 * SECOND
    )
    // the change that the repetition contained already
    change("100", "5", 5.1 * SECOND)
    change("98", "1", 7 * SECOND)
    assert.deepStrictEqual([exchange.counts.audits, exchange.counts.audit_differences], [1, 0])
  })

  it("does not judge a price that moves while the book is repeated", () => {
    const { exchange, repeat, change } = setUp()
    repeat([["100", "1"]], 0)
    change("100", "2", 4.5 * SECOND)
    // a size between two batches of changes
    repeat([["100", "3"]], 5 * SECOND)
    change("100", "4", 5.2 * SECOND)
    change("98", "1", 7 * SECOND)
    assert.deepStrictEqual([exchange.counts.audits, exchange.counts.audit_differences], [1, 0])
  })

  it("counts and tells a difference: a change was lost", () => {
    const { exchange, told, repeat, change } = setUp()
    repeat(
      [
        ["100", "1"],
        ["99", "1"]
      ],
      0
    )
    repeat(
      [
        ["100", "1"],
        ["99", "7"]
      ],
      5 * SECOND
    )
    change("98", "1", 7 * SECOND)
    assert.deepStrictEqual([exchange.counts.audits, exchange.counts.audit_differences], [1, 1])
    const [status] = told
    assert.strictEqual(
      status?.type === "status" ? status.reason : null,
      "audit: the repeated book had 7 at bid 99; it is mended"
    )
  })
})
