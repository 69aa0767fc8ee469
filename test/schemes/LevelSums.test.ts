// Owns the proof that remembered sums of levels follow a book through any changes: joined, they are the CRC32 of the text
// of the best levels put together anew.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { OrderBook } from "../../src/feeds/OrderBook.ts"
import { appended, LevelSums, type LevelText } from "../../src/schemes/LevelSums.ts"

const DEPTH = 5
const bidText: LevelText = (book, rank) => book.bidText(rank).join("/")
const askText: LevelText = (book, rank) => book.askText(rank).join("/")

const whole = (book: OrderBook, side: "bid" | "ask"): number =>
  crc32(
    (side === "bid" ? book.bestBids(DEPTH) : book.bestAsks(DEPTH)).map((level) => level.slice(0, 2).join("/")).join("")
  )

const summed = (sums: LevelSums): number => appended(0, sums) >>> 0

const Price = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 }))
const Size = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))
const Changes = Schema.Array(Schema.Tuple([Price, Size]))

describe("the sums of a side's best levels", () => {
  it.prop("are those of the book after any changes", [Schema.Array(Changes)], ([frames]) => {
    const book = new OrderBook(false)
    const bids = new LevelSums("bid", DEPTH, bidText)
    const asks = new LevelSums("ask", DEPTH, askText)
    for (const changes of frames) {
      book.apply(changes, changes)
      bids.follow(book)
      asks.follow(book)
      assert.strictEqual(summed(bids), whole(book, "bid"))
      assert.strictEqual(summed(asks), whole(book, "ask"))
    }
  })

  it("makes the text of a level once, at whatever rank it stands, and anew when it is forgotten", () => {
    const book = new OrderBook(false)
    let made = 0
    const sums = new LevelSums("bid", DEPTH, (view, rank) => {
      made++
      return bidText(view, rank)
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
