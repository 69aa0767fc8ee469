// A copy of a moving book, taken at some moment of it, against the window of that time: never a false alarm, and
// whatever was lost while it stood still is found.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { AuditWindow } from "../../../src/feeds/truth/AuditWindow.ts"
import type { Levels } from "../../../src/schemes/Instruction.ts"

const Change = Schema.Struct({
  price: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 })),
  size: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3 }))
})
const Changes = Schema.Array(Change).check(Schema.isMaxLength(60))

const START: Levels = Array.from({ length: 40 }, (_, i) => [String(100 - i), "5"] as const)
const ASKS: Levels = Array.from({ length: 40 }, (_, i) => [String(101 + i), "5"] as const)

const bidsOf = (book: OrderBook, depth: number): Levels => book.bidTexts(depth)

describe("AuditWindow", () => {
  it.prop(
    "never doubts a copy that was true at any moment of its time",
    [Changes, Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))],
    ([changes, moment]) => {
      const book = new OrderBook(false)
      book.load(START, ASKS)
      const window = new AuditWindow(book)
      let copy: readonly [Levels, Levels] = [bidsOf(book, 50), book.askTexts(50)]
      changes.forEach(({ price, size }, index) => {
        const bids: Levels = [[String(100 - price), String(size)]]
        const asks: Levels = [[String(101 + price), String(size)]]
        book.apply(bids, asks)
        window.saw(bids, asks, 0)
        if (index === moment) copy = [bidsOf(book, 50), book.askTexts(50)]
      })
      assert.deepStrictEqual(window.differences(copy[0], copy[1], false), [])
    },
    { arbitrary: { runs: 500 } }
  )

  it.prop(
    "finds a change that never reached the book",
    [Changes, Change],
    ([changes, missed]) => {
      const truth = new OrderBook(false)
      const book = new OrderBook(false)
      truth.load(START, ASKS)
      book.load(START, ASKS)
      const price = String(100 - (missed.price % 20))
      truth.apply([[price, String(missed.size + 6)]], [])
      const window = new AuditWindow(book)
      for (const change of changes) {
        // the level that differs is not touched again, and stays among the best
        const bids: Levels = [[String(60 - change.price / 2), String(change.size)]]
        truth.apply(bids, [])
        book.apply(bids, [])
        window.saw(bids, [], 0)
      }
      assert.deepStrictEqual(window.differences(bidsOf(truth, 50), truth.askTexts(50), false), [
        { side: "bid", price: Number(price), theirs: missed.size + 6 }
      ])
    },
    { arbitrary: { runs: 500 } }
  )

  it("finds a level that the venue removed, and one that it added", () => {
    const book = new OrderBook(false)
    book.load(START, ASKS)
    const window = new AuditWindow(book)
    const theirs: Levels = [["100.5", "1"], ...START.filter(([price]) => price !== "97")]
    assert.deepStrictEqual(window.differences(theirs, ASKS, false), [
      { side: "bid", price: 100.5, theirs: 1 },
      { side: "bid", price: 97, theirs: 0 }
    ])
  })

  it("says nothing of what lies behind the copy's last level, unless the copy is complete", () => {
    const book = new OrderBook(false)
    book.load(START.slice(0, 10), ASKS.slice(0, 10))
    const window = new AuditWindow(book)
    assert.deepStrictEqual(window.differences(START.slice(0, 5), ASKS.slice(0, 10), false), [])
    assert.strictEqual(window.differences(START.slice(0, 5), ASKS.slice(0, 10), true).length, 5)
  })

  it("keeps a bounded number of changes, however long it is open", () => {
    const window = new AuditWindow(new OrderBook(false))
    for (let n = 0; n <= 250_000; n++) window.saw([["100", n]], [], n)
    assert.deepStrictEqual([window.spoilt, window.noted], [true, 0])
  })
})
