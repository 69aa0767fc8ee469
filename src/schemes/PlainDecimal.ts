// Owns the shape of a decimal that a venue writes as text without sign or exponent, such as "0.025".
import { Schema } from "effect"

export const PlainDecimal = Schema.String.check(Schema.isPattern(/^\d+(\.\d+)?$/))
