// Owns the fast way from bytes to typed frame: a reader generated from the scheme's own schema (by ReaderCode.ts),
// which goes over the bytes once, checks each value where it stands, and keeps only what the schema names. None of
// the schema's checks is left out. What a reader rejects or finds odd is not its own to judge: the caller then lets
// JSON.parse and the schema say what it is, so a reader never explains. Invariant: what it gives is what decoding by
// the schema would give, but null for what is Unread, or undefined; the tests hold every scheme's schemas to that.
import type { Schema } from "effect"
import * as json from "./JsonBytes.ts"
import * as numbers from "./JsonNumbers.ts"
import { skip } from "./JsonSkip.ts"
import { assertReadable } from "./readable.ts"
import { ReaderCode } from "./ReaderCode.ts"
import { recurring } from "./Recurring.ts"
import type { SchemaNode } from "./SchemaNode.ts"

/** Gives what a text says, or undefined where that is not plainly what the schema takes. */
export interface FrameReader<A> {
  readonly bytes: (frame: Uint8Array) => A | undefined
  readonly text: (text: string) => A | undefined
}

/**
 * A reader of whole texts; throws `UnsupportedSchema` where the schema has what no reader can be made for. Null where
 * the platform allows no functions to be made (`--disallow-code-generation-from-strings`). `exact`: fractional numbers
 * of 16 or more characters are given as text.
 */
export const frameReader = <A>(schema: Schema.Codec<A, unknown>, exact: boolean): FrameReader<A> | null => {
  assertReadable(schema.ast, exact)
  try {
    const read = compile(schema.ast, exact) as () => A | undefined
    return {
      bytes: (frame) => (json.loadBytes(frame) ? read() : undefined),
      text: (text) => (json.loadText(text) ? read() : undefined)
    }
  } catch (cause) {
    if (cause instanceof EvalError) return null
    throw cause
  }
}

/** What generated source calls. */
const reading = { ...json, ...numbers, skip }

const compile = (root: SchemaNode, exact: boolean): (() => unknown) => {
  const code = new ReaderCode(exact)
  const main = code.define(root)
  const whole = `const v=${main}(j.blanks(0));return v!==undefined&&j.blanks(cursor.at)===cursor.size?v:undefined`
  const source = `"use strict";${code.functions.join("\n")}\nreturn ()=>{${whole}}`
  // oxlint-disable-next-line typescript/no-implied-eval -- made of the scheme's own schema, never of what a venue sends
  const make = new Function("anything", "C", "j", "b", "w", "n", "cursor", "recurring", source)
  return make(
    "",
    code.constants,
    reading,
    json.bytes,
    json.words,
    numbers.numbers,
    json.cursor,
    recurring
  ) as () => unknown
}
