// Proves Python's text of a number, by what its `repr` prints and by the checksum of a real FTX book.
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { pythonFloat } from "../../src/simulator/pythonFloat.ts"

describe("pythonFloat", () => {
  it("prints as Python does", () => {
    const texts = { 100: "100.0", 0.5: "0.5", 0.0001: "0.0001", 0.000001: "1e-06", 0.00002262: "2.262e-05", 0: "0.0" }
    for (const [value, text] of Object.entries(texts)) assert.strictEqual(pythonFloat(Number(value)), text)
    assert.strictEqual(pythonFloat(1.3e-10), "1.3e-10")
    assert.strictEqual(pythonFloat(1618677881.2639272), "1618677881.2639272")
  })

  it("gives the checksum of the sheet's example", () => {
    const text = [5000.5, 10, 5001, 6, 4995, 5, 5002, 7].map(pythonFloat).join(":")
    assert.strictEqual(crc32(text), 2933775928)
  })
})
