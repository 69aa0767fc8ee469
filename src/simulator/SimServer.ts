// Owns the simulator's one address: plain HTTP for the venues' REST and the simulator's own routes, and upgrades to
// websockets, which a venue may refuse with a status before any handshake. Which path belongs to whom is in `Handlers`.
// Invariants: every answer says `x-simulated: true`; the end of the scope closes every socket with 1001, within
// CLOSE_LIMIT.
import { Effect, type Scope } from "effect"
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { WebSocketServer, type WebSocket } from "ws"
import { AddressRefused } from "../domain/AddressRefused.ts"

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly delayMs?: number
}

export interface Handlers {
  /** A whole request, its body read. */
  readonly call: (request: {
    readonly method: string
    readonly path: string
    readonly body: string
    readonly address: string
  }) => Answer
  /** An upgrade: a refusal, or what to do with the socket. */
  readonly dial: (path: string, address: string) => Answer | ((socket: WebSocket) => void)
}

export interface ServerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

const CLOSE_LIMIT = 500
const MAX_BODY = 1 << 20
/** What a client may say in one frame. */
const MAX_HEARD = 1 << 20
const MARK = { "x-simulated": "true" }

interface Listening {
  readonly server: Server
  readonly sockets: WebSocketServer
}

/** Listens until the scope ends; gives `host:port`. */
export const listen = (
  options: ServerOptions,
  handlers: Handlers
): Effect.Effect<{ readonly authority: string; readonly port: number }, AddressRefused, Scope.Scope> =>
  Effect.acquireRelease(open(options, handlers), closeAll).pipe(
    Effect.map(({ server }) => {
      const { address, port, family } = server.address() as AddressInfo
      return { authority: family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`, port }
    })
  )

const open = ({ host, port }: ServerOptions, handlers: Handlers): Effect.Effect<Listening, AddressRefused> =>
  Effect.callback((resume) => {
    const server = createServer((request, response) => serve(handlers, request, response))
    const sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: MAX_HEARD,
      autoPong: false
    })
    sockets.on("headers", (headers) => headers.push("x-simulated: true"))
    server.on("upgrade", (request, socket, head) => upgrade(handlers, sockets, request, socket, head))
    server.once("error", ({ message }) => resume(new AddressRefused({ host, port, detail: message })))
    server.listen(port, host, () => resume(Effect.succeed({ server, sockets })))
  })

const serve = (handlers: Handlers, request: IncomingMessage, response: ServerResponse): void => {
  const chunks: Array<Buffer> = []
  let size = 0
  request.on("data", (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_BODY) chunks.push(chunk)
  })
  request.on("error", () => response.destroy())
  request.on("end", () => {
    const { method = "GET", url: path = "/" } = request
    const body = Buffer.concat(chunks).toString("utf8")
    const answer: Answer =
      size > MAX_BODY
        ? { status: 413, body: '{"detail":"the body is larger than 1 MiB"}' }
        : handlers.call({ method, path, body, address: addressOf(request) })
    const send = () => {
      if (response.destroyed) return
      response.writeHead(answer.status, { "content-type": "application/json", ...MARK, ...answer.headers })
      response.end(answer.body)
    }
    if (answer.delayMs === undefined || answer.delayMs === 0) return send()
    const timer = setTimeout(send, answer.delayMs)
    response.once("close", () => clearTimeout(timer))
  })
}

const upgrade = (
  handlers: Handlers,
  sockets: WebSocketServer,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer
): void => {
  // a client that goes during the handshake must not end the process
  socket.on("error", () => socket.destroy())
  const verdict = handlers.dial(request.url ?? "/", addressOf(request))
  if (typeof verdict === "function") return sockets.handleUpgrade(request, socket, head, verdict)
  const { status, body, headers } = verdict
  // every server dates its answers: who has another clock reads a dated Retry-After against it
  const date = new Date().toUTCString()
  const head_ = {
    date,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...MARK,
    ...headers
  }
  const lines = Object.entries({ ...head_, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${lines.join("")}\r\n${body}`)
}

const addressOf = (request: IncomingMessage): string => request.socket.remoteAddress ?? "unknown"

const closeAll = ({ server, sockets }: Listening): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const timer = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
    }, CLOSE_LIMIT)
    server.close(() => {
      clearTimeout(timer)
      resume(Effect.void)
    })
    server.closeIdleConnections()
    for (const socket of sockets.clients) socket.close(1001, "the simulation ends")
  })
