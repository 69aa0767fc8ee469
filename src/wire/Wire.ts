// Owns the first step of every frame: bytes to typed frame, by Effect Schema. Validation runs compiled (the JIT import
// must stay the first import, before any schema is used); only a frame that is rejected is decoded once more, by the
// interpreter, for a text that says what was wrong. Invariant: nothing unvalidated gets past here, and nothing throws.
import "effect/schema/SchemaJITCompiler/enable"
import { Schema } from "effect"
import { frameReader, type FrameReader } from "./FrameReader.ts"
import { assertReadable } from "./readable.ts"

/** A frame that no schema of the scheme knows, or that is no JSON at all. */
export class Unreadable {
  readonly text: string
  /** It names no channel that carries books or trades, so nothing of a book can have been in it. */
  readonly harmless: boolean
  private readonly why: string | (() => string)
  constructor(why: string | (() => string), text: string, harmless = false) {
    this.why = why
    this.text = text
    this.harmless = harmless
  }

  /** What was wrong with it. Put into words only for who asks: that costs ten times what the frame itself does. */
  get detail(): string {
    return typeof this.why === "string" ? this.why : this.why()
  }
}

/** What the bytes of a frame spell. */
export const textOf = (frame: Uint8Array): string =>
  Buffer.from(frame.buffer, frame.byteOffset, frame.length).toString()

/** A decimal that a venue writes as a JSON number; as text where a double could not carry it (`exact` below). */
export const Numeric = Schema.Union([Schema.Number, Schema.String])
export type Numeric = typeof Numeric.Type

/** Milliseconds to the microseconds that level4 counts in. */
export const millis = (ms: number): number => ms * 1000

export interface FrameOptions<A> {
  /** Frames that are bare text, not JSON (a `pong`), and what they decode to. */
  readonly plain?: Readonly<Record<string, A>>
  /** For venues that write decimals as JSON numbers: those that no double carries are handed over as text. */
  readonly exact?: boolean
  /**
   * True for JSON that no schema knows and that surely holds no book and no trade, by what names its kind or channel: a
   * control frame that the venue added. It is counted and ignored, and costs no book.
   */
  readonly isControl?: (json: unknown) => boolean
}

/** A run of 16 or more digits and points, or a tiny exponent; other numbers are always faithful as doubles. */
const LONG = /[\d.]{16,}|[eE]-\d{3}/
/** What stands in quotes, or a JSON number and its parts. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(\d+)(\.\d+)?([eE][+-]?\d+)?/g
/** A mantissa of so many digits and points is not surely faithful as a double. */
const LONG_MANTISSA = 16

/** True for a number that no double surely carries: long, or more than nothing and too small. */
const isLong = (number: string, whole: string, fraction: string, exponent: string): boolean => {
  const value = Number(number)
  if (value === 0) return exponent !== "" && /[1-9]/.test(whole + fraction)
  if (whole.length + fraction.length < LONG_MANTISSA) return false
  return fraction !== "" || exponent !== "" || !Number.isSafeInteger(value)
}

/** Puts those numbers into quotes that no double carries. */
const quoted = (text: string): string =>
  text.replace(TOKEN, (token, whole: string | undefined, fraction = "", exponent = "") =>
    whole !== undefined && isLong(token, whole, fraction, exponent) ? `"${token}"` : token
  )

/** Text that begins no JSON is a sentence: no frame of a book was cut to it. */
const SENTENCE = /^\s*[A-Za-z][^{}[\]]*$/

/** A bare value holds no book, and a list holds none if nothing in it does. */
const holdsNothing = (json: unknown, isControl: (json: unknown) => boolean): boolean =>
  typeof json !== "object" || json === null || isControl(json) || (Array.isArray(json) && json.every(isControl))

/** A decoder of whole text frames, in two steps, of which nearly every frame takes the first alone. */
export interface FrameDecoder<A> {
  /** What the bytes say; undefined where it is not plainly one of the frames. */
  readonly read: (frame: Uint8Array) => A | undefined
  /** The same of their text by the schema itself, which knows what is wrong with the others. */
  readonly judge: (text: string) => A | Unreadable
}

/**
 * The decoder of a protocol's frames. Throws `UnsupportedSchema` for a schema that no reader can be generated for, so
 * that no scheme is slow in silence.
 */
export const frames = <A>(
  schema: Schema.Codec<A, unknown>,
  { plain = {}, exact = false, isControl = () => false }: FrameOptions<A> = {}
): FrameDecoder<A> => {
  const decode = Schema.decodeUnknownExit(schema)
  const judge = (text: string): A | Unreadable => {
    let json: unknown
    try {
      json = JSON.parse(exact && LONG.test(text) ? quoted(text) : text)
    } catch {
      return Object.hasOwn(plain, text) ? plain[text]! : new Unreadable("not JSON", text, SENTENCE.test(text))
    }
    const result = decode(json)
    return result._tag === "Success"
      ? result.value
      : new Unreadable(() => String(result.cause).slice(0, 512), text, holdsNothing(json, isControl))
  }
  const reader = reading(schema, exact)
  return { read: (frame) => reader().bytes(frame), judge }
}

const NONE: FrameReader<never> = { bytes: () => undefined, text: () => undefined }

/**
 * A generated reader, made when it is first asked for, since most schemes of a process never see a frame; that it can
 * be made is seen to here and now.
 */
const reading = <A>(schema: Schema.Codec<A, unknown>, exact: boolean): (() => FrameReader<A>) => {
  assertReadable(schema.ast, exact)
  let reader: FrameReader<A> | null = null
  return () => (reader ??= frameReader(schema, exact) ?? NONE)
}

/** A decoder of whole JSON bodies, such as a REST answer; null for what does not fit. Throws as `frames` does. */
export const parse = <A>(schema: Schema.Codec<A, unknown>): ((text: string) => A | null) => {
  const reader = reading(schema, false)
  const decode = Schema.decodeUnknownExit(schema)
  return (text) => {
    const body = reader().text(text)
    if (body !== undefined) return body
    try {
      const result = decode(JSON.parse(text))
      return result._tag === "Success" ? result.value : null
    } catch {
      return null
    }
  }
}
