// Owns the serving of a recording as if it were the venue: one loopback address for its websocket, on any path, and its
// REST answers. Frames are texts here and never looked into. Where a recording holds several sockets, a client gets the
// one whose path it dials. Invariants: a client gets every frame in order, from the start, read from the file as it
// goes; no more than MAX_UNSENT and one frame waits for a client that reads slowly; the end of the scope closes every
// socket with a close frame within 1 s.
import { Console, Deferred, Effect, FiberSet, type Scope, Stream } from "effect"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import { AddressRefused } from "../../domain/AddressRefused.ts"
import { monotonicMillis } from "../core/Now.ts"
import type { TrafficRow } from "../core/TrafficRow.ts"
import { PlaybackContents, pathOf } from "./PlaybackContents.ts"
import { RecordingReader } from "./Recording.ts"
import type { RecordingFailure } from "./RecordingFailure.ts"

interface Listener {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** 1: as recorded; 2: twice as fast; 0: as fast as the client reads. */
  readonly speed: number
}

export interface PlaybackSource extends Listener {
  readonly rows: ReadonlyArray<TrafficRow>
}

export interface PlaybackAddress {
  /** Of the websocket: `ws://host:port`. */
  readonly url: string
  /** Of the recorded REST answers: `http://host:port`. */
  readonly restUrl: string
  readonly port: number
}

/** The rows from the start, read again for every client. */
type Reading = Stream.Stream<ReadonlyArray<TrafficRow>, RecordingFailure>

const MAX_UNSENT = 262_144
const MAX_CLIENTS = 256
/** What a client says is ignored, but has to be read. */
const MAX_HEARD = 1 << 20
/** How long a client has to answer the close frame. */
const CLOSE_LIMIT = 500
/** A venue whose URL names the streams speaks without being asked. */
const UNASKED_AFTER = "250 millis"

/** Serves the rows until the scope ends. */
const serve = (source: PlaybackSource): Effect.Effect<PlaybackAddress, AddressRefused, Scope.Scope> => {
  const contents = new PlaybackContents()
  for (const row of source.rows) contents.see(row)
  return serveReading(source, contents, Stream.make(source.rows))
}

const serveReading = Effect.fn("Playback.serve")(function* (
  listener: Listener,
  contents: PlaybackContents,
  reading: Reading
): Effect.fn.Return<PlaybackAddress, AddressRefused, Scope.Scope> {
  const { server, sockets } = yield* Effect.acquireRelease(listen(listener, contents), closeAll)
  const run = yield* FiberSet.makeRuntime()
  sockets.on("connection", (socket, request) => {
    socket.on("error", () => socket.terminate())
    const wanted = contents.framesFor(request.url ?? "/")
    run(play(socket, reading, wanted, listener.speed, contents.asked))
  })
  const { address, port, family } = server.address() as AddressInfo
  const authority = family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`
  return { url: `ws://${authority}`, restUrl: `http://${authority}`, port }
})

/** Serves a recording until it is interrupted; the websocket's address is the first line of stdout. */
const run = Effect.fn("Playback.run")(function* (options: Listener & { readonly file: string }) {
  const { file } = options
  const contents = new PlaybackContents()
  const reader = new RecordingReader(file)
  yield* Stream.runForEach(reader.batches, (batch) => Effect.sync(() => batch.forEach((row) => contents.see(row))))
  const reading = Stream.suspend(() => new RecordingReader(file).batches)
  const { url, restUrl } = yield* serveReading(options, contents, reading)
  yield* Console.log(url)
  if (reader.damage !== null) yield* Console.error(`${file}: ${reader.damage.detail}`)
  const { answers, frames } = contents
  if (answers.leftOut > 0) yield* Console.error(`${answers.leftOut} REST answers are left out: there are too many`)
  yield* Console.error(`${frames} frames at ${url}, ${answers.count} REST answers at ${restUrl}; Ctrl-C ends it`)
  return yield* Effect.never
}, Effect.scoped)

export const Playback = { serve, run }

interface Listening {
  readonly server: Server
  readonly sockets: WebSocketServer
}

const listen = ({ host, port }: Listener, contents: PlaybackContents): Effect.Effect<Listening, AddressRefused> =>
  Effect.callback((resume) => {
    const server = answering(contents)
    server.maxConnections = MAX_CLIENTS
    const sockets = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: MAX_HEARD })
    // the websocket server repeats the errors of its HTTP server
    sockets.once("error", ({ message }) => resume(new AddressRefused({ host, port, detail: message })))
    server.listen(port, host, () => resume(Effect.succeed({ server, sockets })))
  })

const answering = ({ answers }: PlaybackContents): Server =>
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
    // node's own timer: what it limits are callbacks of node's server, in a release that nothing interrupts
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

/** Speaks to one client until it goes. */
const play = (
  socket: WebSocket,
  reading: Reading,
  wanted: string | null,
  speed: number,
  asked: boolean
): Effect.Effect<void> => {
  const heard = once(socket, "message")
  const begun = asked ? heard : Effect.timeoutOption(heard, UNASKED_AFTER)
  const spoken = Effect.andThen(begun, speak(socket, reading, wanted, speed)).pipe(
    // the file has changed since it was read first
    Effect.catch((bad) =>
      Effect.andThen(
        Console.error(bad.message),
        Effect.sync(() => socket.close(1011, "the recording is gone"))
      )
    )
  )
  return Effect.raceFirst(Effect.andThen(spoken, Effect.never), once(socket, "close"))
}

/** Listens from now on, not only when it is waited for. */
const once = (socket: WebSocket, event: "message" | "close"): Effect.Effect<void> => {
  const happened = Deferred.makeUnsafe<void>()
  socket.once(event, () => Deferred.doneUnsafe(happened, Effect.void))
  return Deferred.await(happened)
}

const speak = Effect.fnUntraced(function* (socket: WebSocket, reading: Reading, wanted: string | null, speed: number) {
  const start = yield* monotonicMillis
  let first: number | null = null
  yield* Stream.runForEach(
    reading,
    Effect.fnUntraced(function* (batch) {
      for (const row of batch) {
        if (row.kind !== "recv" || (wanted !== null && pathOf(row.url) !== wanted)) continue
        first ??= row.at
        if (speed > 0) {
          const wait = start + (row.at - first) / 1000 / speed - (yield* monotonicMillis)
          if (wait >= 1) yield* Effect.sleep(wait)
        }
        const { text } = row
        if (socket.bufferedAmount < MAX_UNSENT) socket.send(text)
        else yield* flushed(socket, text)
      }
    })
  )
})

/** Sends, and waits until this frame and all before it have left. */
const flushed = (socket: WebSocket, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    socket.send(text, () => resume(Effect.void))
  })
