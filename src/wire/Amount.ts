// Owns the shape of a decimal at venues that write JSON numbers: a finite number of zero or more, or its text where a
// double could not carry it (`exact` in Wire.ts makes that text). Invariant: what passes is a decimal that can be
// printed.
import { Schema } from "effect"

export const Amount = Schema.Union([
  Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
  Schema.String.check(Schema.isPattern(/^\d+(\.\d+)?([eE][+-]?\d+)?$/))
])
