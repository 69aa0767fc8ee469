// Owns the slow way of reading a frame, as a second opinion of the generated reader: JSON.parse, and the schema itself.
import { Schema } from "effect"

/** Numbers of 16 or more digits and points, but for whole ones that a double carries. */
const quoteLong = (text: string): string =>
  text.replace(/([:,[]\s*)(-?(?=[\d.]{16,})\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,}\]])/g, (all, before, number) =>
    Number(number) === 0 || (/^-?\d+$/.test(number) && Number.isSafeInteger(Number(number)))
      ? all
      : `${before}"${number}"`
  )

/** The slow way: what the schema itself makes of a text; undefined for what it refuses. */
export const judge = (schema: Schema.Codec<unknown>, exact: boolean) => {
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
