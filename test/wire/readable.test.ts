// Owns the proof that a schema no reader can be generated for fails where it is defined, by a message that names its
// part and the fix, and that whatever passes has a reader.
import { assert, describe, it } from "@effect/vitest"
import { Schema, SchemaTransformation } from "effect"
import { frameReader } from "../../src/wire/FrameReader.ts"
import { UnsupportedSchema } from "../../src/wire/readable.ts"
import { Amount } from "../../src/wire/Amount.ts"
import { DecimalText } from "../../src/wire/DecimalText.ts"
import { PricedLevel } from "../../src/wire/PricedLevel.ts"
import { frames, Numeric, parse } from "../../src/wire/Wire.ts"

const asNumber = SchemaTransformation.transform<number, string>({ decode: Number, encode: String })
const Converted = Schema.String.pipe(Schema.decodeTo(Schema.Number, asNumber))
const keysOf = (count: number, prefix = "k") =>
  Schema.Struct(Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, Schema.Number])))

interface Case {
  readonly what: string
  readonly schema: Schema.Codec<unknown>
  readonly place: string
  readonly fix: RegExp
  readonly exact?: boolean
}

const REFUSED: ReadonlyArray<Case> = [
  {
    what: "a transformation of its own",
    schema: Schema.Struct({ data: Schema.Array(Schema.Struct({ price: Converted })) }),
    place: "data[].price",
    fix: /DecimalText.*convert it in `translate`/
  },
  {
    what: "a transformation in a member of a union",
    schema: Schema.Union([
      Schema.Struct({ a: Schema.String }),
      Schema.Struct({ b: Schema.Tuple([Schema.Int, Converted]) })
    ]),
    place: "b[1]",
    fix: /transformations of src\/wire/
  },
  { what: "the whole", schema: Converted, place: "the whole", fix: /transformed/ },
  {
    what: "a group of checks",
    schema: Schema.Struct({ id: Schema.Number.check(Schema.isInt32()) }),
    place: "id",
    fix: /one by one/
  },
  {
    what: "a union of one member only",
    schema: Schema.Struct({ x: Schema.Union([Schema.String, Schema.Number], { mode: "oneOf" }) }),
    place: "x",
    fix: /`oneOf`; put the check on its members/
  },
  {
    what: "a union with what begins with any byte",
    schema: Schema.Struct({ x: Schema.Union([Schema.Number, Schema.Unknown]) }),
    place: "x",
    fix: /members are texts, numbers/
  },
  {
    what: "several kinds of number beside a text, where long numbers are texts",
    schema: Schema.Struct({ x: Schema.Union([Schema.Number, Schema.Literal("a"), Schema.String]) }),
    exact: true,
    place: "x",
    fix: /`Amount` or `Numeric`/
  },
  {
    what: "a decimal in quotes beside a number, where long numbers are texts",
    schema: Schema.Struct({ x: Schema.Union([Schema.Number, DecimalText]) }),
    exact: true,
    place: "x",
    fix: /`Amount` or `Numeric`/
  },
  {
    what: "a tuple with an optional element",
    schema: Schema.Tuple([Schema.Int, Schema.optionalKey(Schema.String)]),
    place: "the whole",
    fix: /members of a union/
  },
  {
    what: "a record with properties beside it",
    schema: Schema.Struct({
      r: Schema.StructWithRest(Schema.Struct({ a: Schema.Int }), [Schema.Record(Schema.String, Schema.Int)])
    }),
    place: "r",
    fix: /a struct or a record/
  },
  { what: "more keys than a reader counts", schema: keysOf(31), place: "the whole", fix: /more than 30 keys/ },
  {
    what: "more keys than a reader counts, of a union's members together",
    schema: Schema.Struct({ u: Schema.Union([keysOf(16), keysOf(16, "other")]) }),
    place: "u",
    fix: /other members of its union included/
  },
  { what: "a date", schema: Schema.Struct({ at: Schema.Date }), place: "at", fix: /Declaration/ }
]

const ACCEPTED: ReadonlyArray<Schema.Codec<unknown>> = [
  keysOf(30),
  Schema.Union([keysOf(15), keysOf(15, "other")]),
  Schema.Struct({ x: Schema.Union([Schema.Union([Schema.Number, Schema.Null]), Schema.Literals(["a", "b"])]) }),
  Schema.Struct({ levels: Schema.Array(PricedLevel), price: DecimalText, size: Amount, any: Numeric }),
  Schema.TupleWithRest(Schema.Tuple([Schema.Int]), [Schema.Unknown]),
  Schema.Record(Schema.String, Schema.Struct({ id: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)) }))
]

describe("a schema that no reader can be generated for", () => {
  for (const { what, schema, place, fix, exact = false } of REFUSED) {
    it(`${what}: fails where it is defined`, () => {
      let said: unknown = null
      try {
        frames(schema, { exact })
      } catch (cause) {
        said = cause
      }
      assert.instanceOf(said, UnsupportedSchema)
      assert.include(said.message, `for this schema: ${place} `)
      assert.match(said.message, fix)
      if (!exact) assert.throws(() => parse(schema), UnsupportedSchema)
    })
  }
})

describe("a schema that passes", () => {
  ACCEPTED.forEach((schema, i) =>
    it(`has a reader (${i})`, () => {
      frames(schema)
      parse(schema)
      assert.isNotNull(frameReader(schema, false))
    })
  )

  it("with long numbers as texts has one as well", () => {
    const Level = Schema.Struct({ a: Amount, n: Numeric, k: Schema.Literals([1, 2, "x"]) })
    frames(Level, { exact: true })
    assert.deepStrictEqual(frameReader(Level, true)!.text('{"a":1.5,"n":"2","k":"x"}'), { a: 1.5, n: "2", k: "x" })
  })
})
