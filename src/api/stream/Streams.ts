// Owns the open streams of the process: takes websocket upgrades and bodies of server-sent events, looks now and then
// whether their clients are still there, and ends them all when the service stops. What a stream says is its own.
// Invariants: the end says goodbye (1001) to every client and cuts who does not answer within CLOSE_LIMIT; no timer
// outlives the scope.
import { Context, Effect, FiberSet, Layer, Option } from "effect"
import type { IncomingMessage } from "node:http"
import { WebSocketServer } from "ws"
import { Catalog } from "../../layers/Catalog.ts"
import { EventHub } from "../../hub/EventHub.ts"
import { makeTimers } from "../../hub/Timers.ts"
import { Settings } from "../../layers/Settings.ts"
import { SUBPROTOCOL } from "../StreamToken.ts"
import { Budgets } from "./Budgets.ts"
import { EventBody } from "./EventBody.ts"
import { StreamSocket } from "./StreamSocket.ts"
import { WorkQueue } from "./WorkQueue.ts"

const PING_EVERY = 20_000
/** How long clients may take to answer a close frame when the service stops. */
const CLOSE_LIMIT = 1_000
const GOING_AWAY = 1001

/** What is counted of streams; plain numbers, since the process started. */
export interface StreamCounts {
  readonly websockets: number
  readonly eventBodies: number
}

export class Streams extends Context.Service<
  Streams,
  {
    /**
     * Answers a websocket's upgrade; done when its connection has ended. `token`: what the client is known by, if
     * anything.
     */
    accept(request: IncomingMessage, token: string | undefined): Effect.Effect<void>
    /** A body for server-sent events, followed until it is closed. */
    body(request: IncomingMessage, token: string | undefined): EventBody
    /** Ends all streams in bounded time, and takes no more. */
    readonly close: Effect.Effect<void>
    readonly counts: () => StreamCounts
  }
>()("level4/api/stream/Streams") {
  static readonly layer = Layer.effect(Streams)(Effect.suspend(() => make))
}

const make = Effect.gen(function* () {
  const hub = yield* EventHub
  const catalog = yield* Catalog
  const { readerToken, streamMessageBytes, streamSubscriptions } = yield* Settings
  const run = yield* FiberSet.makeRuntime()
  const sockets = new Set<StreamSocket>()
  const bodies = new Set<EventBody>()
  const timers = yield* makeTimers
  const work = new WorkQueue(timers)
  yield* Effect.addFinalizer(() => Effect.sync(() => work.close()))
  const budgets = new Budgets()
  // where nobody needs a token, what is sent as one says nothing about who sends it
  const known = (token: string | undefined) => (Option.isNone(readerToken) ? undefined : token)
  let closing = false
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // one frame of a client each time the loop comes by, however many arrive at once
    allowSynchronousEvents: false,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
    maxPayload: streamMessageBytes
  })
  timers.every(PING_EVERY, () => {
    for (const socket of sockets) socket.ping()
    for (const body of bodies) body.beat()
  })

  const accept = (request: IncomingMessage, token: string | undefined) =>
    Effect.callback<void>((resume) => {
      const { socket } = request
      socket.once("close", () => resume(Effect.void))
      if (socket.destroyed) return resume(Effect.void)
      server.handleUpgrade(request, socket, Buffer.alloc(0), (ws) => {
        const means = {
          work,
          timers,
          budgets: budgets.of(request, known(token), work.now()),
          run: (effect: Effect.Effect<void>) => void run(effect)
        }
        const stream = new StreamSocket(ws, socket, { hub, catalog }, streamSubscriptions, means)
        sockets.add(stream)
        ws.once("close", () => sockets.delete(stream))
        if (closing) stream.close(GOING_AWAY, "level4 stops")
      })
    }).pipe(Effect.uninterruptible)

  const body = (request: IncomingMessage, token: string | undefined) => {
    const gone = () => bodies.delete(body)
    const cut = () => request.socket.destroy()
    const body: EventBody = new EventBody({
      hub,
      limit: streamSubscriptions,
      work,
      timers,
      budgets: budgets.of(request, known(token), work.now()),
      gone,
      cut
    })
    bodies.add(body)
    if (closing) body.close(GOING_AWAY, "level4 stops")
    return body
  }

  const close = Effect.sync(() => {
    closing = true
    for (const one of bodies) one.close(GOING_AWAY, "level4 stops")
    for (const one of sockets) one.close(GOING_AWAY, "level4 stops")
    timers.after(CLOSE_LIMIT, () => {
      for (const one of sockets) one.terminate()
    })
  })

  return Streams.of({
    accept,
    body,
    close,
    counts: () => ({ websockets: sockets.size, eventBodies: bodies.size })
  })
})
