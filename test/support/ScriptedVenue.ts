// Owns a venue on loopback that says what the test tells it to: one http server with a websocket on every path and a
// REST book, both under the test's hand. Frames are the test's own; nothing of src/schemes is used.
import { Effect, type Scope } from "effect"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { WebSocketServer, type WebSocket } from "ws"

export interface ScriptedVenue {
  readonly ws: string
  readonly rest: string
  /** Open sockets, oldest first. */
  readonly sockets: ReadonlySet<WebSocket>
  /** Sockets accepted so far. */
  readonly connects: () => number
  /** Codes of the close frames that clients sent. */
  readonly closeCodes: ReadonlyArray<number>
  /** Texts that clients sent, in order. */
  readonly heard: ReadonlyArray<string>
  /** Paths asked by REST, in order. */
  readonly asked: ReadonlyArray<string>
  /** Says a frame on every open socket. */
  readonly say: (frame: object | string) => void
}

export interface Script {
  /** Answer to a client's message; nothing is said to undefined. */
  readonly reply?: (text: string, socket: WebSocket) => void
  readonly rest?: (path: string) => {
    readonly status: number
    readonly body: string
    readonly headers?: Readonly<Record<string, string>>
  }
}

export const scriptedVenue = (script: Script): Effect.Effect<ScriptedVenue, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<ScriptedVenue & { readonly close: Effect.Effect<void> }>((resume) => {
      const heard: Array<string> = []
      const asked: Array<string> = []
      const closeCodes: Array<number> = []
      const sockets = new Set<WebSocket>()
      let connects = 0
      const server = createServer((request, response) => {
        asked.push(request.url ?? "")
        const { status, body, headers } = script.rest?.(request.url ?? "") ?? { status: 404, body: "{}" }
        response.writeHead(status, { "content-type": "application/json", ...headers }).end(body)
      })
      const accept = new WebSocketServer({ server })
      accept.on("connection", (socket) => {
        connects++
        sockets.add(socket)
        socket.on("message", (data: Buffer) => {
          const text = data.toString("utf8")
          heard.push(text)
          script.reply?.(text, socket)
        })
        socket.on("close", (code) => {
          sockets.delete(socket)
          closeCodes.push(code)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(
          Effect.succeed({
            ws: `ws://127.0.0.1:${port}`,
            rest: `http://127.0.0.1:${port}`,
            sockets,
            connects: () => connects,
            closeCodes,
            heard,
            asked,
            say: (frame) => {
              for (const socket of sockets) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame))
            },
            close: Effect.callback<void>((done) => {
              for (const socket of sockets) socket.terminate()
              accept.close()
              server.closeAllConnections()
              server.close(() => done(Effect.void))
            })
          })
        )
      })
    }),
    (venue) => venue.close
  )
