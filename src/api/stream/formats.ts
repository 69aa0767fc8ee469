// Owns the bytes in which events travel: an array of JSON in one websocket frame, and server-sent events. A server's
// frames are not masked, so the bytes of a frame are the same for every client and are made once. Pure.
import { Sender } from "ws"
import type { Format } from "../../hub/Group.ts"

// exported by ws since 8.0, and left out of its types
declare module "ws" {
  export const Sender: { frame(data: Buffer, options: typeof TEXT): [header: Buffer, ...rest: Array<Buffer>] }
}

/** A text as one websocket frame of a server. */
export const textFrame = (text: string): Buffer => {
  // the text is written once, with room for its header before it
  const whole = Buffer.allocUnsafe(LONGEST_HEADER + Buffer.byteLength(text))
  whole.write(text, LONGEST_HEADER)
  const [header] = Sender.frame(whole.subarray(LONGEST_HEADER), TEXT)
  const start = LONGEST_HEADER - header.length
  header.copy(whole, start)
  return whole.subarray(start)
}

/** Bytes before the text of a frame that is not masked (RFC 6455, 5.2). */
const LONGEST_HEADER = 10

const TEXT = { fin: true, opcode: 1, rsv1: false, mask: false, readOnly: true }

export const websocketFormat: Format = {
  name: "websocket",
  encode: (events) => textFrame(`[${events.map(({ text }) => text).join(",")}]`)
}

/** `id` is the event's place, which a browser sends back as Last-Event-ID when it comes again. */
export const eventStreamFormat: Format = {
  name: "event-stream",
  encode: (events) =>
    Buffer.from(
      events.map(({ type, epoch, seq, text }) => `id: ${epoch}-${seq}\nevent: ${type}\ndata: ${text}\n\n`).join("")
    )
}
