// Owns the proof that sums of pieces are the sum of the whole, against the platform's own CRC32.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { crc32 as reference } from "node:zlib"
import { crc32, joined, prepareJoins, without } from "../../../src/schemes/checksum/Crc32.ts"

prepareJoins()

const Ascii = Schema.String.check(Schema.isPattern(/^[ -~]{0,200}$/))

describe("CRC32 in pieces", () => {
  it.prop("sums a text as the platform does", [Ascii], ([text]) => {
    assert.strictEqual(crc32(text) >>> 0, reference(text))
  })
  it.prop("joins the sums of any pieces to the sum of the whole", [Schema.Array(Ascii)], ([pieces]) => {
    const sum = pieces.reduce((before, piece) => joined(before, crc32(piece), piece.length), 0)
    assert.strictEqual(sum >>> 0, reference(pieces.join("")))
  })
  it.prop("leaves out a first character", [Ascii], ([text]) => {
    const sum = joined(without(":"), crc32(`:${text}`), text.length + 1)
    assert.strictEqual(sum >>> 0, reference(text))
  })
  it("joins pieces longer than one step", () => {
    const long = "0123456789".repeat(100)
    assert.strictEqual(joined(crc32("a"), crc32(long), long.length) >>> 0, reference(`a${long}`))
  })
})
