// Owns the serving of a recording as if it were the venue: one loopback address for its websocket, on any path, and its
// REST answers. Frames are texts here and never looked into. Where a recording holds several sockets, a client gets the
// one whose path it dials. Invariants: a client gets every frame in order, from the start; no more than MAX_UNSENT and one
// frame waits for a client that reads slowly; the end of the scope closes every socket with a close frame within 1 s.
import { Clock, Console, Deferred, Effect, FiberSet, type Scope } from "effect"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import { AddressRefused } from "../../domain/AddressRefused.ts"
import { readRecording, type RecordingRow } from "./Recording.ts"
import { RecordedAnswers } from "./RecordedAnswers.ts"

export interface PlaybackSource {
  readonly rows: ReadonlyArray<RecordingRow>
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** 1: as recorded; 2: twice as fast; 0: as fast as the client reads. */
  readonly speed: number
}

export interface PlaybackAddress {
  /** Of the websocket: `ws://host:port`. */
  readonly url: string
  /** Of the recorded REST answers: `http://host:port`. */
  readonly restUrl: string
  readonly port: number
}

const MAX_UNSENT = 262_144
const MAX_CLIENTS = 256
/** What a client says is ignored, but has to be read. */
const MAX_HEARD = 1 << 20
/** How long a client has to answer the close frame. */
const CLOSE_LIMIT = 500
/** A venue whose URL names the streams speaks without being asked. */
const UNASKED_AFTER = "250 millis"

/** Serves the rows until the scope ends. */
const serve = Effect.fn("Playback.serve")(function* (
  source: PlaybackSource
): Effect.fn.Return<PlaybackAddress, AddressRefused, Scope.Scope> {
  const { server, sockets } = yield* Effect.acquireRelease(listen(source), closeAll)
  const run = yield* FiberSet.makeRuntime()
  const asked = source.rows.some(({ kind }) => kind === "sent")
  sockets.on("connection", (socket, request) => {
    socket.on("error", () => socket.terminate())
    run(play(socket, framesFor(source.rows, request.url ?? "/"), source.speed, asked))
  })
  const { address, port, family } = server.address() as AddressInfo
  const authority = family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`
  return { url: `ws://${authority}`, restUrl: `http://${authority}`, port }
})

/** Serves a recording until it is interrupted; the websocket's address is the first line of stdout. */
const run = Effect.fn("Playback.run")(function* (options: Omit<PlaybackSource, "rows"> & { readonly file: string }) {
  const rows = yield* readRecording(options.file)
  const { url, restUrl } = yield* serve({ ...options, rows })
  yield* Console.log(url)
  const answers = rows.filter(({ kind }) => kind === "http").length
  const frames = rows.filter(({ kind }) => kind === "recv").length
  yield* Console.error(`${frames} frames at ${url}, ${answers} REST answers at ${restUrl}; Ctrl-C ends it`)
  return yield* Effect.never
}, Effect.scoped)

export const Playback = { serve, run }

interface Listening {
  readonly server: Server
  readonly sockets: WebSocketServer
}

const listen = ({ rows, host, port }: PlaybackSource): Effect.Effect<Listening, AddressRefused> =>
  Effect.callback((resume) => {
    const server = answering(new RecordedAnswers(rows))
    server.maxConnections = MAX_CLIENTS
    const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: MAX_HEARD })
    // the websocket server repeats the errors of its HTTP server
    sockets.once("error", ({ message }) => resume(new AddressRefused({ host, port, detail: message })))
    server.listen(port, host, () => resume(Effect.succeed({ server, sockets })))
  })

const answering = (answers: RecordedAnswers): Server =>
  createServer((request, response) => {
    request.resume()
    const target = request.url ?? "/"
    const row = answers.find(target)
    if (row !== null) {
      response.writeHead(row.status ?? 200, { "content-type": "application/json" }).end(row.text)
      return
    }
    const detail = `the recording holds no answer to ${target}`
    const problem = { type: "about:blank", title: "Not Found", status: 404, detail }
    response.writeHead(404, { "content-type": "application/problem+json" }).end(JSON.stringify(problem))
  })

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
    sockets.close()
    for (const socket of sockets.clients) socket.close(1001, "the playback ends")
  })

const framesFor = (rows: ReadonlyArray<RecordingRow>, target: string): ReadonlyArray<RecordingRow> => {
  const received = rows.filter(({ kind }) => kind === "recv")
  const dialled = pathOf(target)
  const own = received.filter(({ url }) => pathOf(url) === dialled)
  return own.length > 0 ? own : received
}

const pathOf = (url: string): string => (URL.canParse(url, "ws://venue") ? new URL(url, "ws://venue").pathname : url)

/** Speaks to one client until it goes. */
const play = (
  socket: WebSocket,
  frames: ReadonlyArray<RecordingRow>,
  speed: number,
  asked: boolean
): Effect.Effect<void> => {
  const heard = once(socket, "message")
  const begun = asked ? heard : Effect.timeoutOption(heard, UNASKED_AFTER)
  const spoken = Effect.andThen(begun, speak(socket, frames, speed))
  return Effect.raceFirst(Effect.andThen(spoken, Effect.never), once(socket, "close"))
}

/** Listens from now on, not only when it is waited for. */
const once = (socket: WebSocket, event: "message" | "close"): Effect.Effect<void> => {
  const happened = Deferred.makeUnsafe<void>()
  socket.once(event, () => Deferred.doneUnsafe(happened, Effect.void))
  return Deferred.await(happened)
}

const speak = Effect.fnUntraced(function* (socket: WebSocket, frames: ReadonlyArray<RecordingRow>, speed: number) {
  const start = yield* Clock.currentTimeMillis
  for (const { at, text } of frames) {
    if (speed > 0) {
      const due = start + (at - frames[0]!.at) / 1000 / speed
      const wait = due - (yield* Clock.currentTimeMillis)
      if (wait >= 1) yield* Effect.sleep(wait)
    }
    if (socket.bufferedAmount < MAX_UNSENT) socket.send(text)
    else yield* flushed(socket, text)
  }
})

/** Sends, and waits until this frame and all before it have left. */
const flushed = (socket: WebSocket, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    socket.send(text, () => resume(Effect.void))
  })
