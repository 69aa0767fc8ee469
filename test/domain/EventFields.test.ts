// Owns the proof that a field takes exactly the values that it has a public form for, and that this form is one of its
// schema, so that what is accepted never fails later, on its way to a client.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { best, decimal, type EventField, foreignId, levels, nullable, plain } from "../../src/domain/EventFields.ts"

const Hours = Schema.Int.check(Schema.isGreaterThan(0))

interface Case {
  readonly field: EventField<Schema.Codec<unknown>, never>
  /** Of each value inside what clients see. */
  readonly taken: ReadonlyArray<readonly [inside: unknown, outside: unknown]>
  readonly refused: ReadonlyArray<unknown>
}

const NO_DECIMALS = ["", ".", "-", "x", "1x", "e5", "NaN", "Infinity", "0x10", "1 ", NaN, Infinity, -Infinity]
const DECIMALS = [
  ["0.010", "0.01"],
  ["-0.0001", "-0.0001"],
  ["1e400", `1${"0".repeat(400)}`],
  ["1.", "1"],
  [3e-7, "0.0000003"],
  [-0, "0"]
] as const

const FIELDS: Readonly<Record<string, Case>> = {
  decimal: { field: decimal, taken: DECIMALS, refused: NO_DECIMALS },
  "a decimal or null": { field: nullable(decimal), taken: [[null, null], ...DECIMALS], refused: NO_DECIMALS },
  "a plain value": { field: plain(Hours), taken: [[8, 8]], refused: [0, 1.5, "8", null, NaN] },
  "a plain value or null": {
    field: nullable(plain(Hours)),
    taken: [
      [8, 8],
      [null, null]
    ],
    refused: [0, "", NaN]
  },
  "a foreign id": {
    field: foreignId,
    taken: [
      [7, "7"],
      ["a", "a"],
      [null, null]
    ],
    refused: [NaN]
  },
  best: {
    field: best,
    taken: [
      [null, null],
      [["1.50", 2, "more"], { price: "1.5", size: "2" }]
    ],
    refused: [
      ["", 1],
      [1, "x"]
    ]
  },
  levels: {
    field: levels,
    taken: [
      [[], []],
      [[["1.50", 0]], [["1.5", "0"]]]
    ],
    refused: [
      [
        ["1", "1"],
        ["1", ""]
      ]
    ]
  }
}

describe("a field of events", () => {
  for (const [name, { field, refused, taken }] of Object.entries(FIELDS)) {
    it(`${name}: what it takes it can show`, () => {
      for (const [inside, outside] of taken) {
        assert.isTrue(field.accepts(inside as never), JSON.stringify(inside))
        assert.deepStrictEqual(field.toPublic(inside as never), outside)
        assert.isTrue(Schema.is(field.schema)(outside))
      }
    })
    it(`${name}: and takes nothing else`, () => {
      for (const inside of refused) assert.isFalse(field.accepts(inside as never), JSON.stringify(inside))
    })
  }

  it.prop(
    "a decimal is what has canonical text",
    [Schema.String.check(Schema.isPattern(/^[-+.eE0-9]{0,6}$/))],
    ([text]) => {
      const show = () => decimal.toPublic(text)
      if (decimal.accepts(text)) assert.doesNotThrow(show)
      else assert.throws(show, RangeError)
    }
  )
})
