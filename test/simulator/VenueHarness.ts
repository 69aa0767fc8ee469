// Runs one simulated venue against the real scheme, mediator and book in one process: no sockets, a clock under the test's
// hand, REST answers that are as late as on a network. One session a line carries all markets. The test decides what
// happens to a frame on its way (`onFrame`), to a checksum and to a REST answer. Everything is seeded, so a failure repeats.
import { assert } from "@effect/vitest"
import { canonical } from "../../src/domain/Decimal.ts"
import { MarketId } from "../../src/domain/Market.ts"
import type { FeedEvent, FeedEventOf } from "../../src/feeds/core/FeedEvent.ts"
import { FeedExchange } from "../../src/feeds/core/FeedExchange.ts"
import { Mediator, type FetchRequest } from "../../src/feeds/truth/Mediator.ts"
import { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import type { Instructions } from "../../src/schemes/Instruction.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import type { Line, Session, TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../src/wire/Wire.ts"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import type { Conversation, Desk, FrameKind, RestAnswer, SimLevel, Venue } from "../../src/simulator/Venue.ts"

export interface Frame {
  readonly line: string
  readonly kind: FrameKind
  readonly symbol: string | null
  readonly text: string
}

export interface HarnessOptions {
  readonly venue: Venue
  /** Native symbols to follow; by default the first three listings. All listings trade. */
  readonly symbols?: ReadonlyArray<string>
  readonly seed?: string
  /** Levels a side that the venue shows; by default the whole book. */
  readonly depth?: number
  /** Microseconds between two moves of the simulation (one market each). */
  readonly pace?: number
}

const BEGIN = 1_795_000_000_000_000
const TICK = 100_000
const WATCH = 1_000_000
/** A REST answer is made half of this after the question, and read the other half later. */
const REST_DELAY = 30_000
const BACKOFF = 250_000

/** What one market's feed holds. */
export interface Feed {
  readonly exchange: FeedExchange
  book: OrderBook
  mediator: Mediator
  readonly trades: Array<FeedEventOf<"trade">>
  /** `state reason`, as told. */
  readonly statuses: Array<string>
  /** What really traded while this feed was joined and its sockets open, as `price size side`. */
  readonly traded: Array<string>
}

interface Socket {
  readonly line: Line
  readonly session: Session
  readonly talk: Conversation
  pinged: number
}

interface Later {
  readonly due: number
  readonly run: () => void
}

export class VenueHarness {
  readonly venue: Venue
  readonly scheme: TranslationScheme
  readonly markets = new Map<string, MatchingEngine>()
  readonly feeds = new Map<string, Feed>()
  /** Texts the client said, with their line. */
  readonly said: Array<{ readonly line: string; readonly text: string }> = []
  /** Frames the venue sent, before `onFrame`; the newest 1,000. */
  readonly frames: Array<Frame> = []
  readonly closes: Array<{ readonly code: number; readonly reason: string }> = []
  readonly unreadable: Array<string> = []
  connects = 0
  at = BEGIN
  /** What arrives of a frame: itself, another text, several, or null for nothing. */
  onFrame: (frame: Frame) => string | ReadonlyArray<string> | null = ({ text }) => text
  onChecksum: (symbol: string, value: number) => number = (_symbol, value) => value
  onRest: (path: string, answer: RestAnswer | null) => RestAnswer | null = (_path, answer) => answer
  desk: Desk
  private readonly depth: number
  private readonly pace: number
  private readonly seed: string
  private readonly rand: () => number
  private readonly joined: Set<string>
  private sockets: Array<Socket> = []
  private inbox: Array<() => void> = []
  private later: Array<Later> = []
  private restarts = 0

  constructor({ venue, symbols, seed = "1", depth = Infinity, pace = 10_000 }: HarnessOptions) {
    this.venue = venue
    this.depth = depth
    this.pace = pace
    this.seed = seed
    this.rand = randomOf(`harness ${seed}`)
    for (const listing of venue.listings) this.markets.set(listing.symbol, new MatchingEngine(listing, seed))
    this.desk = this.newDesk()
    this.joined = new Set(symbols ?? venue.listings.slice(0, 3).map(({ symbol }) => symbol))
    this.scheme = this.resolved()
    this.scheduleTicks()
    this.dial()
  }

  feed(symbol: string): Feed {
    const feed = this.feeds.get(symbol)
    return feed ?? assert.fail(`${symbol} is not followed`)
  }

  /** Lets `steps` moves of markets pass. */
  run(steps: number): void {
    const markets = [...this.markets.values()]
    for (let n = 0; n < steps; n++) {
      this.pass(this.pace)
      this.move(markets[Math.floor(this.rand() * markets.length)]!)
    }
  }

  /** Lets time pass while no market moves, so that what the venue gathers or delays arrives. */
  settle(micros = 3_000_000): void {
    for (const end = this.at + micros; this.at < end;) this.pass(Math.min(this.pace, end - this.at))
  }

  /** Joins further markets on the open sockets. */
  join(symbols: ReadonlyArray<string>): void {
    for (const symbol of symbols) {
      this.joined.add(symbol)
      this.openFeed(symbol)
    }
    for (const socket of this.sockets) this.say(socket, socket.session.join(symbols))
    this.drain()
  }

  leave(symbols: ReadonlyArray<string>): void {
    for (const socket of this.sockets) this.say(socket, socket.session.leave(symbols))
    for (const symbol of symbols) {
      this.joined.delete(symbol)
      this.feeds.delete(symbol)
    }
    this.drain()
  }

  /** The venue restarts: sequences begin anew, sockets are closed. */
  restart(): void {
    this.restarts++
    this.desk = this.newDesk()
    this.hangUp("restart")
  }

  /** A text of the client that no scheme said, on the first line. */
  sayRaw(text: string): void {
    this.sockets[0]!.talk.text(text)
    this.drain()
  }

  /** Every followed book is live and is the true one. */
  assertTrue(): void {
    for (const [symbol, feed] of this.feeds) {
      const { state, reason } = feed.exchange.status()
      assert.strictEqual(state, "live", `${symbol}: ${reason}`)
      const market = this.markets.get(symbol)!
      assert.deepStrictEqual(feed.book.bidTexts(this.depth), cut(market.bids, this.depth), `${symbol}: bids`)
      assert.deepStrictEqual(feed.book.askTexts(this.depth), cut(market.asks, this.depth), `${symbol}: asks`)
      if (this.depth < Infinity) assert.isAtMost(feed.book.bidLevels, this.depth)
    }
  }

  /** Nothing was unknown, lost or repaired, and every trade arrived once, in order, with the taker's side. */
  assertClean(): void {
    assert.deepStrictEqual(this.unreadable, [])
    assert.strictEqual(this.connects, this.scheme.lines.length)
    for (const [symbol, { exchange, trades, traded }] of this.feeds) {
      const { resyncs, gaps, crossed, invalid_levels, invalid_trades, trades_missed, trades_repeated } = exchange.counts
      const counts = { resyncs, gaps, crossed, invalid_levels, invalid_trades, trades_missed, trades_repeated }
      for (const [name, count] of Object.entries(counts)) assert.strictEqual(count, 0, `${symbol}: ${name}`)
      assert.deepStrictEqual(trades.map(textOf), traded, `${symbol}: trades`)
    }
  }

  private resolved(): TranslationScheme {
    const { exchange, marketType: market_type } = this.venue
    for (const { symbol, base, quote } of this.venue.listings) {
      const found = resolve({ exchange, base, quote, market_type, native_symbol: null })
      if (typeof found === "string") return assert.fail(found)
      assert.strictEqual(found.symbol, symbol, "the listing's base and quote are spelled as the scheme does")
    }
    const { symbol, base, quote } = this.venue.listings[0]!
    const found = resolve({ exchange, base, quote, market_type, native_symbol: symbol })
    return typeof found === "string" ? assert.fail(found) : found.scheme
  }

  private newDesk(): Desk {
    return this.venue.desk(this.markets, randomOf(`desk ${this.seed} ${this.restarts}`))
  }

  private openFeed(symbol: string): void {
    const known = this.feeds.get(symbol)
    const trades: Array<FeedEventOf<"trade">> = []
    const statuses: Array<string> = []
    const emit = (event: FeedEvent): void => {
      if (event.type === "trade") trades.push(event)
      else if (event.type === "status") statuses.push(`${event.state} ${event.reason}`)
    }
    const exchange = known?.exchange ?? new FeedExchange(MarketId.make(1), symbol, { wanted: true, emit }, this.at)
    exchange.signal("dial", null, this.at)
    const book = new OrderBook(this.scheme.keepsText)
    const ports = {
      fetch: (request: FetchRequest) => this.fetch(symbol, request),
      reconnect: ({ reason, detail }: { reason: string; detail: string }) => this.hangUp(`${reason}: ${detail}`),
      ask: () => {},
      reject: () => {},
      refuse: () => {}
    }
    const mediator = new Mediator(this.scheme, symbol, book, exchange, ports, this.at)
    mediator.connected(this.at)
    this.feeds.set(symbol, known === undefined ? { exchange, book, mediator, trades, statuses, traded: [] } : known)
    if (known !== undefined) Object.assign(known, { book, mediator })
  }

  private dial(): void {
    const symbols = [...this.joined]
    for (const symbol of symbols) this.openFeed(symbol)
    for (const line of this.scheme.lines) {
      const { pathname, search } = new URL(line.url)
      const session = this.scheme.session(line.name)
      let open = true
      const current = (): Socket | undefined => this.sockets.find((socket) => socket.session === session)
      const talk = this.desk.connect(
        pathname + search,
        {
          send: (kind, symbol, text) => {
            if (open) this.inbox.push(() => this.arrive(current(), { line: line.name, kind, symbol, text }))
          },
          close: (code, reason) => {
            open = false
            this.inbox.push(() => {
              this.closes.push({ code, reason })
              if (current() !== undefined) this.hangUp(`closed: ${code} ${reason}`)
            })
          },
          checksum: (symbol, value) => this.onChecksum(symbol, value)
        },
        this.at
      )
      if (typeof talk === "string") return assert.fail(`${line.url}: ${talk}`)
      this.connects++
      this.sockets.push({ line, session, talk, pinged: this.at })
    }
    for (const socket of this.sockets) this.say(socket, socket.session.join(symbols))
    this.drain()
  }

  private hangUp(reason: string): void {
    if (this.sockets.length === 0) return
    this.sockets = []
    this.inbox = []
    for (const { exchange } of this.feeds.values()) exchange.signal("disconnected", reason, this.at)
    this.after(BACKOFF, () => this.dial())
  }

  private say(socket: Socket, texts: ReadonlyArray<string>): void {
    for (const text of texts) {
      this.said.push({ line: socket.line.name, text })
      if (this.sockets.includes(socket)) socket.talk.text(text)
    }
  }

  private arrive(socket: Socket | undefined, frame: Frame): void {
    this.frames.push(frame)
    if (this.frames.length > 2_000) this.frames.splice(0, 1_000)
    const fate = this.onFrame(frame)
    const texts = fate === null ? [] : typeof fate === "string" ? [fate] : fate
    for (const text of texts) {
      if (socket === undefined || !this.sockets.includes(socket)) return
      const result = socket.session.receive(Buffer.from(text), this.at)
      if (!(result instanceof Unreadable)) this.execute(result, socket)
      else {
        this.unreadable.push(text)
        const send = (answer: string) => this.say(socket, [answer])
        for (const { mediator } of this.feeds.values())
          mediator.unreadable(result, false, this.at, socket.session, send)
      }
    }
  }

  /** Hands each instruction to the market it names; what names none concerns the socket. */
  private execute(instructions: Instructions, socket: Socket): void {
    const send = (text: string) => this.say(socket, [text])
    for (const instruction of instructions) {
      const symbol = "symbol" in instruction ? instruction.symbol : null
      if (instruction.type === "send") send(instruction.text)
      else {
        const feeds = symbol === null ? [...this.feeds.values()] : [this.feeds.get(symbol)]
        for (const feed of feeds) feed?.mediator.execute([instruction], this.at, socket.session, send)
      }
    }
  }

  private fetch(symbol: string, { path, session }: FetchRequest): void {
    this.after(REST_DELAY / 2, () => {
      const answer = this.onRest(path, this.desk.rest(path, this.at)) ?? { status: 404, body: "{}" }
      this.after(REST_DELAY / 2, () => {
        const socket = this.sockets.find((one) => one.session === session)
        if (socket === undefined) return
        this.execute(session.answer(symbol, answer.status, answer.body, this.at), socket)
      })
    })
  }

  private move(market: MatchingEngine): void {
    const step = market.step(this.at)
    this.desk.step(market, step)
    for (const { talk } of this.sockets) talk.step(market, step)
    const feed = this.feeds.get(market.symbol)
    if (this.sockets.length > 0) feed?.traded.push(...step.trades.map(textOf))
    this.drain()
  }

  private pass(micros: number): void {
    const end = this.at + micros
    for (;;) {
      const next = this.later.reduce<Later | null>((first, one) => (first && first.due <= one.due ? first : one), null)
      if (next === null || next.due > end) break
      this.later.splice(this.later.indexOf(next), 1)
      this.at = Math.max(this.at, next.due)
      next.run()
      this.drain()
    }
    this.at = end
  }

  private after(micros: number, run: () => void): void {
    this.later.push({ due: this.at + micros, run })
  }

  private scheduleTicks(): void {
    this.after(TICK, () => {
      for (const { talk } of this.sockets) talk.tick(this.at)
      if (Math.floor(this.at / WATCH) !== Math.floor((this.at - TICK) / WATCH)) this.everySecond()
      this.scheduleTicks()
    })
  }

  private everySecond(): void {
    const first = this.sockets[0]
    if (first === undefined) return
    for (const { mediator } of this.feeds.values())
      mediator.watch(this.at, first.session, (text) => this.say(first, [text]))
    const { ping } = this.scheme.keepalive
    for (const socket of this.sockets) {
      if (ping.text === null || this.at - socket.pinged < ping.every * 1000) continue
      socket.pinged = this.at
      this.say(socket, [ping.text])
    }
  }

  private drain(): void {
    for (let next = this.inbox.shift(); next !== undefined; next = this.inbox.shift()) next()
  }
}

const textOf = ({ price, size, side }: { price: string | number; size: string | number; side: string }): string =>
  `${canonical(price)} ${canonical(size)} ${side}`

const cut = (levels: ReadonlyArray<SimLevel>, depth: number): ReadonlyArray<readonly [string, string]> =>
  levels.slice(0, depth).map(({ price, size }) => [canonical(price), canonical(size)] as const)
