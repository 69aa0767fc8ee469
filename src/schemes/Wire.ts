// Owns the first step of every frame: text to typed frame, by Effect Schema. Validation runs compiled (the JIT import must
// stay the first import, before any schema is used); only a frame that is rejected is decoded once more, by the
// interpreter, for a text that says what was wrong. Invariant: nothing unvalidated gets past here, and nothing throws.
import "effect/schema/SchemaJITCompiler/enable"
import { Schema } from "effect"

/** A frame that no schema of the scheme knows, or that is no JSON at all. */
export class Unreadable {
  readonly detail: string
  readonly text: string
  constructor(detail: string, text: string) {
    this.detail = detail
    this.text = text
  }
}

/** A decimal as text, such as "0.0010"; checked to be one, since what reaches a book must be a number. */
export const DecimalString = Schema.String

/** Milliseconds to the microseconds that level4 counts in. */
export const millis = (ms: number): number => ms * 1000

/**
 * A decoder of whole text frames. `plain` lists frames that are bare text, not JSON (a `pong`), and what they decode to.
 */
export const frames = <A>(
  schema: Schema.Codec<A>,
  plain: Readonly<Record<string, A>> = {}
): ((text: string) => A | Unreadable) => {
  const is = Schema.is(schema)
  return (text) => {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      return Object.hasOwn(plain, text) ? plain[text]! : new Unreadable("not JSON", text)
    }
    return is(json) ? json : new Unreadable(explain(schema, json), text)
  }
}

const explain = <A>(schema: Schema.Codec<A>, json: unknown): string => {
  const result = Schema.decodeUnknownExit(schema)(json)
  return result._tag === "Failure" ? String(result.cause).slice(0, 512) : "rejected"
}

/** A decoder of whole JSON bodies, such as a REST answer; null for what does not fit. */
export const parse = <A>(schema: Schema.Codec<A>): ((text: string) => A | null) => {
  const is = Schema.is(schema)
  return (text) => {
    try {
      const json: unknown = JSON.parse(text)
      return is(json) ? json : null
    } catch {
      return null
    }
  }
}
