// Owns how the contract reads numbers from paths and queries: plain decimal digits and nothing else, so that `1e3`, `+5`
// or `007` never name a row by accident. Which numbers are allowed is the schema's they are handed to.
import { Schema, SchemaTransformation } from "effect"

const Digits = Schema.String.check(
  Schema.isPattern(/^(0|[1-9][0-9]{0,15})$/, { message: "Expected a whole number in plain digits, such as 42" })
)

/** The schema of a number, read from its decimal digits. */
export const digits = <S extends Schema.Codec<number, number>>(schema: S) =>
  Digits.pipe(Schema.decodeTo(schema, SchemaTransformation.numberFromString))
