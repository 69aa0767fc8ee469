// Owns the proof that a sum of bids and asks in turn, of which only what changed is summed again, is the sum of the text
// put together anew, through any changes of a book.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import { InterleavedSum } from "../../src/schemes/InterleavedSum.ts"

const DEPTH = 5
const whole = (book: OrderBook): number => {
  const bids = book.bestBids(DEPTH)
  const asks = book.bestAsks(DEPTH)
  return crc32(
    Array.from({ length: DEPTH }, (_, rank) => [...(bids[rank] ?? []), ...(asks[rank] ?? [])])
      .flat()
      .join(":")
  )
}

const level = (lowest: number) =>
  Schema.Tuple([
    Schema.Int.check(Schema.isBetween({ minimum: lowest, maximum: lowest + 11 })),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))
  ])
const Frame = Schema.Tuple([Schema.Array(level(1)), Schema.Array(level(13))])

describe("the sum of bids and asks in turn", () => {
  it.prop("is that of their text after any changes", [Schema.Array(Frame)], ([frames]) => {
    const book = new OrderBook(false)
    const sum = new InterleavedSum(
      DEPTH,
      (view, rank) => `:${view.bidPrice(rank)}:${view.bidSize(rank)}`,
      (view, rank) => `:${view.askPrice(rank)}:${view.askSize(rank)}`
    )
    assert.strictEqual(sum.of(book), 0)
    for (const [bids, asks] of frames) {
      book.apply(bids, asks)
      assert.strictEqual(sum.of(book) >>> 0, whole(book))
    }
  })
})
