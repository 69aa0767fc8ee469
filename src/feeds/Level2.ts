// Owns level 2 of a market feed: order book, mediator and websockets, started together and ended together. When any of
// them fails the others are interrupted and their sockets closed; the market feed starts all of them anew, with a fresh
// book and fresh sessions, so that nothing of a broken conversation survives.
import { Deferred, Effect, Queue } from "effect"
import type { HttpClient } from "effect/http"
import type { Line, Session } from "../schemes/TranslationScheme.ts"
import { Unreadable } from "../schemes/Wire.ts"
import { ConnectionLost, SymbolRejected } from "./ConnectionLost.ts"
import type { LiveFeed } from "./LiveFeed.ts"
import { Mediator, type FetchRequest, type Send } from "./Mediator.ts"
import { nowMicros } from "./Now.ts"
import { OrderBook } from "./OrderBook.ts"
import type { RecordingRow } from "./Recording.ts"
import { restBook } from "./RestBook.ts"
import { websocket } from "./Websocket.ts"

const WATCH_EVERY = "1 second"

/** One incarnation of level 2; never succeeds. */
export const level2 = (
  feed: LiveFeed,
  http: HttpClient.HttpClient
): Effect.Effect<never, ConnectionLost | SymbolRejected> =>
  Effect.gen(function* () {
    const { scheme, exchange } = feed
    exchange.signal("dial", null, nowMicros())
    feed.book = new OrderBook(scheme.keepsText)
    const ended = yield* Deferred.make<never, ConnectionLost | SymbolRejected>()
    const requests = yield* Queue.sliding<FetchRequest>(1)
    const ports = {
      fetch: (request: FetchRequest) => void Queue.offerUnsafe(requests, request),
      reconnect: ({ reason, detail }: { reason: string; detail: string }, retryAfter: number) =>
        void Deferred.doneUnsafe(ended, new ConnectionLost({ reason, detail, retryAfter })),
      reject: (detail: string) => void Deferred.doneUnsafe(ended, new SymbolRejected({ detail }))
    }
    const mediator = new Mediator(scheme, feed.symbol, feed.book, exchange, ports, nowMicros())
    const lines = scheme.lines.map((line) => new Conversation(line, scheme.session(line.name), feed, mediator))
    const answered = (request: FetchRequest, status: number, body: string): void => {
      const at = nowMicros()
      feed.tap?.({
        at,
        kind: "http",
        url: `${feed.restOrigin}${request.path}`,
        text: body,
        ...(status === 200 ? {} : { status })
      })
      const line = lines.find(({ session }) => session === request.session)!
      mediator.execute(request.session.answer(feed.symbol, status, body, at), at, request.session, line.send)
    }
    const watch = Effect.sync(() => mediator.watch(nowMicros(), lines[0]!.session, lines[0]!.send)).pipe(
      Effect.delay(WATCH_EVERY),
      Effect.forever
    )
    return yield* Effect.raceAllFirst([
      Deferred.await(ended),
      restBook(http, feed.restOrigin, requests, answered),
      watch,
      ...lines.map((line) => line.run)
    ]).pipe(Effect.tapError(({ detail }) => Effect.sync(() => lines.forEach((line) => line.lost(detail)))))
  })

/** One socket of the feed and the session that speaks on it. */
class Conversation {
  readonly session: Session
  private readonly line: Line
  private readonly feed: LiveFeed
  private readonly mediator: Mediator
  private readonly url: string
  private say: Send = () => {}
  private opened = false

  constructor(line: Line, session: Session, feed: LiveFeed, mediator: Mediator) {
    this.line = line
    this.session = session
    this.feed = feed
    this.mediator = mediator
    this.url = feed.lineUrl(line.url)
  }

  readonly send: Send = (text) => {
    if (this.opened) this.tap("sent", text, nowMicros())
    this.say(text)
  }

  /** The feed leaves this socket to dial again. */
  lost(detail: string): void {
    if (this.opened) this.tap("close", detail, nowMicros())
  }

  get run(): Effect.Effect<never, ConnectionLost> {
    return websocket({
      url: this.url,
      keepalive: this.feed.scheme.keepalive,
      onOpen: (send) => {
        this.say = send
        this.opened = true
        this.tap("open", "", nowMicros())
        if (this.line === this.feed.scheme.lines[0]) this.mediator.connected(nowMicros())
        for (const text of this.session.join([this.feed.symbol])) this.send(text)
      },
      onText: this.receive
    })
  }

  private readonly receive = (text: string, at: number): void => {
    this.tap("recv", text, at)
    const { counts } = this.feed.exchange
    counts.frames++
    counts.bytes += text.length
    const result = this.session.receive(text, at)
    if (result instanceof Unreadable) this.mediator.unreadable(result, at, this.session, this.send)
    else if (result.length === 0) counts.ignored++
    else this.mediator.execute(result, at, this.session, this.send)
  }

  /** Where a scheme has several lines, which may share an address, the fragment tells them apart. */
  private tap(kind: RecordingRow["kind"], text: string, at: number): void {
    if (this.feed.tap === null) return
    const url = this.feed.scheme.lines.length > 1 ? `${this.url}#${this.line.name}` : this.url
    this.feed.tap({ at, kind, url, text })
  }
}
