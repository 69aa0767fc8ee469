// Owns the decimal that a venue writes in quotes, "0.025", and that goes on as a number where a double carries it
// surely. A generated reader knows this transformation by itself (ScalarCode.ts), since nearly all that many venues
// send are such decimals: the digits are looked at once, and no text is made of them. Invariant: the value is the
// text's, exactly; what no double carries, and what is no decimal at all, stays text, for the book to refuse and count.
import { Schema, SchemaTransformation } from "effect"
import { canonical, isFaithful, isNonZero, toNumber, type Numeric } from "../domain/Decimal.ts"

/** What such a text goes on as. */
export const numericOf = (text: string): Numeric => {
  if (!isFaithful(text)) return text
  const value = toNumber(text)
  // a size below what a double holds is not nothing
  return Number.isFinite(value) && (value !== 0 || !isNonZero(text)) ? value : text
}

const asNumeric = SchemaTransformation.transform<Numeric, string>({
  decode: numericOf,
  encode: (value) => (typeof value === "number" ? canonical(value) : value)
})

const Decoded = Schema.Union([Schema.Number, Schema.String])

/** Any text in a decimal's place. */
export const DecimalText = Schema.String.pipe(Schema.decodeTo(Decoded, asNumeric)).annotate({ readAs: "decimal" })

export const PLAIN = /^\d+(\.\d+)?$/
const plain = Schema.String.check(Schema.isPattern(PLAIN))
const PlainDecoded = Schema.Union([Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)), plain])

/** Only a decimal without sign or exponent. */
export const PlainDecimal = plain.pipe(Schema.decodeTo(PlainDecoded, asNumeric)).annotate({ readAs: "plain decimal" })
