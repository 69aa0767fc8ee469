// Owns how a venue reads what a client says where it tells broken JSON from an unknown request: one text against one
// schema, three outcomes. What is answered is the venue's. Invariant: nothing throws, whatever a client sends.
import { Schema } from "effect"
import { jsonOf } from "./jsonOf.ts"

/** A reader of client frames: the frame, undefined where the text is no JSON, null where it is not of this shape. */
export const clientText = <A>(schema: Schema.Codec<A>): ((text: string) => A | null | undefined) => {
  const is = Schema.is(schema)
  return (text) => {
    const json = jsonOf(text)
    if (json === undefined) return undefined
    return is(json) ? json : null
  }
}
