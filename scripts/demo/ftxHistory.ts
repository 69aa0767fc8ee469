// Owns the demonstration of a venue that is gone: listens for a few seconds to the simulated FTX as it once was, and
// writes a recording that `level4 replay` and `level4 playback` take, which is how a retired venue is seen elsewhere
// than here, where the simulator stands in for it. All of it is SIMULATED.
import { Effect } from "effect"
import { once } from "node:events"
import { WebSocket } from "ws"
import { nowMicros } from "../../src/feeds/core/Now.ts"
import { recordingWriter } from "../../src/feeds/recording/RecordingWriter.ts"
import { ftx } from "../../src/schemes/ftx/FTX.ts"

/** Writes what the simulated FTX says of one market, `frames` of them, to `file`, which must not exist. */
export const recordFtx = Effect.fn("recordFtx")(function* (
  endpoint: string,
  symbol: string,
  file: string,
  frames: number
) {
  const { write } = yield* recordingWriter(file)
  const { url } = ftx.lines[0]
  const socket = yield* Effect.acquireRelease(
    Effect.sync(() => new WebSocket(new URL(new URL(url).pathname.slice(1), endpoint))),
    (socket) => Effect.sync(() => socket.on("error", () => {}).terminate())
  )
  yield* Effect.promise(() => once(socket, "open"))
  write({ at: nowMicros(), kind: "open", url, text: "" })
  let left = frames
  const heard = new Promise<void>((resolve, reject) => {
    socket.on("error", reject)
    socket.on("close", () => reject(new Error("the simulated FTX closed the socket")))
    socket.on("message", (data: Buffer) => {
      write({ at: nowMicros(), kind: "recv", url, text: String(data) })
      if (--left === 0) resolve()
    })
  })
  for (const text of ftx.session("all").join([symbol])) {
    write({ at: nowMicros(), kind: "sent", url, text })
    socket.send(text)
  }
  yield* Effect.promise(() => heard)
}, Effect.scoped)
