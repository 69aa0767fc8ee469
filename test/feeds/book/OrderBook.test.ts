// Holds the order book against a naive model: two Maps and a sort. Random snapshots, changes, repetitions and unknown
// deletions, in prices near each other so that they collide, and in decimals that no double can carry.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { canonical } from "../../../src/domain/Decimal.ts"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import type { Levels } from "../../../src/schemes/Instruction.ts"

type Level = Levels[number]

/** What an order book is, without any thought of speed. */
class NaiveBook {
  readonly bids = new Map<string, string>()
  readonly asks = new Map<string, string>()
  apply(side: Map<string, string>, levels: ReadonlyArray<Level>): void {
    for (const [price, size] of levels) {
      if (canonical(size) === "0") side.delete(canonical(price))
      else side.set(canonical(price), canonical(size))
    }
  }
  top(side: "bids" | "asks", depth: number): ReadonlyArray<readonly [string, string]> {
    const sign = side === "bids" ? -1 : 1
    return [...this[side]].sort(([a], [b]) => (Number(a) - Number(b)) * sign).slice(0, depth)
  }
}

const Price = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 400 }))
const Size = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 6 }))
const Shape = Schema.Literals(["text", "padded", "number", "long"])
const Change = Schema.Struct({ side: Schema.Literals(["bid", "ask"]), price: Price, size: Size, shape: Shape })
const Batch = Schema.Array(Change).check(Schema.isMaxLength(30))
const Batches = Schema.Array(Batch).check(Schema.isMinLength(1), Schema.isMaxLength(12))

/** The same decimals in the spellings of the venues; `long` sizes have 18 digits behind the point. */
const level = ({ price, size, shape }: typeof Change.Type): Level => {
  switch (shape) {
    case "text":
      return [`${price}.5`, `${size}`]
    case "padded":
      return [`${price}.50000000`, `${size}.00000000`]
    case "number":
      return [price + 0.5, size]
    case "long":
      return [`${price}.5`, size === 0 ? "0.000000000000000000" : `${size}.123456789012345678`]
  }
}

const split = (batch: typeof Batch.Type): readonly [bids: Array<Level>, asks: Array<Level>] => [
  batch.filter(({ side }) => side === "bid").map(level),
  batch.filter(({ side }) => side === "ask").map(level)
]

const agree = (book: OrderBook, naive: NaiveBook): void => {
  assert.deepStrictEqual(book.bidTexts(Infinity), naive.top("bids", Infinity))
  assert.deepStrictEqual(book.askTexts(Infinity), naive.top("asks", Infinity))
  assert.strictEqual(book.bidLevels, naive.bids.size)
  assert.strictEqual(book.askLevels, naive.asks.size)
}

describe("OrderBook", () => {
  for (const keepsText of [false, true]) {
    it.prop(
      `equals the naive book after every change (${keepsText ? "keeping wire text" : "numbers"})`,
      [Batches],
      ([batches]) => {
        const book = new OrderBook(keepsText)
        const naive = new NaiveBook()
        for (const batch of batches) {
          const [bids, asks] = split(batch)
          book.apply(bids, asks)
          naive.apply(naive.bids, bids)
          naive.apply(naive.asks, asks)
          agree(book, naive)
        }
      },
      { arbitrary: { runs: 2000 } }
    )
  }

  it.prop("a snapshot replaces everything, whatever its order", [Batch, Batch], ([before, after]) => {
    const book = new OrderBook(false)
    book.apply(...split(before))
    // a snapshot names a price once
    const once = [...new Map(after.map((change) => [`${change.side}${change.price}`, change])).values()]
    const byPrice = once.toSorted((a, b) => b.price - a.price)
    for (const order of [once, byPrice, byPrice.toReversed()]) {
      const naive = new NaiveBook()
      const [bids, asks] = split(order)
      book.load(bids, asks)
      naive.apply(naive.bids, bids)
      naive.apply(naive.asks, asks)
      agree(book, naive)
    }
  })

  it.prop("a window keeps the best levels and names the dropped ones", [Batches], ([batches]) => {
    const book = new OrderBook(false)
    const naive = new NaiveBook()
    for (const batch of batches) {
      const [bids, asks] = split(batch)
      book.apply(bids, asks)
      naive.apply(naive.bids, bids)
      naive.apply(naive.asks, asks)
      naive.apply(naive.bids, book.truncateBids(10) ?? [])
      naive.apply(naive.asks, book.truncateAsks(10) ?? [])
      agree(book, naive)
      assert.isAtMost(book.bidLevels, 10)
      assert.isAtMost(book.askLevels, 10)
    }
  })

  it("refuses what is no level, and counts it", () => {
    const book = new OrderBook(false)
    book.apply(
      [
        ["0", "1"],
        ["0.-10000", "1"],
        ["1", "0.-10000"],
        ["-1", "1"],
        ["1", "-1"],
        ["", "1"],
        ["1e999", "1"],
        ["0x10", "1"],
        ["7", "2"]
      ],
      [[NaN, 1]]
    )
    assert.deepStrictEqual(book.bidTexts(9), [["7", "2"]])
    assert.strictEqual(book.invalid, 9)
  })

  it("prints what the exchange sent: 18 digits, exponents, padding", () => {
    const book = new OrderBook(false)
    book.load(
      [
        ["0.000000123456789012", "1234567890.123456789"],
        ["1e-7", "5E3"],
        [1e-7 / 2, 12.5]
      ],
      [["60400.10000000", "0.00000001"]]
    )
    assert.deepStrictEqual(book.bidTexts(9), [
      ["0.000000123456789012", "1234567890.123456789"],
      ["0.0000001", "5000"],
      ["0.00000005", "12.5"]
    ])
    assert.deepStrictEqual(book.askTexts(9), [["60400.1", "0.00000001"]])
  })

  it("is crossed only when both sides meet", () => {
    const book = new OrderBook(false)
    assert.isFalse(book.crossed)
    book.apply([["10", "1"]], [])
    assert.isFalse(book.crossed)
    book.apply([], [["10.1", "1"]])
    assert.isFalse(book.crossed)
    book.apply([], [["10", "1"]])
    assert.isTrue(book.crossed)
  })
})
