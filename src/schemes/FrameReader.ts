// Owns the fast way from text to typed frame: a reader generated from the scheme's own schema (its source is ReaderCode.ts's
// affair), which goes over the bytes once, checks each value where it stands, and keeps only what the schema names. None of
// the schema's checks is left out. What a reader rejects or finds odd is not its own to judge: the caller then lets
// JSON.parse and the schema say what it is, so a reader never explains. Invariant: what it gives is what decoding by the
// schema would give, but null for what is Unread, or undefined; the tests hold every scheme's schemas to that.
import type { Schema } from "effect"
import * as json from "./JsonBytes.ts"
import { ReaderCode } from "./ReaderCode.ts"
import { recurring } from "./Recurring.ts"
import { Unsupported, type SchemaNode } from "./SchemaNode.ts"

type Reader<A> = (text: string) => A | undefined

/**
 * A reader of whole texts, or null where the schema has what no reader was made for, or functions can't be made here.
 * `exact`: fractional numbers of 16 or more characters are given as text.
 */
export const frameReader = <A>(schema: Schema.Codec<A, unknown>, exact: boolean): Reader<A> | null => {
  try {
    const read = compile(schema.ast, exact) as Reader<A>
    return (text) => (json.load(text) ? read(text) : undefined)
  } catch (cause) {
    if (cause instanceof Unsupported || cause instanceof EvalError) return null
    throw cause
  }
}

const compile = (root: SchemaNode, exact: boolean): Reader<unknown> => {
  const code = new ReaderCode(exact)
  const main = code.define(root)
  const whole = `const v=${main}(j.blanks(0));return v!==undefined&&j.blanks(cursor.at)===text.length?v:undefined`
  const source = `"use strict";${code.functions.join("\n")}\nreturn (text)=>{${whole}}`
  // oxlint-disable-next-line typescript/no-implied-eval -- made of the scheme's own schema, never of what a venue sends
  const make = new Function("C", "j", "b", "w", "n", "cursor", "recurring", source)
  return make(code.constants, json, json.bytes, json.words, json.numbers, json.cursor, recurring) as Reader<unknown>
}
