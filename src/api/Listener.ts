// Owns Node's HTTP server below the routes: its limits in time and size, its sockets until they are closed, and a
// problem as the answer to what never becomes a request there (broken HTTP, headers too large, CONNECT, an Expect that
// can't be met), since Node's own answers to those have no body. Invariant: a socket whose answer has begun, or that
// waits for an answer to something else, is closed and never written into.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { bare, type Problem } from "./GeneralProblems.ts"

const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  // checked by HttpPipeline.ts, which answers with a problem
  requireHostHeader: false,
  // of all upgrades only websockets are taken as such: the rest is answered as plain HTTP, as RFC 9110 allows
  shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === "websocket"
}

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408
}

export interface Listener {
  readonly server: Server
  /** Closes every connection that waits for no answer, now, and each other one when it has its answer. */
  readonly drain: () => void
  /** Closes every connection that is left, whatever it waits for. */
  readonly cut: () => void
}

export const makeListener = (): Listener => {
  const server = createServer(LIMITS)
  const answers = new WeakMap<Duplex, ServerResponse>()
  server.on("request", (request, response) => answers.set(request.socket, response))
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable || owesAnswer(answers.get(socket))) socket.destroy()
    else close(socket, bare(STATUS_OF[error.code ?? ""] ?? 400))
  })
  server.on("connect", (_request, socket: Duplex) => close(socket, bare(501)))
  server.on("checkExpectation", (_request, response: ServerResponse) => {
    const { body, headers } = render(bare(417))
    response.writeHead(417, headers).end(body)
  })
  return { server, drain: drainer(server), cut: () => server.closeAllConnections() }
}

// what is broken after a whole request must not be answered in that one's place
const owesAnswer = (answer: ServerResponse | undefined): boolean =>
  answer !== undefined && !answer.writableEnded && (answer.headersSent || answer.req.complete)

// Node's own way, when the server is closed, cuts answers that are still on their way to a slow reader, and leaves
// those connections open that never sent a byte or that get their answer later
const drainer = (server: Server): Listener["drain"] => {
  server.closeIdleConnections = () => {}
  const waiting = new Map<Duplex, number>()
  let draining = false
  const count = (socket: Duplex, change: number) => {
    const left = waiting.get(socket)
    if (left === undefined) return
    waiting.set(socket, left + change)
    if (draining && left + change === 0) socket.end()
  }
  const follow = ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    response.once("close", () => count(socket, -1))
  }
  server.on("connection", (socket: Duplex) => {
    if (draining) return socket.destroy()
    waiting.set(socket, 0)
    return socket.once("close", () => waiting.delete(socket))
  })
  server.on("request", follow)
  server.on("checkContinue", follow)
  // from here on it is no HTTP, and whoever took the upgrade closes it
  server.on("upgrade", (_request, socket) => waiting.delete(socket))
  return () => {
    draining = true
    for (const [socket, left] of waiting) if (left === 0) socket.destroy()
  }
}

const render = (problem: Problem) => {
  const body = JSON.stringify(problem)
  const headers = {
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close"
  }
  return { body, headers }
}

const close = (socket: Duplex, problem: Problem): void => {
  const { body, headers } = render(problem)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.on("error", () => socket.destroy())
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${body}`)
}
