// Owns the proof of what readers of listings share: each row by itself, and exact texts of ticks, amounts and times.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Instrument } from "../../../src/domain/Instrument.ts"
import {
  amount,
  answered,
  Decimal,
  isoMicros,
  listingRows,
  microsOf,
  statusIn,
  tickOf
} from "../../../src/schemes/rules/listingRows.ts"

const Row = Schema.Struct({ name: Schema.String, base: Schema.String, tick: Decimal })
const read = listingRows(Row, ({ name, base, tick }) =>
  name.startsWith("OPTION")
    ? null
    : {
        native_symbol: name,
        base,
        quote: "USD",
        market_type: "SPOT",
        size_unit: "base",
        status: "trading",
        price_tick: amount(tick)
      }
)

describe("rows of a listing", () => {
  it("are read one by one: what can't be read is counted, what is not followed is left out", () => {
    const good = { name: "BTCUSD", base: "BTC", tick: 1e-8 }
    const bad = [null, 7, {}, { ...good, tick: true }, { ...good, tick: "much" }, { ...good, tick: "-1" }]
    const unnameable = [
      { ...good, base: "" },
      { ...good, base: "B T C" },
      { ...good, base: "B\u200bC" },
      { ...good, name: "BTC USD" },
      { ...good, name: "X".repeat(65) }
    ]
    const { instruments, unread } = read([...bad, good, { ...good, name: "OPTION-1" }, ...unnameable])
    assert.strictEqual(unread, bad.length + unnameable.length)
    assert.deepStrictEqual(instruments, [
      new Instrument({
        native_symbol: "BTCUSD",
        base: "BTC",
        quote: "USD",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.00000001",
        size_step: null,
        min_size: null,
        min_notional: null,
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      })
    ])
  })

  it("are of an answer that succeeded and is JSON", () => {
    assert.deepStrictEqual(answered(200, "[1]"), [1])
    for (const [status, body] of [
      [200, "<html>"],
      [200, ""],
      [503, "[1]"]
    ] as const) {
      assert.isUndefined(answered(status, body))
    }
  })

  it("have exact amounts: no padding, no exponent, and null for none", () => {
    assert.strictEqual(amount("0.00010000"), "0.0001")
    assert.strictEqual(amount(1e-10), "0.0000000001")
    assert.strictEqual(amount("1E-8"), "0.00000001")
    assert.strictEqual(amount(100), "100")
    for (const none of ["0.00000000", 0, "0", "", null, undefined]) assert.isNull(amount(none))
    for (const bad of ["-1", -0.5, "a", "1,5", "1e999", NaN]) assert.throws(() => amount(bad), RangeError)
  })

  it("have a status by the venue's words, and promise no trading by a word that is new", () => {
    const words = { OPEN: "trading", SOON: "pre_launch" } as const
    assert.strictEqual(statusIn(words, "OPEN"), "trading")
    assert.strictEqual(statusIn(words, "SOON"), "pre_launch")
    for (const other of ["open", "CANCEL_ONLY", "constructor", ""]) assert.strictEqual(statusIn(words, other), "halted")
  })

  it("have ticks by their decimals", () => {
    assert.strictEqual(tickOf(8), "0.00000001")
    assert.strictEqual(tickOf(0), "1")
    assert.strictEqual(tickOf(-3), "1000")
    for (const bad of [0.5, NaN, 1e9]) assert.throws(() => tickOf(bad), RangeError)
  })

  it("have times in microseconds", () => {
    assert.strictEqual(microsOf(1569398400000), 1_569_398_400_000_000)
    assert.strictEqual(microsOf("1585526400000"), 1_585_526_400_000_000)
    for (const none of [0, "0", "", null, undefined]) assert.isNull(microsOf(none))
    for (const bad of ["soon", NaN, 1e300]) assert.throws(() => microsOf(bad), RangeError)
    assert.strictEqual(isoMicros("2016-05-13T12:00:00.000Z"), 1_463_140_800_000_000)
    for (const none of [null, undefined, "", "soon"]) assert.isNull(isoMicros(none))
  })
})
