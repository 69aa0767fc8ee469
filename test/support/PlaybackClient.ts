// Owns a websocket client for tests of playbacks: keeps every frame in order and lets a test wait for what it needs.
import { Effect } from "effect"
import { WebSocket } from "ws"

export class PlaybackClient {
  readonly socket: WebSocket
  readonly frames: Array<string> = []
  /** Close code, once closed. */
  code: number | null = null

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on("message", (data: Buffer) => this.frames.push(data.toString()))
    socket.on("close", (code) => (this.code = code))
    socket.on("error", () => {})
  }

  /** Waits until there are so many frames. */
  atLeast(count: number): Effect.Effect<void> {
    return Effect.callback((resume) => {
      const look = (): void => {
        if (this.frames.length < count) return
        this.socket.off("message", look)
        resume(Effect.void)
      }
      this.socket.on("message", look)
      look()
    })
  }

  /** Whatever was sent before has arrived when this is answered. */
  get answered(): Effect.Effect<void> {
    return Effect.callback((resume) => {
      this.socket.once("pong", () => resume(Effect.void))
      this.socket.ping()
    })
  }

  get closed(): Effect.Effect<number> {
    return Effect.callback((resume) => {
      if (this.code !== null) resume(Effect.succeed(this.code))
      this.socket.once("close", (code) => resume(Effect.succeed(code)))
    })
  }
}

/** A connected client, gone with the scope. */
export const playbackClient = (url: string) =>
  Effect.acquireRelease(
    Effect.callback<PlaybackClient>((resume) => {
      const client = new PlaybackClient(new WebSocket(url, { perMessageDeflate: false }))
      client.socket.once("open", () => resume(Effect.succeed(client)))
      client.socket.once("error", (cause) => resume(Effect.die(cause)))
    }),
    ({ socket }) => Effect.sync(() => socket.terminate())
  )
