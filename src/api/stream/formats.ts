// Owns the bytes in which events travel: an array of JSON in one websocket frame, and server-sent events. A server's
// frames are not masked, so the bytes of a frame are the same for every client and are made once. Pure.
import type { Format } from "../../hub/Group.ts"

const FINAL_TEXT = 0x81

/** A text as one websocket frame of a server (RFC 6455, 5.2). */
export const textFrame = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = FINAL_TEXT
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(0, 2)
    frame.writeUInt32BE(length, 6)
  }
  frame.write(text, start)
  return frame
}

export const websocketFormat: Format = {
  name: "websocket",
  encode: (told) => textFrame(`[${told.map(({ text }) => text).join(",")}]`)
}

/** `id` is the event's place, which a browser sends back as Last-Event-ID when it comes again. */
export const eventStreamFormat: Format = {
  name: "event-stream",
  encode: (told) =>
    Buffer.from(
      told.map(({ type, epoch, seq, text }) => `id: ${epoch}-${seq}\nevent: ${type}\ndata: ${text}\n\n`).join("")
    )
}
