// Owns the first step of every frame: text to typed frame, by Effect Schema. Validation runs compiled (the JIT import must
// stay the first import, before any schema is used); only a frame that is rejected is decoded once more, by the
// interpreter, for a text that says what was wrong. Invariant: nothing unvalidated gets past here, and nothing throws.
import "effect/schema/SchemaJITCompiler/enable"
import { Schema } from "effect"
import { frameReader } from "./FrameReader.ts"

/** A frame that no schema of the scheme knows, or that is no JSON at all. */
export class Unreadable {
  readonly detail: string
  readonly text: string
  constructor(detail: string, text: string) {
    this.detail = detail
    this.text = text
  }
}

/** A decimal that a venue writes as a JSON number; as text where a double could not carry it (`exact` below). */
export const Numeric = Schema.Union([Schema.Number, Schema.String])
export type Numeric = typeof Numeric.Type

/** Milliseconds to the microseconds that level4 counts in. */
export const millis = (ms: number): number => ms * 1000

export interface FrameOptions<A> {
  /** Frames that are bare text, not JSON (a `pong`), and what they decode to. */
  readonly plain?: Readonly<Record<string, A>>
  /** For venues that write decimals as JSON numbers: those with more than 15 digits are handed over as text. */
  readonly exact?: boolean
}

/** A run of 16 or more digits and points; shorter numbers are always faithful as doubles. */
const LONG = /[\d.]{16,}/
/** A fractional JSON number of 16 or more characters in a value's place: after a colon, comma or bracket. */
const LONG_NUMBER = /([:,[]\s*)(-?(?=[\d.]{16,})\d+\.\d+(?:[eE][+-]?\d+)?)(?=\s*[,}\]])/g

/** A decoder of whole text frames, in two steps, of which nearly every frame takes the first alone. */
export interface FrameDecoder<A> {
  /** What the text says; undefined where it is not plainly one of the frames. */
  readonly read: (text: string) => A | undefined
  /** The same by the schema itself, which knows what is wrong with the others. */
  readonly judge: (text: string) => A | Unreadable
}

export const frames = <A>(
  schema: Schema.Codec<A, unknown>,
  { plain = {}, exact = false }: FrameOptions<A> = {}
): FrameDecoder<A> => {
  const decode = Schema.decodeUnknownExit(schema)
  const judge = (text: string): A | Unreadable => {
    let json: unknown
    try {
      json = JSON.parse(exact && LONG.test(text) ? text.replace(LONG_NUMBER, '$1"$2"') : text)
    } catch {
      return Object.hasOwn(plain, text) ? plain[text]! : new Unreadable("not JSON", text)
    }
    const result = decode(json)
    return result._tag === "Success" ? result.value : new Unreadable(String(result.cause).slice(0, 512), text)
  }
  return { read: reading(schema, exact), judge }
}

/** A generated reader, made when the first text comes: most schemes of a process never see one. */
const reading = <A>(schema: Schema.Codec<A, unknown>, exact: boolean): ((text: string) => A | undefined) => {
  let read: ((text: string) => A | undefined) | null = null
  return (text) => (read ??= frameReader(schema, exact) ?? (() => undefined))(text)
}

/** A decoder of whole JSON bodies, such as a REST answer; null for what does not fit. */
export const parse = <A>(schema: Schema.Codec<A>): ((text: string) => A | null) => {
  const read = reading(schema, false)
  const is = Schema.is(schema)
  return (text) => {
    const body = read(text)
    if (body !== undefined) return body
    try {
      const json: unknown = JSON.parse(text)
      return is(json) ? json : null
    } catch {
      return null
    }
  }
}
