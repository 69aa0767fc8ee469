// Owns one pass over a recording by the production path without sockets: a session for every address, shared by all its
// markets, and a mediator and a book for each of them, with a listener to every event. What can be known before the
// first frame (which row is whose) is worked out before the clock runs. Invariant: every pass begins with nothing.
import { MarketId } from "../src/domain/Market.ts"
import { FeedExchange } from "../src/feeds/core/FeedExchange.ts"
import { MarketMemory } from "../src/feeds/truth/MarketMemory.ts"
import { Mediator } from "../src/feeds/truth/Mediator.ts"
import { OrderBook } from "../src/feeds/book/OrderBook.ts"
import type { RecordingRow } from "../src/feeds/recording/Recording.ts"
import type { Instructions } from "../src/schemes/Instruction.ts"
import type { Session } from "../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../src/wire/Wire.ts"
import { namesSymbol, type Recognised } from "./recognise.ts"

interface Step {
  /** Of a REST answer. */
  readonly text: string
  /** Of a frame, as a socket gives it. */
  readonly frame: Uint8Array
  readonly at: number
  /** Index of the socket; for an answer, of the first. */
  readonly socket: number
  /** The markets that a REST answer is for; null for a frame, and for an opened socket. */
  readonly answers: ReadonlyArray<string> | null
  readonly opens: boolean
}

const NO_PORTS = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
const NO_SEND = (): void => {}

export class RecordedFrames {
  readonly steps: ReadonlyArray<Step>
  /** Frames and REST answers, as text. */
  readonly texts: ReadonlyArray<string>
  private readonly recognised: Recognised
  private readonly lines: ReadonlyArray<string>

  constructor(recognised: Recognised, rows: ReadonlyArray<RecordingRow>) {
    this.recognised = recognised
    const used = rows.filter(({ kind }) => kind === "open" || kind === "recv" || kind === "http")
    const urls = [...new Set(used.filter(({ kind }) => kind !== "http").map(({ url }) => url))]
    const known = recognised.scheme.lines.map(({ name }) => name)
    this.lines = urls.map((url) => known.find((name) => name === url.split("#")[1]) ?? "all")
    this.steps = used.map(({ kind, url, text, at }) => ({
      text,
      frame: Buffer.from(text),
      at,
      socket: Math.max(0, urls.indexOf(url)),
      answers: kind === "http" ? recognised.symbols.filter((symbol) => namesSymbol(url, symbol)) : null,
      opens: kind === "open"
    }))
    this.texts = this.steps.filter(({ opens }) => !opens).map(({ text }) => text)
  }

  /** A pass, ready to begin. */
  begin(): Pass {
    return new Pass(this.recognised, this.lines)
  }
}

/** What one pass has done so far. */
export class Pass {
  events = 0
  /** Levels set or removed, those of snapshots included. */
  levels = 0
  unreadable = 0
  readonly books = new Map<string, OrderBook>()
  private readonly recognised: Recognised
  private readonly lines: ReadonlyArray<string>
  private readonly sessions: Array<Session | undefined> = []
  private readonly mediators = new Map<string, Mediator>()

  constructor(recognised: Recognised, lines: ReadonlyArray<string>) {
    this.recognised = recognised
    this.lines = lines
    const sink = { wanted: true, emit: () => void this.events++ }
    for (const symbol of recognised.symbols) {
      const exchange = new FeedExchange(MarketId.make(1), symbol, sink, 0)
      exchange.signal("dial", null, 0)
      const book = new OrderBook(recognised.scheme.keepsText)
      const mediator = new Mediator(recognised.scheme, symbol, book, exchange, NO_PORTS, 0, new MarketMemory())
      mediator.connected(0)
      this.mediators.set(symbol, mediator)
      this.books.set(symbol, book)
    }
  }

  step({ text, frame, at, socket, answers, opens }: Step): void {
    const session = opens ? this.open(socket) : (this.sessions[socket] ?? this.open(socket))
    if (opens) return
    if (answers !== null) {
      for (const symbol of answers) this.execute(session.answer(symbol, 200, text, at), at, session)
      return
    }
    const result = session.receive(frame, at)
    if (result instanceof Unreadable) this.unreadable++
    else this.execute(result, at, session)
  }

  /** Levels that a pass sets or removes; counted by a pass of its own, which is not timed. */
  count({ text, frame, at, socket, answers, opens }: Step): void {
    if (opens) return void this.open(socket)
    const session = this.sessions[socket] ?? this.open(socket)
    const results = answers?.map((symbol) => session.answer(symbol, 200, text, at)) ?? [session.receive(frame, at)]
    for (const result of results) {
      if (result instanceof Unreadable) continue
      for (const one of result)
        if (one.type === "snapshot" || one.type === "changes") this.levels += one.bids.length + one.asks.length
    }
  }

  private execute(instructions: Instructions, at: number, session: Session): void {
    for (let i = 0; i < instructions.length; i++) {
      const instruction = instructions[i]!
      if (!("symbol" in instruction) || instruction.symbol === null) continue
      this.mediators.get(instruction.symbol)?.step(instruction, at, session, NO_SEND)
    }
  }

  private open(socket: number): Session {
    const session = this.recognised.scheme.session(this.lines[socket]!)
    session.join(this.recognised.symbols)
    this.sessions[socket] = session
    return session
  }
}
