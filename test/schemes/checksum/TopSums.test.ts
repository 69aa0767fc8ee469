// Owns the proof that kept sums of levels follow a book through any changes: joined, they are the CRC32 of the text of
// the best levels put together again, few of any order, and many of a book like a venue's.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { type LevelText, TopSums } from "../../../src/schemes/checksum/TopSums.ts"

const sumOf = (depth: number): TopSums =>
  new TopSums(
    depth,
    (book, rank) => `:${book.bidPrice(rank)}:${book.bidSize(rank)}`,
    (book, rank) => `:${book.askPrice(rank)}:${book.askSize(rank)}`
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
    assert.strictEqual(sum.inTurn(book), 0)
    for (const [bids, asks] of frames) {
      book.apply(bids, asks)
      assert.strictEqual(sum.inTurn(book) >>> 0, whole(book, 5))
    }
  })

  it.prop("is that of their text in a deep book", [Schema.Array(DeepFrame)], ([frames]) => {
    const book = new OrderBook(false)
    const sum = sumOf(35)
    const ranks = Array.from({ length: 40 }, (_, rank) => rank)
    book.load(
      ranks.map((rank) => [bidAt(rank), rank + 0.25]),
      ranks.map((rank) => [askAt(rank), rank * 1_000 + 1])
    )
    assert.strictEqual(sum.inTurn(book) >>> 0, whole(book, 35))
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
      assert.strictEqual(sum.inTurn(book) >>> 0, whole(book, 35))
    }
  })

  it("has numbers of as many digits as there are", () => {
    const book = new OrderBook(false)
    const sum = sumOf(35)
    for (let rank = 0; rank < 40; rank++) {
      book.apply([[bidAt(rank) + 1 / 3, rank + 1 / 7]], [[askAt(rank) + 1 / 7, 0.1 / (rank + 1)]])
      assert.strictEqual(sum.inTurn(book) >>> 0, whole(book, 35))
    }
  })

  it("keeps apart the level that leaves the depth and the one that comes into it", () => {
    const book = new OrderBook(false)
    const sum = sumOf(10)
    for (let rank = 0; rank < 12; rank++) book.apply([[bidAt(rank), rank + 1]], [[askAt(rank), rank + 1]])
    sum.inTurn(book)
    // the tenth is pushed out and taken, then another taken: the eleventh of before is the tenth now
    book.apply(
      [
        [bidAt(2.5), 7],
        [bidAt(9), 0],
        [bidAt(4), 0]
      ],
      []
    )
    assert.strictEqual(sum.inTurn(book) >>> 0, whole(book, 10))
  })
})

const DEPTH = 5
const bidText: LevelText = (book, rank) => book.bidText(rank).join("/")
const askText: LevelText = (book, rank) => book.askText(rank).join("/")
const texts = (levels: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  levels.map((one) => one.slice(0, 2).join("/")).join("")
const asksThenBids = (book: OrderBook, depth: number): number =>
  crc32(texts(book.bestAsks(depth)) + texts(book.bestBids(depth)))

const Price = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
const Changes = Schema.Array(Schema.Tuple([Price, Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))]))
/** Changes of a frame, and to how many levels the sides are cut after it. */
const CutFrame = Schema.Tuple([Changes, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))])

describe("the sum of a side after the other", () => {
  it.prop("is that of the book after any changes", [Schema.Array(CutFrame)], ([frames]) => {
    const book = new OrderBook(false)
    const sums = new TopSums(DEPTH, bidText, askText)
    for (const [changes, depth] of frames) {
      book.apply(changes, changes)
      book.truncateBids(depth)
      book.truncateAsks(depth)
      assert.strictEqual(sums.asksThenBids(book) >>> 0, asksThenBids(book, DEPTH))
    }
  })

  it("is that of a book whose best levels are all others, and of a new snapshot", () => {
    const book = new OrderBook(false)
    const sums = new TopSums(DEPTH, bidText, askText)
    sums.asksThenBids(book)
    for (let price = 1; price <= 300; price++) book.apply([[price, (price % 7) + 1]], [])
    assert.strictEqual(sums.asksThenBids(book) >>> 0, asksThenBids(book, DEPTH))
    book.load([[9, 1]], [])
    assert.strictEqual(sums.asksThenBids(book) >>> 0, asksThenBids(book, DEPTH))
  })

  it("follows a book of many pages, whose levels come and go deep and near", () => {
    const book = new OrderBook(false)
    const deep = new TopSums(400, bidText, askText)
    for (let i = 0; i < 3_000; i++) {
      const price = 1 + ((i * 7_919) % 601)
      book.apply([], [[price, i % 3 === 0 ? 0 : i]])
      const sum = deep.asksThenBids(book) >>> 0
      if (i % 50 === 0) assert.strictEqual(sum, asksThenBids(book, 400))
    }
  })

  it("makes the text of a level once, at whatever rank it stands, and again when it is forgotten", () => {
    const book = new OrderBook(false)
    let made = 0
    const sums = new TopSums(
      DEPTH,
      (view, rank) => {
        made++
        return bidText(view, rank)
      },
      askText
    )
    const after = (...levels: ReadonlyArray<readonly [number, number]>): number => {
      book.apply(levels, [])
      sums.asksThenBids(book)
      return made
    }
    assert.strictEqual(after([3, 1]), 1)
    assert.strictEqual(after([4, 1]), 2)
    assert.strictEqual(after(), 2)
    assert.strictEqual(after([4, 0]), 2)
    assert.strictEqual(after([3, 2]), 3)
    sums.forget()
    assert.strictEqual(after(), 4)
  })
})
