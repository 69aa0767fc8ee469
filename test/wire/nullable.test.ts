// Owns the proof that every scalar that a reader knows by itself may be null as well: the reader and the schema agree
// on whatever stands there, and what is plainly written is never left to the schema.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Amount } from "../../src/wire/Amount.ts"
import { DecimalText, PlainDecimal } from "../../src/wire/DecimalText.ts"
import { EpochSeconds } from "../../src/wire/EpochSeconds.ts"
import { PricedLevel } from "../../src/wire/PricedLevel.ts"
import { Recurring } from "../../src/wire/Recurring.ts"
import { Rfc3339 } from "../../src/wire/Rfc3339.ts"
import { WholeText } from "../../src/wire/WholeText.ts"
import { frames, Numeric } from "../../src/wire/Wire.ts"

/** By shape: texts of JSON that its reader takes by itself, whatever numbers become. */
const SHAPES: Readonly<Record<string, readonly [shape: Schema.Codec<unknown, unknown>, plain: ReadonlyArray<string>]>> =
  {
    DecimalText: [DecimalText, ['"0.025"', '"1e5"', '""', '"123456789012345678.5"']],
    PlainDecimal: [PlainDecimal, ['"0.025"', '"0"', '"123456789012345678.5"']],
    WholeText: [WholeText, ['"0"', '"1641343715789499"']],
    EpochSeconds: [EpochSeconds, ["1626993907.25", '"1626993907.2065768"', "7"]],
    Rfc3339: [Rfc3339, ['"2023-10-06T17:35:55.440295Z"', '"no time"', '""']],
    Recurring: [Recurring, ['"BTC-USD"', '""']],
    Amount: [Amount, ["0.5", "1e-7", '"12.50"']],
    Numeric: [Numeric, ["-0.5", '"x"']],
    PricedLevel: [PricedLevel, ['{"price":31.5,"size":0.2}', '{"x":[1],"size":"1","price":2}']],
    Int: [Schema.Int, ["7", "-1"]],
    String: [Schema.String, ['"x"']],
    Boolean: [Schema.Boolean, ["true", "false"]]
  }

const ODD = ["nul", "[]", "{}", "-1", '"1', "01", '"-"', "123456789.123456789", "12345678901234567890", '{"price":1}']

const Digits = Schema.String.check(Schema.isPattern(/^\d{1,18}$/))

for (const exact of [false, true]) {
  describe(`null beside a scalar${exact ? ", where long numbers are texts" : ""}`, () => {
    for (const [name, [shape, plain]] of Object.entries(SHAPES)) {
      const fields = Schema.Struct({ value: Schema.NullOr(shape) })
      const decoder = frames(fields, { exact })
      // a member of a union is chosen by its contents, so that none may pass for another
      const either = frames(Schema.Union([fields, Schema.Struct({ value: Schema.Unknown })]), { exact })

      const agree = (text: string) => {
        const frame = `{"value":${text}}`
        for (const { judge, read } of [decoder, either]) {
          const given = read(Buffer.from(frame))
          if (given !== undefined) assert.deepStrictEqual(given, judge(frame) as typeof given, frame)
        }
      }

      it(`${name} is read, and so is null`, () => {
        for (const text of ["null", ...plain]) {
          const frame = `{"value":${text}}`
          const given = decoder.read(Buffer.from(frame))
          assert.isDefined(given, frame)
          assert.deepStrictEqual(given, decoder.judge(frame) as typeof given, frame)
        }
      })

      it(`${name}: the schema takes what the reader takes`, () => {
        for (const text of [...ODD, ...Object.values(SHAPES).flatMap(([, texts]) => texts)]) agree(text)
      })
      it.prop(
        `${name}: they agree on numbers of any length`,
        [Digits, Digits, Schema.Boolean],
        ([whole, part, asText]) => {
          for (const number of [whole, `${whole}.${part}`, `0.${part}`, `${whole}e-7`, `-${whole}`])
            agree(asText ? `"${number}"` : number)
        }
      )
    }
  })
}
