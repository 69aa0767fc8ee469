// Owns the proof of the generated reader's scalars: times in seconds and by RFC 3339, decimals and whole numbers in
// quotes are read as their schemas read them, exactly, or left to them.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { canonical, isFaithful } from "../../src/domain/Decimal.ts"
import { DecimalText, numericOf, PlainDecimal } from "../../src/wire/DecimalText.ts"
import { EpochSeconds } from "../../src/wire/EpochSeconds.ts"
import { frameReader } from "../../src/wire/FrameReader.ts"
import { Rfc3339 } from "../../src/wire/Rfc3339.ts"
import { rfc3339Micros } from "../../src/wire/rfc3339Micros.ts"
import { WholeText } from "../../src/wire/WholeText.ts"
import { judge } from "./slowReader.ts"

const Times = Schema.Struct({ t: EpochSeconds })
const readSeconds = frameReader(Times, true)!.text
const judgeSeconds = judge(Times, true)
const readLoosely = frameReader(Times, false)!.text
const judgeLoosely = judge(Times, false)
const DECIMAL_TEXTS = Schema.String.check(Schema.isPattern(/^(0|[1-9]\d{0,17})(\.\d{1,20})?$/))
const Decimals = Schema.Struct({ any: DecimalText, plain: PlainDecimal })
const readDecimals = frameReader(Decimals, false)!.text
const judgeDecimals = judge(Decimals, false)
const readTimes = frameReader(Schema.Struct({ t: Rfc3339 }), false)!.text
const DIGITS = Schema.isPattern(/^\d{0,12}$/)

describe("scalars of a generated reader", () => {
  it.prop(
    "reads seconds as their schema does",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99_999_999_999 })), Schema.String.check(DIGITS)],
    ([whole, fraction]) => {
      const plain = fraction === "" ? String(whole) : `${whole}.${fraction}`
      for (const text of [`{"t":${plain}}`, `{"t":"${plain}"}`]) {
        assert.deepStrictEqual(readSeconds(text), judgeSeconds(text), text)
        assert.isDefined(readSeconds(text), text)
        const loose = readLoosely(text)
        if (loose !== undefined) assert.deepStrictEqual(loose, judgeLoosely(text), text)
      }
    }
  )
  it("leaves seconds to the schema that are not plainly written", () => {
    for (const odd of ["1e9", "-1", "01", "1.", ".5", "1234567890123", '""', '"1x"', '"1', "null", "[1]"])
      assert.isUndefined(readSeconds(`{"t":${odd}}`), odd)
  })

  it.prop(
    "reads decimals in quotes as their schema does, whatever their length",
    [DECIMAL_TEXTS, Schema.Boolean],
    ([text, padded]) => {
      for (const one of [text, `${text}${padded && text.includes(".") ? "00000000" : ""}`]) {
        const json = JSON.stringify({ any: one, plain: one })
        const read = readDecimals(json)
        assert.deepStrictEqual(read, judgeDecimals(json), json)
        if (read === undefined) continue
        const { any } = read
        // exact: as text it is still the decimal that it was
        assert.strictEqual(canonical(any), canonical(one))
        assert.strictEqual(typeof any === "number", isFaithful(one), one)
      }
    }
  )
  it("leaves what is no plain decimal to who asked for any text, and refuses it to who did not", () => {
    const read = frameReader(Schema.Struct({ any: DecimalText }), false)!.text
    for (const odd of ["", ".", "1.", ".5", "-1", "1e5", "0.-10000", "1 ", "0x10", "NaN", "Infinity", "1e400"]) {
      assert.deepStrictEqual(read(JSON.stringify({ any: odd })), { any: numericOf(odd) }, odd)
      assert.isUndefined(readDecimals(JSON.stringify({ any: "1", plain: odd })), odd)
    }
    assert.deepStrictEqual(read('{"any":"0.-10000"}'), { any: "0.-10000" })
  })

  it.prop(
    "reads times as their schema does",
    [Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000_000_000 })), Schema.String.check(DIGITS)],
    ([seconds, fraction]) => {
      const whole = new Date(seconds * 1000).toISOString().slice(0, 19)
      for (const text of [`${whole}.${fraction}Z`, `${whole}Z`, `${whole}.5+01:00`, whole, whole.replace("T", " ")]) {
        const read = readTimes(JSON.stringify({ t: text }))
        assert.deepStrictEqual(read, { t: rfc3339Micros(text) }, text)
      }
    }
  )
  it("reads whole numbers in quotes, and no others", () => {
    const read = frameReader(Schema.Struct({ n: WholeText }), false)!.text
    assert.deepStrictEqual(read('{"n":"1641343715789499"}'), { n: 1641343715789499 })
    assert.deepStrictEqual(read('{"n":"0"}'), { n: 0 })
    for (const odd of ['"9007199254740993"', '"12345678901234567"', '""', '"1.5"', '"-1"', '"1', "1"])
      assert.isUndefined(read(`{"n":${odd}}`), odd)
  })
})
