// Owns the whole number that a venue writes in quotes, "1641343715789499", and that goes on as a number. A generated
// reader knows this transformation by itself (ScalarCode.ts).
import { Schema, SchemaTransformation } from "effect"

const asNumber = SchemaTransformation.transform<number, string>({ decode: Number, encode: String })

const Whole = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const WholeText = Schema.String.check(Schema.isPattern(/^\d{1,16}$/))
  .pipe(Schema.decodeTo(Whole, asNumber))
  .annotate({ readAs: "whole" })
