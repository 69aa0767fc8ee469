// Holds one side of a book against a plain Map where its pages matter: fills and cuts of hundreds of levels in every
// order, so that pages are begun, split, joined and dropped at both ends and in between, with every rank read after
// each.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { canonical } from "../../../src/domain/Decimal.ts"
import { BookSide } from "../../../src/feeds/book/BookSide.ts"
import type { Level } from "../../../src/schemes/Instruction.ts"

const Place = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1200 }))
const Width = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 600 }))
const Step = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 3 }))
const Move = Schema.Struct({
  kind: Schema.Literals(["set", "remove", "keep best"]),
  order: Schema.Literals(["rising", "falling", "mixed"]),
  from: Place,
  width: Width,
  step: Step,
  size: Schema.Literals(["1.5", "0.123456789012345678", "2.50"])
})
type Move = typeof Move.Type
const Moves = Schema.Array(Move).check(Schema.isMinLength(1), Schema.isMaxLength(16))

const ticks = ({ from, width, step, order }: Move): ReadonlyArray<number> => {
  const rising = Array.from({ length: Math.ceil(width / step) }, (_, i) => from + i * step)
  if (order === "falling") return rising.toReversed()
  // 7 has no factor in common with any power of two: each place is met once
  const round = 2 ** Math.ceil(Math.log2(rising.length))
  const mixed = Array.from({ length: round }, (_, i) => rising[(i * 7) % round]).filter((tick) => tick !== undefined)
  return order === "rising" ? rising : mixed
}

const price = (tick: number): string => `${100 + tick}.25`

const worstFirst = (model: ReadonlyMap<string, string>, sign: number) =>
  [...model].sort(([a], [b]) => (Number(a) - Number(b)) * sign)

/** Does the same to both. */
const move = (side: BookSide, model: Map<string, string>, sign: number, step: Move): void => {
  if (step.kind === "keep best") {
    const wanted = Math.max(0, model.size - step.width)
    const worst = worstFirst(model, sign).slice(0, model.size - wanted)
    const dropped = side.truncate(wanted)?.map(canonical) ?? []
    assert.deepStrictEqual(
      dropped,
      worst.map(([gone]) => gone)
    )
    for (const gone of dropped) model.delete(gone)
    return
  }
  const size = step.kind === "set" ? step.size : "0.00"
  side.apply(ticks(step).map((tick): Level => [price(tick), size]))
  for (const tick of ticks(step)) {
    if (step.kind === "set") model.set(price(tick), canonical(size))
    else model.delete(price(tick))
  }
}

const agree = (side: BookSide, model: ReadonlyMap<string, string>, sign: number): void => {
  const wanted = worstFirst(model, sign).toReversed()
  assert.strictEqual(side.length, wanted.length)
  assert.deepStrictEqual(
    side.best(Infinity).map(([p, s]) => [canonical(p), canonical(s)] as const),
    wanted
  )
  assert.strictEqual(side.best(3).length, Math.min(3, wanted.length))
  const read = wanted.map((_, rank) => [side.price(rank), side.size(rank), ...side.text(rank).map(canonical)])
  assert.deepStrictEqual(
    read,
    wanted.map(([p, s]) => [Number(p), Number(s), p, s])
  )
  assert.isNaN(side.price(wanted.length))
  assert.isNaN(side.size(wanted.length))
}

describe("BookSide", () => {
  for (const which of ["bid", "ask"] as const) {
    for (const keepsText of [false, true]) {
      it.prop(
        `is a sorted Map over any number of pages (${which}s${keepsText ? ", keeping wire text" : ""})`,
        [Moves],
        ([moves]) => {
          const sign = which === "bid" ? 1 : -1
          const side = new BookSide(which, keepsText)
          const model = new Map<string, string>()
          for (const step of moves) {
            move(side, model, sign, step)
            agree(side, model, sign)
          }
        },
        { arbitrary: { runs: 200 } }
      )
    }
  }

  it("keeps wire text level by level through splits and joins", () => {
    const side = new BookSide("ask", true)
    const levels = Array.from({ length: 1000 }, (_, i): Level => [
      `${(i * 37) % 1000}.50${"0".repeat(i % 3)}`,
      `${i}.10`
    ])
    side.apply(levels)
    side.apply(levels.filter((_, i) => i % 4 !== 0).map(([p]): Level => [p, "0.000"]))
    const left = new Map(levels.filter((_, i) => i % 4 === 0).map(([p, s]) => [Number(p), [p, s]]))
    assert.strictEqual(side.length, left.size)
    for (const level of side.best(Infinity)) assert.deepStrictEqual([...level], left.get(Number(level[0])))
  })

  it.prop("says of a loaded side whether it is the levels as given", [Moves], ([moves]) => {
    for (const step of moves) {
      const side = new BookSide("bid", false)
      const levels = ticks(step).map((tick): Level => [price(tick), step.size])
      const falls = levels.every(([p], i) => i === 0 || Number(p) < Number(levels[i - 1]![0]))
      assert.strictEqual(side.load(levels), falls)
      assert.strictEqual(side.length, levels.length)
      side.clear()
      // neither a level twice, nor one that is none, nor a removal makes the side other than its levels
      for (const odd of [levels[0]!, ["-1", "1"], [price(5000), "0"]] as const) {
        assert.isFalse(side.load([...levels, odd]))
        assert.strictEqual(side.length, levels.length)
        side.clear()
      }
    }
  })

  it("is empty after clear, and takes a book again", () => {
    const side = new BookSide("bid", false)
    const levels = Array.from({ length: 500 }, (_, i): Level => [price(i), "0.123456789012345678"])
    side.load(levels)
    side.clear()
    assert.strictEqual(side.length, 0)
    assert.isNaN(side.price(0))
    assert.deepStrictEqual(side.best(9), [])
    side.load(levels.toReversed().map(([p]): Level => [p, "2"]))
    assert.deepStrictEqual(side.best(1), [[599.25, 2]])
    assert.strictEqual(side.length, 500)
  })

  it("refuses a price that its double can't tell from that of a level, whichever of both is the long one", () => {
    for (const [kept, price] of [
      ["0.1", "0.10000000000000000001"],
      ["0.10000000000000000001", "0.1"]
    ] as const) {
      for (const keepsText of [false, true]) {
        const side = new BookSide("bid", keepsText)
        side.apply([[kept, "1"]])
        side.apply([[price, "2"]])
        assert.deepStrictEqual([side.invalid, side.refused], [1, `${price} 2`])
      }
    }
  })
})
