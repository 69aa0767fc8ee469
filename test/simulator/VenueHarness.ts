// Runs one simulated venue against the real scheme, mediator and book in one process: no sockets, a clock under the
// test's hand, REST answers that are as late as on a network. One session a line carries all markets. The test decides
// what happens to a frame on its way (`onFrame`), to a checksum and to a REST answer. Everything is seeded, so a
// failure repeats.
import { assert } from "@effect/vitest"
import type { FetchRequest } from "../../src/feeds/truth/MediatorPorts.ts"
import type { Instructions } from "../../src/schemes/Instruction.ts"
import type { Line, Session, TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../src/wire/Wire.ts"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import type { Conversation, FrameKind, Gateway, RestAnswer, Venue } from "../../src/simulator/Venue.ts"
import { assertCleanFeed, assertTrueBook, type Feed, openFeed, schemeOf, textOf } from "./HarnessFeed.ts"
import { Timeline } from "./Timeline.ts"

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

interface Socket {
  readonly line: Line
  readonly session: Session
  readonly talk: Conversation
  pinged: number
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
  /** What arrives of a frame: itself, another text, several, or null for nothing. */
  onFrame: (frame: Frame) => string | ReadonlyArray<string> | null = ({ text }) => text
  onChecksum: (symbol: string, value: number) => number = (_symbol, value) => value
  onRest: (path: string, answer: RestAnswer | null) => RestAnswer | null = (_path, answer) => answer
  gateway: Gateway
  private readonly depth: number
  private readonly pace: number
  private readonly seed: string
  private readonly rand: () => number
  private readonly joined: Set<string>
  private sockets: Array<Socket> = []
  private inbox: Array<() => void> = []
  private readonly timeline = new Timeline(BEGIN)
  private restarts = 0

  constructor({ venue, symbols, seed = "1", depth = Infinity, pace = 10_000 }: HarnessOptions) {
    this.venue = venue
    this.depth = depth
    this.pace = pace
    this.seed = seed
    this.rand = randomOf(`harness ${seed}`)
    for (const listing of venue.listings) this.markets.set(listing.symbol, new MatchingEngine(listing, seed))
    this.gateway = this.newGateway()
    this.joined = new Set(symbols ?? venue.listings.slice(0, 3).map(({ symbol }) => symbol))
    this.scheme = schemeOf(venue)
    this.scheduleTicks()
    this.dial()
  }

  /** Microseconds since 1970. */
  get at(): number {
    return this.timeline.at
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

  /** The venue restarts: sequences begin again, sockets are closed. */
  restart(): void {
    this.restarts++
    this.gateway = this.newGateway()
    this.hangUp("restart")
  }

  /** A text of the client that no scheme said, on the first line. */
  sayRaw(text: string): void {
    this.sockets[0]!.talk.text(text)
    this.drain()
  }

  /** Every followed book is live and is the true one. */
  assertTrue(): void {
    for (const [symbol, feed] of this.feeds) assertTrueBook(symbol, feed, this.markets.get(symbol)!, this.depth)
  }

  /** Nothing was unknown, lost or repaired, and every trade arrived once, in order, with the taker's side. */
  assertClean(): void {
    assert.deepStrictEqual(this.unreadable, [])
    assert.strictEqual(this.connects, this.scheme.lines.length)
    for (const [symbol, feed] of this.feeds) assertCleanFeed(symbol, feed)
  }

  private newGateway(): Gateway {
    return this.venue.gateway(this.markets, randomOf(`desk ${this.seed} ${this.restarts}`))
  }

  private openFeed(symbol: string): void {
    const ports = {
      fetch: (request: FetchRequest) => this.fetch(symbol, request),
      reconnect: ({ reason, detail }: { reason: string; detail: string }) => this.hangUp(`${reason}: ${detail}`),
      ask: () => {},
      reject: () => {},
      refuse: () => {}
    }
    this.feeds.set(symbol, openFeed(this.scheme, symbol, this.feeds.get(symbol), ports, this.at))
  }

  private dial(): void {
    const symbols = [...this.joined]
    for (const symbol of symbols) this.openFeed(symbol)
    for (const line of this.scheme.lines) {
      const { pathname, search } = new URL(line.url)
      const session = this.scheme.session(line.name)
      let open = true
      const current = (): Socket | undefined => this.sockets.find((socket) => socket.session === session)
      const talk = this.gateway.connect(
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
    for (const { exchange } of this.feeds.values())
      exchange.signal("disconnected", { code: "closed", text: reason }, this.at)
    this.timeline.after(BACKOFF, () => this.dial())
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
    this.timeline.after(REST_DELAY / 2, () => {
      const answer = this.onRest(path, this.gateway.rest(path, this.at)) ?? { status: 404, body: "{}" }
      this.timeline.after(REST_DELAY / 2, () => {
        const socket = this.sockets.find((one) => one.session === session)
        if (socket === undefined) return
        this.execute(session.answer(symbol, answer.status, answer.body, this.at), socket)
      })
    })
  }

  private move(market: MatchingEngine): void {
    const step = market.step(this.at)
    this.gateway.step(market, step)
    for (const { talk } of this.sockets) talk.step(market, step)
    const feed = this.feeds.get(market.symbol)
    if (this.sockets.length > 0) feed?.traded.push(...step.trades.map(textOf))
    this.drain()
  }

  private pass(micros: number): void {
    this.timeline.pass(micros, () => this.drain())
  }

  private scheduleTicks(): void {
    this.timeline.after(TICK, () => {
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
