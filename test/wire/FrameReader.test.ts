// Owns the proof that a generated reader and its schema are one: what it reads, of recordings, of mutated frames and of
// arbitrary values of every scheme's own schemas, is what JSON.parse and decoding by the schema give; and that nothing
// of a recording is left to those. Its scalars are FrameReaderScalars.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { vi } from "vitest"
import { frameReader } from "../../src/wire/FrameReader.ts"
import { frames, Numeric } from "../../src/wire/Wire.ts"
import { Recurring } from "../../src/wire/Recurring.ts"
import { Unread } from "../../src/wire/Unread.ts"
import { schemes } from "../../src/schemes/Schemes.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { HAS_RECORDINGS, recorded } from "../support/realRecordings.ts"
import { simulatedRecording } from "../support/simulatedRecording.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { judge } from "./slowReader.ts"

/** Every schema that a scheme reads texts by, noted as the scheme asks for its reader. */
const asked = vi.hoisted(() => [] as Array<{ readonly schema: Schema.Codec<unknown>; readonly exact: boolean }>)
vi.mock(import("../../src/wire/Wire.ts"), async (original) => {
  const wire = await original()
  const frames: typeof wire.frames = (schema, options) => {
    asked.push({ schema, exact: options?.exact ?? false })
    return wire.frames(schema, options)
  }
  const parse: typeof wire.parse = (schema) => {
    asked.push({ schema, exact: false })
    return wire.parse(schema)
  }
  return { ...wire, frames, parse }
})

const RECORDINGS = [
  "binance-spot",
  "binance-perp",
  "binance-inverse",
  "bitfinex",
  "bitflyer",
  "bitmex",
  "bitstamp",
  "coinbase",
  "ftx",
  "gemini",
  "hitbtc-v3",
  "kraken-v1",
  "kraken-v1-trades",
  "kraken-futures",
  "poloniex"
]

/** The same value, but for what nobody reads, which a reader gives as null. */
const alike = (read: unknown, decoded: unknown): boolean => {
  if (read === null || typeof read !== "object") return read === null || Object.is(read, decoded)
  if (decoded === null || typeof decoded !== "object" || Array.isArray(read) !== Array.isArray(decoded)) return false
  const names = Object.keys(read)
  return (
    names.length === Object.keys(decoded).length &&
    names.every(
      (name) =>
        name in decoded && alike(read[name as keyof typeof read], decoded[name as keyof typeof decoded] as unknown)
    )
  )
}

const readers = asked.map(({ schema, exact }) => ({
  read: frameReader(schema, exact),
  judged: judge(schema, exact),
  schema,
  exact
}))

/** Fails unless the reader gives what the schema gives, or nothing. True if it gave something. */
const compare = ({ read, judged }: (typeof readers)[number], text: string): boolean => {
  const bytes = Buffer.from(text)
  const values = [read?.bytes(bytes), read?.text(text)].filter((value) => value !== undefined)
  if (values.length === 0) return false
  const decoded = judged(bytes.toString())
  for (const value of values) if (!alike(value, decoded)) assert.deepStrictEqual(value, decoded, text.slice(0, 1_000))
  return true
}

const random = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % below
  }
}

const ALPHABET = ' 0123456789.-eE"[]{},:nulltruefalse\\u0000éĢ\t'

/** A text that is nearly the same: spoiled, written another way, or saying a thing twice. */
const mutate = (text: string, pick: (below: number) => number): string => {
  const at = pick(Math.max(1, text.length))
  const other = ALPHABET[pick(ALPHABET.length)]!
  switch (pick(11)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + pick(4))
    case 2:
      return text.slice(0, at) + other + text.slice(at)
    case 3:
      return text.slice(0, at) + other + text.slice(at + 1)
    case 4:
      return text.replace(/"[^"]*"(?!:)/, ["null", "[]", "1", '"x"', "{}", "12.5"][pick(6)]!)
    case 5:
      return text.replace(
        /-?\d+(\.\d+)?(?=[,}\]])/,
        ["1e400", "-0", "01", "1.", "-", "1E5", "12345678901234567890", "0.12345678901234567", "1e-7"][pick(9)]!
      )
    case 6:
      return text.replaceAll(/([[{,:])/g, "$1 ").replaceAll(/([\]}])/g, "\n$1\t")
    case 7:
      // the same key twice, the second with another value
      return text.replace(/("[a-z_]+"):("[^"]*"|-?[\d.]+)/i, '$1:"twice",$1:$2')
    case 8:
      return text.replace(/"([a-z])/i, (_, char: string) => `"\\u00${char.charCodeAt(0).toString(16)}`)
    case 9:
      return text.replace(/\{/, '{"unknown":{"a":[1,{"b":null}],"c":"}"},')
    default:
      return text.replace(/\}$/, ',"event":"data","more":[true,false,-1.5e3]}')
  }
}

const received = (rows: ReadonlyArray<RecordingRow>): ReadonlyArray<string> =>
  rows.flatMap(({ kind, text }) => (kind === "recv" ? [text] : []))

const readsAll = (texts: ReadonlyArray<string>, mutations: number): void => {
  // the schema of this venue is the one that knows all of its frames
  const own = readers.find(({ judged }) => texts.every((text) => judged(text) !== undefined))
  if (own === undefined) return assert.fail("no scheme knows all frames")
  const pick = random(11)
  for (const text of texts) {
    assert.isTrue(compare(own, text), text.slice(0, 300))
    if (text.length < 10_000) for (let i = 0; i < mutations; i++) compare(own, mutate(text, pick))
  }
}

describe("a generated reader", () => {
  it("exists for every schema of every scheme", () => {
    assert.isAtLeast(schemes.length, 17)
    assert.isAtLeast(readers.length, schemes.length - 2)
    for (const { read } of readers) assert.isNotNull(read)
  })

  for (const { exchange, marketType } of venues) {
    it(`reads every frame of the simulated ${exchange} ${marketType} as its schema does, and mutated ones`, () => {
      const texts = received(simulatedRecording(exchange, marketType, { steps: 60 }).rows)
      readsAll(texts, 3)
    })
  }

  for (const name of RECORDINGS) {
    it.skipIf(!HAS_RECORDINGS)(
      `reads ${name} as its schema does, every frame, and mutated frames as well`,
      () => readsAll(received(recorded(name)), 12),
      60_000
    )
  }

  it.effect(
    "reads arbitrary values of every schema as the schema does",
    () =>
      Effect.gen(function* () {
        const pick = random(13)
        let taken = 0
        let all = 0
        for (const reader of readers) {
          const values = yield* Arbitrary.sampleEffect(Arbitrary.schema(reader.schema), { count: 300, seed: 17 })
          const encode = Schema.encodeUnknownSync(reader.schema)
          for (const value of values) {
            const text = JSON.stringify(encode(value))
            all++
            if (compare(reader, text)) taken++
            for (let i = 0; i < 4; i++) compare(reader, mutate(text, pick))
          }
        }
        // strings with escapes and other letters are left to JSON.parse, the rest is read
        assert.isAbove(taken, all / 4)
      }),
    // ten thousand values, on a machine that others use too
    120_000
  )

  it("leaves to JSON.parse what it cannot read as bytes, or finds odd", () => {
    const read = frameReader(Schema.Struct({ a: Schema.String, b: Schema.optionalKey(Schema.Number) }), false)!.text
    assert.deepStrictEqual(read('{"a":"x","b":-12.50}'), { a: "x", b: -12.5 })
    assert.deepStrictEqual(read(' { "c" : [ ] , "a" : "x" } '), { a: "x" })
    for (const text of [
      '{"a":"é"}',
      '{"a":"\\n"}',
      '{"a":"x","a":"y"}',
      '{"a":"x"',
      '{"a":"x"}}',
      "",
      '{"a":"x","b":01}'
    ]) {
      assert.isUndefined(read(text), text)
    }
    assert.isUndefined(read(`{"a":"x","c":${"[".repeat(100)}${"]".repeat(100)}}`))
  })

  it("chooses no member of a union by half of a frame that says a thing twice", () => {
    const Either = Schema.Union([Schema.Struct({ type: Schema.Literal("a") }), Schema.Struct({ op: Schema.String })])
    const read = frameReader(Either, false)!.text
    assert.deepStrictEqual(read('{"type":"b","op":"x"}'), { op: "x" })
    assert.isUndefined(read('{"type":"b","op":"x","type":"a"}'))
  })

  it("gives a long fraction as text where the schema takes it exactly, and only there", () => {
    const Either = Schema.Struct({
      a: Schema.Union([Schema.Number, Schema.String]),
      b: Schema.optionalKey(Schema.Number)
    })
    const exact = frameReader(Either, true)!.text
    assert.deepStrictEqual(exact('{"a":0.12345678901234567,"b":1.5}'), { a: "0.12345678901234567", b: 1.5 })
    assert.deepStrictEqual(exact('{"a":-1234567.123456789}'), { a: "-1234567.123456789" })
    assert.deepStrictEqual(exact('{"a":12345678901234567}'), { a: "12345678901234567" })
    assert.deepStrictEqual(exact('{"a":1234567890123456}'), { a: 1234567890123456 })
    assert.isUndefined(exact('{"a":1,"b":0.12345678901234567}'))
    assert.deepStrictEqual(frameReader(Either, false)!.text('{"a":0.12345678901234567}'), {
      a: Number("0.12345678901234567")
    })
  })

  it("gives a number that is too small for a double as text where the schema takes it exactly", () => {
    const Frame = Schema.Struct({ q: Numeric })
    const decoder = frames(Frame, { exact: true })
    for (const [written, q] of [
      ["1e-400", "1e-400"],
      ["-2.5E-999", "-2.5E-999"],
      ["1e-300", 1e-300],
      ["0e-400", 0],
      ["0", 0]
    ] as const) {
      const text = `{"q":${written}}`
      assert.deepStrictEqual(decoder.read(Buffer.from(text)), { q })
      assert.deepStrictEqual(decoder.judge(text), { q })
    }
  })

  it("cuts the right text behind other letters than ASCII's, too", () => {
    const schema = Schema.Struct({ s: Recurring, n: Schema.Number, t: Schema.optionalKey(Schema.String) })
    const read = frameReader(schema, false)!.bytes
    assert.deepStrictEqual(read(Buffer.from('{"€":"é","s":"BTCé","n":1}')), { s: "BTCé", n: 1 })
    assert.deepStrictEqual(read(Buffer.from('{"s":"BTCU","n":1,"t":"x"}')), { s: "BTCU", n: 1, t: "x" })
    assert.deepStrictEqual(read(Buffer.from('{"€":"é","s":"ü","n":1,"t":"xé"}')), { s: "ü", n: 1, t: "xé" })
  })
  it("takes nothing from the frame that was read before", () => {
    const read = frameReader(Schema.Struct({ a: Schema.String }), false)!.bytes
    assert.deepStrictEqual(read(Buffer.from('{"a":"a longer one"}')), { a: "a longer one" })
    assert.deepStrictEqual(read(Buffer.from('{"a":"b"}')), { a: "b" })
    assert.isUndefined(read(Buffer.from('{"a":"b"')))
    assert.isUndefined(read(Buffer.from("")))
  })

  it("skips what nobody reads, but not what is no JSON", () => {
    const read = frameReader(Schema.Struct({ data: Unread }), false)!.text
    assert.deepStrictEqual(read('{"data":{"a":[1,"}",{"b":null}]}}'), { data: null })
    for (const text of ['{"data":{"a":[1,]}}', '{"data":{"a"}}', '{"data":nul}', '{"data":1.}', "{}"]) {
      assert.isUndefined(read(text), text)
    }
  })

  it("is not made for a schema with what no wire schema has", () => {
    assert.throws(
      () => frameReader(Schema.Struct({ a: Schema.Tuple([Schema.optionalKey(Schema.String)]) }), false),
      /tuple/
    )
  })
})
