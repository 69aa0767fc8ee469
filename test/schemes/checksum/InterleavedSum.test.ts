// Owns the proof that a sum of bids and asks in turn, of which only blocks with changes are summed again, is the sum of the
// text put together anew, through any changes of a book: few levels of any order, and many of a book like a venue's.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { InterleavedSum } from "../../../src/schemes/checksum/InterleavedSum.ts"
import type { TextSum } from "../../../src/schemes/checksum/TextSum.ts"

const add = (text: TextSum, price: number, size: number): void => {
  text.add(":")
  text.number(price)
  text.add(":")
  text.number(size)
}
const sumOf = (depth: number): InterleavedSum =>
  new InterleavedSum(
    depth,
    (text, book, rank) => add(text, book.bidPrice(rank), book.bidSize(rank)),
    (text, book, rank) => add(text, book.askPrice(rank), book.askSize(rank))
  )

const whole = (book: OrderBook, depth: number): number => {
  const bids = book.bestBids(depth)
  const asks = book.bestAsks(depth)
  return crc32(
    Array.from({ length: depth }, (_, rank) => [...(bids[rank] ?? []), ...(asks[rank] ?? [])])
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

const Rank = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 47 }))
const Size = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12_345_678 }))
/** What is done to both sides by one frame, and how many levels a side the venue keeps. */
const DeepFrame = Schema.Struct({
  sizes: Schema.Array(Schema.Tuple([Schema.Boolean, Rank, Size])),
  taken: Schema.Array(Schema.Tuple([Schema.Boolean, Rank])),
  trims: Schema.Boolean,
  cut: Schema.Int.check(Schema.isBetween({ minimum: 20, maximum: 60 }))
})

/** The price at a rank of a whole book; others fit between. */
const bidAt = (rank: number): number => 30_000 - rank / 8
const askAt = (rank: number): number => 30_001 + rank / 8

describe("the sum of bids and asks in turn", () => {
  it.prop("is that of their text after any changes", [Schema.Array(Frame)], ([frames]) => {
    const book = new OrderBook(false)
    const sum = sumOf(5)
    assert.strictEqual(sum.of(book), 0)
    for (const [bids, asks] of frames) {
      book.apply(bids, asks)
      assert.strictEqual(sum.of(book) >>> 0, whole(book, 5))
    }
  })

  it.prop("is that of their text in a book of several blocks", [Schema.Array(DeepFrame)], ([frames]) => {
    const book = new OrderBook(false)
    const sum = sumOf(35)
    const ranks = Array.from({ length: 40 }, (_, rank) => rank)
    book.load(
      ranks.map((rank) => [bidAt(rank), rank + 0.25]),
      ranks.map((rank) => [askAt(rank), rank * 1_000 + 1])
    )
    assert.strictEqual(sum.of(book) >>> 0, whole(book, 35))
    for (const { sizes, taken, trims, cut } of frames) {
      for (const [bid, rank, size] of sizes) {
        if (bid) book.apply([[bidAt(rank + 0.5), size / 1_000]], [])
        else book.apply([], [[askAt(rank), size]])
      }
      // as a venue that names the level that leaves its window
      if (trims && book.bidLevels > 35) book.apply([[book.bidPrice(35), 0]], [])
      for (const [bid, rank] of taken) {
        if (bid && rank < book.bidLevels) book.apply([[book.bidPrice(rank), 0]], [])
        if (!bid && rank < book.askLevels) book.apply([], [[book.askPrice(rank), 0]])
      }
      book.truncateBids(cut)
      book.truncateAsks(cut)
      assert.strictEqual(sum.of(book) >>> 0, whole(book, 35))
    }
  })

  it("has numbers of as many digits as there are", () => {
    const book = new OrderBook(false)
    const sum = sumOf(35)
    for (let rank = 0; rank < 40; rank++) {
      book.apply([[bidAt(rank) + 1 / 3, rank + 1 / 7]], [[askAt(rank) + 1 / 7, 0.1 / (rank + 1)]])
      assert.strictEqual(sum.of(book) >>> 0, whole(book, 35))
    }
  })

  it("keeps apart the level that leaves the depth and the one that comes into it", () => {
    const book = new OrderBook(false)
    const sum = sumOf(10)
    for (let rank = 0; rank < 12; rank++) book.apply([[bidAt(rank), rank + 1]], [[askAt(rank), rank + 1]])
    sum.of(book)
    // the tenth is pushed out and taken, then another taken: the eleventh of before is the tenth now
    book.apply(
      [
        [bidAt(2.5), 7],
        [bidAt(9), 0],
        [bidAt(4), 0]
      ],
      []
    )
    assert.strictEqual(sum.of(book) >>> 0, whole(book, 10))
  })
})
