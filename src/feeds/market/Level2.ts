// Owns level 2 of a market feed: order book, mediator and the market's places on its venue's sockets, begun together
// and ended together. When any of them fails the others are given up; the market feed begins all of them again, with a
// fresh book and fresh sessions, so that nothing of a broken conversation survives.
import { Deferred, Effect, Queue } from "effect"
import { audits } from "./Auditor.ts"
import { inquiries } from "./SilenceInquiry.ts"
import type { Trouble } from "../../schemes/TranslationScheme.ts"
import { ConnectionLost, SymbolRefused, SymbolRejected } from "../core/ConnectionLost.ts"
import { MarketLeft } from "../core/LossCause.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import { Mediator } from "../truth/Mediator.ts"
import type { FetchRequest } from "../truth/MediatorPorts.ts"
import type { Doubt } from "../truth/SilenceWatch.ts"
import { MarketSubscription } from "./MarketSubscription.ts"
import { nowMicros } from "../core/Now.ts"
import { OrderBook } from "../book/OrderBook.ts"
import { handover, type Handover } from "./SocketHandover.ts"
import { patientBook, restBook } from "../venue/RestBook.ts"
import type { Venue } from "../venue/Venue.ts"

const WATCH_EVERY = "1 second"

/** Why one incarnation of level 2 ended. */
export type Level2End = ConnectionLost | SymbolRefused | SymbolRejected

/** One incarnation of level 2; never succeeds. */
export const level2 = (feed: LiveFeed, venue: Venue): Effect.Effect<never, Level2End> =>
  Effect.gen(function* () {
    const { scheme, exchange } = feed
    exchange.signal("dial", null, nowMicros())
    feed.book = new OrderBook(scheme.keepsText)
    const ended = yield* Deferred.make<never, Level2End>()
    const requests = yield* Queue.sliding<FetchRequest>(1)
    const patient = yield* Queue.sliding<FetchRequest>(1)
    const doubts = yield* Queue.sliding<Doubt>(1)
    const outlived = yield* Queue.sliding<MarketSubscription>(scheme.lines.length)
    const besides = yield* Queue.sliding<FetchRequest>(1)
    /** Those that change sockets already: a venue that announces the same end again says nothing new to them. */
    const moving = new Set<MarketSubscription>()
    const fail = (end: Level2End): void => void Deferred.doneUnsafe(ended, end)
    const end = {
      lost: fail,
      crashed: (defect: unknown) => void Deferred.doneUnsafe(ended, Effect.die(defect)),
      // a recording of two sockets at a time would not replay
      outlived: (subscription: MarketSubscription) => {
        if (feed.tap !== null || moving.has(subscription)) return
        moving.add(subscription)
        Queue.offerUnsafe(outlived, subscription)
      }
    }
    const fetch = (request: FetchRequest): void => {
      feed.booksByRest = true
      Queue.offerUnsafe(request.patient ? patient : requests, request)
    }
    const leave = ({ reason, detail }: Trouble, retryAfter = 0): void => {
      // this market's own trouble: it looks for another socket and leaves its neighbours alone
      feed.avoid = bookLine.socket
      fail(new ConnectionLost({ cause: new MarketLeft({ reason, says: detail }), retryAfter }))
    }
    const ports = {
      fetch,
      ask: (doubt: Doubt) => void Queue.offerUnsafe(doubts, doubt),
      reconnect: leave,
      reject: (detail: string) => fail(new SymbolRejected({ detail })),
      refuse: (detail: string) => fail(new SymbolRefused({ detail }))
    }
    const mediator = new Mediator(scheme, feed.symbol, feed.book, exchange, ports, nowMicros(), feed.memory)
    const subscriptions = scheme.lines.map((line) => new MarketSubscription(line, feed, mediator, end))
    const bookLine = subscriptions[0]!
    // asked apart, so that neither a place beside takes the turn of the market's own request, nor its failure the
    // market
    const fetchBeside = (request: FetchRequest): void => void Queue.offerUnsafe(besides, request)
    const onLine = (subscription: MarketSubscription): Handover => ({ subscription, feed, venue, fetch: fetchBeside })
    const answered = (request: FetchRequest, status: number, body: string): void => {
      const at = nowMicros()
      const url = `${feed.restOrigin}${request.path}`
      feed.tap?.({ at, kind: "http", url, text: body, ...(status === 200 ? {} : { status }) })
      const places = subscriptions.flatMap(({ socket, successor }) =>
        successor === null ? socket : [socket, successor.socket]
      )
      // a session that is no longer its socket's asked for a book that nobody waits for any more
      const place = places.find(({ session }) => session === request.session)
      mediator.whileByRest(() => place?.answer(feed.symbol, status, body, at))
    }
    // also where its session is gone: what waits for it no more must not wait for ever
    const fetched: typeof answered = (request, status, body) => {
      if (Queue.sizeUnsafe(requests) === 0) mediator.fetched(nowMicros())
      answered(request, status, body)
    }
    const watch = Effect.sync(() => mediator.watch(nowMicros(), bookLine.socket.session, bookLine.send)).pipe(
      Effect.delay(WATCH_EVERY),
      Effect.forever
    )
    yield* Effect.forEach(subscriptions, (subscription) => placed(subscription, feed, venue))
    yield* shown(feed, subscriptions)
    return yield* Effect.raceAllFirst([
      Deferred.await(ended),
      restBook(venue, feed, requests, fetched),
      patientBook(venue, feed, patient, answered),
      restBook(venue, feed, besides, answered).pipe(
        Effect.catch(() => Effect.sync(() => bookLine.successor?.lost())),
        Effect.forever
      ),
      audits(feed, venue, { mediator, session: () => bookLine.socket.session, send: bookLine.send }),
      inquiries({ ...onLine(bookLine), mediator, trades: onLine(subscriptions.at(-1)!), leave }, doubts),
      Queue.take(outlived).pipe(
        Effect.flatMap((subscription) =>
          handover(onLine(subscription)).pipe(
            Effect.ensuring(Effect.sync(() => moving.delete(subscription))),
            Effect.forkScoped
          )
        ),
        Effect.forever
      ),
      watch
    ])
  }).pipe(Effect.scoped)

/** Lets itself be seen for as long as it runs. */
const shown = (feed: LiveFeed, places: ReadonlyArray<MarketSubscription>) =>
  Effect.acquireRelease(
    Effect.sync(() => (feed.level2 = { since: nowMicros(), places })),
    () => Effect.sync(() => (feed.level2 = null))
  )

/** Takes a place on a socket of the line, and leaves it in the end. */
const placed = (subscription: MarketSubscription, feed: LiveFeed, venue: Venue) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const pool = venue.pool(feed.scheme, subscription.line, feed.lineUrl(subscription.line.url))
      subscription.socket = pool.join(subscription, feed.avoid)
      return pool
    }),
    (pool) => pool.leave(subscription, subscription.socket)
  )
