// Owns the time that a venue writes as seconds since 1970, `1626993907.2065768` or the same in quotes, and that goes on
// in microseconds. A generated reader knows this transformation by itself (ScalarCode.ts), since times come with every
// frame, and at some venues with every level. Invariant: the reader gives what this gives; what is no number is NaN.
import { Schema, SchemaTransformation } from "effect"
import { secondsMicros } from "./secondsMicros.ts"

const asMicros = SchemaTransformation.transform<number, number | string>({
  // the text, since a product would be off by a microsecond where the double has no digit to spare
  decode: (seconds) => secondsMicros(String(seconds)),
  encode: (micros) => micros / 1_000_000
})

export const EpochSeconds = Schema.Union([Schema.Number, Schema.String])
  .pipe(Schema.decodeTo(Schema.Number, asMicros))
  .annotate({ readAs: "seconds" })
