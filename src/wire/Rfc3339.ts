// Owns the time that a venue writes as text, "2023-10-06T17:35:55.440295Z", and that goes on in microseconds since
// 1970, or as null where the text is no such time. A generated reader knows this transformation by itself
// (ScalarCode.ts), since it comes with every frame of some venues.
import { Schema, SchemaTransformation } from "effect"
import { rfc3339Micros } from "./rfc3339Micros.ts"

const asMicros = SchemaTransformation.transform<number | null, string>({
  decode: rfc3339Micros,
  encode: (micros) => {
    if (micros === null) return ""
    const seconds = new Date(micros / 1000).toISOString().slice(0, 19)
    return `${seconds}.${String(Math.floor(micros) % 1_000_000).padStart(6, "0")}Z`
  }
})

const Micros = Schema.Number.check(Schema.isBetween({ minimum: 31_536_000_000_000, maximum: 253_402_300_800_000_000 }))

export const Rfc3339 = Schema.String.pipe(Schema.decodeTo(Schema.NullOr(Micros), asMicros)).annotate({ readAs: "time" })
