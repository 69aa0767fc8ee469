// Owns the proof that a generated reader and its schema are one: what it reads, of recordings, of mutated frames and of
// arbitrary values of every scheme's own schemas, is what JSON.parse and decoding by the schema give; and that nothing of
// a recording is left to those.
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { vi } from "vitest"
import { canonical, isFaithful } from "../../src/domain/Decimal.ts"
import { DecimalText, numericOf, PlainDecimal } from "../../src/wire/DecimalText.ts"
import { EpochSeconds } from "../../src/wire/EpochSeconds.ts"
import { frameReader } from "../../src/wire/FrameReader.ts"
import { frames, Numeric } from "../../src/wire/Wire.ts"
import { Recurring } from "../../src/wire/Recurring.ts"
import { Rfc3339 } from "../../src/wire/Rfc3339.ts"
import { rfc3339Micros } from "../../src/wire/rfc3339Micros.ts"
import { WholeText } from "../../src/wire/WholeText.ts"
import { Unread } from "../../src/wire/Unread.ts"
import { schemes } from "../../src/schemes/Schemes.ts"
import { recorded } from "../support/realRecordings.ts"

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

/** Numbers of 16 or more digits and points, but for whole ones that a double carries. */
const quoteLong = (text: string): string =>
  text.replace(/([:,[]\s*)(-?(?=[\d.]{16,})\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,}\]])/g, (all, before, number) =>
    Number(number) === 0 || (/^-?\d+$/.test(number) && Number.isSafeInteger(Number(number)))
      ? all
      : `${before}"${number}"`
  )

/** The slow way: what the schema itself makes of a text; undefined for what it refuses. */
const judge = (schema: Schema.Codec<unknown>, exact: boolean) => {
  const decode = Schema.decodeUnknownExit(schema)
  return (text: string): unknown => {
    try {
      const result = decode(JSON.parse(exact ? quoteLong(text) : text))
      return result._tag === "Success" ? result.value : undefined
    } catch {
      return undefined
    }
  }
}

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

describe("a generated reader", () => {
  it("exists for every schema of every scheme", () => {
    assert.isAtLeast(schemes.length, 17)
    assert.isAtLeast(readers.length, schemes.length - 2)
    for (const { read } of readers) assert.isNotNull(read)
  })

  for (const name of RECORDINGS) {
    it(`reads ${name} as its schema does, every frame, and mutated frames as well`, async () => {
      const texts = recorded(name).flatMap(({ kind, text }) => (kind === "recv" ? [text] : []))
      // the schema of this venue is the one that knows all of its frames
      const own = readers.find(({ judged }) => texts.every((text) => judged(text) !== undefined))
      if (own === undefined) return assert.fail("no scheme knows all frames")
      const pick = random(11)
      for (const text of texts) {
        assert.isTrue(compare(own, text), text.slice(0, 300))
        if (text.length < 10_000) for (let i = 0; i < 12; i++) compare(own, mutate(text, pick))
      }
    }, 60_000)
  }

  it.effect("reads arbitrary values of every schema as the schema does", () =>
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
    })
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
