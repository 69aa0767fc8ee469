// The bytes of frames and server-sent events, read back by a second writing of RFC 6455.
import { assert, describe, it } from "@effect/vitest"
import { eventStreamFormat, textFrame, websocketFormat } from "../../../src/api/stream/formats.ts"
import type { EncodedEvent } from "../../../src/hub/EncodedEvent.ts"

/** The text of one whole, unmasked text frame. */
const read = (frame: Buffer): string => {
  assert.strictEqual(frame[0], 0b1000_0001)
  const short = frame[1]!
  const [length, start] =
    short < 126 ? [short, 2] : short === 126 ? [frame.readUInt16BE(2), 4] : [Number(frame.readBigUInt64BE(2)), 10]
  assert.strictEqual(frame.length, start + length)
  return frame.toString("utf8", start)
}

const told = (text: string): EncodedEvent => ({ topic: undefined as never, type: "trade", epoch: 3, seq: 17, text })

describe("formats", () => {
  it("frames texts of every length", () => {
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
      const text = "x".repeat(length)
      assert.strictEqual(read(textFrame(text)), text)
    }
    assert.strictEqual(read(textFrame("é".repeat(100))), "é".repeat(100))
  })

  it("joins a window's events into one array", () => {
    assert.deepStrictEqual(JSON.parse(read(websocketFormat.encode([told('{"a":1}'), told('{"b":2}')]))), [
      { a: 1 },
      { b: 2 }
    ])
  })

  it("gives each server-sent event its place", () => {
    assert.strictEqual(
      eventStreamFormat.encode([told("{}"), told("{}")]).toString(),
      "id: 3-17\nevent: trade\ndata: {}\n\n".repeat(2)
    )
  })
})
