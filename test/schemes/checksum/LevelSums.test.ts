// Owns the proof that remembered sums of levels follow a book through any changes: joined, they are the CRC32 of the text
// of the best levels put together anew.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { appended, LevelSums, type LevelText } from "../../../src/schemes/checksum/LevelSums.ts"

const DEPTH = 5
const bidText: LevelText = (text, book, rank) => text.add(book.bidText(rank).join("/"))
const askText: LevelText = (text, book, rank) => text.add(book.askText(rank).join("/"))

const whole = (book: OrderBook, side: "bid" | "ask"): number =>
  crc32(
    (side === "bid" ? book.bestBids(DEPTH) : book.bestAsks(DEPTH)).map((level) => level.slice(0, 2).join("/")).join("")
  )

const summed = (sums: LevelSums): number => appended(0, sums) >>> 0

const Price = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
const Size = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))
const Changes = Schema.Array(Schema.Tuple([Price, Size]))
/** Changes of a frame, and to how many levels the sides are cut after it. */
const Frame = Schema.Tuple([Changes, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))])

describe("the sums of a side's best levels", () => {
  it.prop("are those of the book after any changes", [Schema.Array(Frame)], ([frames]) => {
    const book = new OrderBook(false)
    const bids = new LevelSums("bid", DEPTH, bidText)
    const asks = new LevelSums("ask", DEPTH, askText)
    for (const [changes, depth] of frames) {
      book.apply(changes, changes)
      book.truncateBids(depth)
      book.truncateAsks(depth)
      bids.follow(book)
      asks.follow(book)
      assert.strictEqual(summed(bids), whole(book, "bid"))
      assert.strictEqual(summed(asks), whole(book, "ask"))
    }
  })

  it("begin anew after more changes than are remembered, and after a new snapshot", () => {
    const book = new OrderBook(false)
    const bids = new LevelSums("bid", DEPTH, bidText)
    bids.follow(book)
    for (let price = 1; price <= 300; price++) book.apply([[price, (price % 7) + 1]], [])
    bids.follow(book)
    assert.strictEqual(summed(bids), whole(book, "bid"))
    book.load([[9, 1]], [])
    bids.follow(book)
    assert.strictEqual(summed(bids), whole(book, "bid"))
  })

  it("follow a book of many pages, whose levels come and go deep and near", () => {
    const book = new OrderBook(false)
    const deep = new LevelSums("ask", 400, askText)
    const all = () =>
      crc32(
        book
          .bestAsks(400)
          .map((level) => level.slice(0, 2).join("/"))
          .join("")
      )
    for (let i = 0; i < 3_000; i++) {
      const price = 1 + ((i * 7_919) % 601)
      book.apply([], [[price, i % 3 === 0 ? 0 : i]])
      deep.follow(book)
      if (i % 50 === 0) assert.strictEqual(summed(deep), all())
    }
  })

  it("tells between which ranks levels have changed", () => {
    const book = new OrderBook(false)
    const sums = new LevelSums("bid", DEPTH, bidText)
    const changed = (...levels: ReadonlyArray<readonly [number, number]>): readonly [number, number] => {
      book.apply(levels, [])
      sums.follow(book)
      return [sums.from, sums.to]
    }
    assert.deepStrictEqual(changed([90, 1], [80, 1], [70, 1], [60, 1], [50, 1], [40, 1]), [0, 5])
    const [from, to] = changed()
    assert.isTrue(from >= to)
    assert.deepStrictEqual(changed([80, 2]), [1, 2])
    assert.deepStrictEqual(changed([80, 0], [65, 1]), [1, 3])
    assert.deepStrictEqual(changed([85, 1]), [1, 5])
    assert.deepStrictEqual(changed([90, 0]), [0, 5])
    book.truncateBids(3)
    assert.deepStrictEqual(changed(), [3, 5])
  })

  it("makes the text of a level once, at whatever rank it stands, and anew when it is forgotten", () => {
    const book = new OrderBook(false)
    let made = 0
    const sums = new LevelSums("bid", DEPTH, (text, view, rank) => {
      made++
      bidText(text, view, rank)
    })
    book.apply([[3, 1]], [])
    sums.follow(book)
    book.apply([[4, 1]], [])
    sums.follow(book)
    sums.follow(book)
    assert.strictEqual(made, 2)
    book.apply([[4, 0]], [])
    sums.follow(book)
    assert.strictEqual(made, 2)
    book.apply([[3, 2]], [])
    sums.follow(book)
    assert.strictEqual(made, 3)
    sums.forget()
    sums.follow(book)
    assert.strictEqual(made, 4)
  })
})
