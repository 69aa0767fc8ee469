// Owns Node's HTTP server below the routes: its limits in time and size, and a problem as the answer to what never becomes
// a request there (broken HTTP, headers too large, CONNECT, unmeetable Expect). Node's own answers to those have no body.
// Invariant: a socket whose answer has begun is closed, never written into.
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { bare, type Problem } from "./Fallbacks.ts"

const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  // checked by Edge.ts, which answers with a problem
  requireHostHeader: false,
  // of all upgrades only websockets are taken as such: the rest is answered as plain HTTP, as RFC 9110 allows
  shouldUpgradeCallback: (request: IncomingMessage) => request.headers.upgrade?.toLowerCase() === "websocket"
}

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408
}

export const makeListener = (): Server => {
  const answers = new WeakMap<Duplex, ServerResponse>()
  const server = createServer(LIMITS)
  server.on("request", (request, response) => answers.set(request.socket, response))
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const answer = answers.get(socket)
    const begun = answer !== undefined && answer.headersSent && !answer.writableFinished
    if (error.code === "ECONNRESET" || !socket.writable || begun) socket.destroy()
    else close(socket, bare(STATUS_OF[error.code ?? ""] ?? 400))
  })
  server.on("connect", (_request, socket: Duplex) => close(socket, bare(501)))
  server.on("checkExpectation", (_request, response: ServerResponse) => {
    const { body, headers } = render(bare(417))
    response.writeHead(417, headers).end(body)
  })
  return server
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
