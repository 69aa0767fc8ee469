// Owns level 2 of a market feed: order book, mediator and the market's seats on its venue's sockets, begun together and
// ended together. When any of them fails the others are given up; the market feed begins all of them anew, with a fresh
// book and fresh sessions, so that nothing of a broken conversation survives.
import { Deferred, Effect, Queue } from "effect"
import { audits } from "./truth/Auditor.ts"
import { ConnectionLost, SymbolRejected } from "./ConnectionLost.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import { Mediator, type FetchRequest } from "./Mediator.ts"
import { nowMicros } from "./Now.ts"
import { OrderBook } from "./book/OrderBook.ts"
import { patientBook, restBook } from "./venue/RestBook.ts"
import { Ride } from "./Ride.ts"
import { succession } from "./Succession.ts"
import type { Venue } from "./venue/Venue.ts"

const WATCH_EVERY = "1 second"

/** One incarnation of level 2; never succeeds. */
export const level2 = (feed: LiveFeed, venue: Venue): Effect.Effect<never, ConnectionLost | SymbolRejected> =>
  Effect.gen(function* () {
    const { scheme, exchange } = feed
    exchange.signal("dial", null, nowMicros())
    feed.book = new OrderBook(scheme.keepsText)
    const ended = yield* Deferred.make<never, ConnectionLost | SymbolRejected>()
    const requests = yield* Queue.sliding<FetchRequest>(1)
    const outlived = yield* Queue.sliding<Ride>(scheme.lines.length)
    const patient = yield* Queue.sliding<FetchRequest>(1)
    const end = {
      lost: (lost: ConnectionLost) => void Deferred.doneUnsafe(ended, lost),
      crashed: (defect: unknown) => void Deferred.doneUnsafe(ended, Effect.die(defect)),
      // a recording of two sockets at a time would not replay
      outlived: (ride: Ride) => {
        if (feed.tap === null) Queue.offerUnsafe(outlived, ride)
      }
    }
    const ports = {
      fetch: (request: FetchRequest) => void Queue.offerUnsafe(request.patient ? patient : requests, request),
      reconnect: ({ reason, detail }: { reason: string; detail: string }, retryAfter: number) => {
        // this market's own trouble: it looks for another socket and leaves its neighbours alone
        feed.avoid = rides[0]!.socket
        end.lost(new ConnectionLost({ reason, detail, retryAfter }))
      },
      reject: (detail: string) => void Deferred.doneUnsafe(ended, new SymbolRejected({ detail }))
    }
    const mediator = new Mediator(scheme, feed.symbol, feed.book, exchange, ports, nowMicros())
    const rides = scheme.lines.map((line) => new Ride(line, feed, mediator, end))
    const answered = (request: FetchRequest, status: number, body: string): void => {
      const at = nowMicros()
      const url = `${feed.restOrigin}${request.path}`
      feed.tap?.({ at, kind: "http", url, text: body, ...(status === 200 ? {} : { status }) })
      if (!request.patient) mediator.fetched(at)
      // a session that is no longer its socket's asked for a book that nobody waits for any more
      rides.find(({ socket }) => socket.session === request.session)?.socket.answer(feed.symbol, status, body, at)
    }
    const watch = Effect.sync(() => mediator.watch(nowMicros(), rides[0]!.socket.session, rides[0]!.send)).pipe(
      Effect.delay(WATCH_EVERY),
      Effect.forever
    )
    yield* Effect.forEach(rides, (ride) => seated(ride, feed, venue))
    return yield* Effect.raceAllFirst([
      Deferred.await(ended),
      restBook(venue, feed, requests, answered),
      patientBook(venue, feed, patient, answered),
      audits(feed, venue, { mediator, session: () => rides[0]!.socket.session, send: rides[0]!.send }),
      Queue.take(outlived).pipe(
        Effect.flatMap((ride) => Effect.forkScoped(succession(ride, feed, venue))),
        Effect.forever
      ),
      watch
    ])
  }).pipe(Effect.scoped)

/** Takes a place on a socket of the line, and leaves it in the end. */
const seated = (ride: Ride, feed: LiveFeed, venue: Venue) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const pool = venue.pool(feed.scheme, ride.line, feed.lineUrl(ride.line.url))
      ride.socket = pool.board(ride, feed.avoid)
      return pool
    }),
    (pool) => pool.leave(ride, ride.socket)
  )
