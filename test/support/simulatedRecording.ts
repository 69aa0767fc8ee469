// Owns recordings that our own simulator writes while the tests run: a simulated venue speaks with the session of its
// scheme, in this process and in virtual time, and every text of both sides becomes a row, as `level4 record` keeps it.
// Beside the rows stands the truth: the venue's own book, which no scheme had a hand in. Invariant: the same exchange,
// type and options give the same rows, always.
import { canonical } from "../../src/domain/Decimal.ts"
import type { MarketType } from "../../src/domain/MarketType.ts"
import type { RecordingRow } from "../../src/feeds/recording/Recording.ts"
import { resolve } from "../../src/schemes/Schemes.ts"
import type { Line, Session, TranslationScheme } from "../../src/schemes/TranslationScheme.ts"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import type { Client, Conversation, SimLevel, Venue } from "../../src/simulator/Venue.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { Unreadable } from "../../src/wire/Wire.ts"

export interface SimulatedOptions {
  /** One of the exchange's protocols that is not today's, such as `v1`. */
  readonly protocol?: string
  /** Moves of the market. */
  readonly steps?: number
  readonly seed?: string
}

type Levels = ReadonlyArray<readonly [price: string, size: string]>

export interface SimulatedRecording {
  readonly scheme: TranslationScheme
  /** As the venue spells it. */
  readonly symbol: string
  readonly base: string
  readonly quote: string
  readonly rows: ReadonlyArray<RecordingRow>
  /** The venue's book after the last row, canonical, best first, as deep as the venue keeps it. */
  readonly truth: { readonly bids: Levels; readonly asks: Levels }
  /** Every trade of the market since its subscription, as `price size side`. */
  readonly trades: ReadonlyArray<string>
}

const BEGIN = 1_795_000_000_000_000
/** Microseconds: between two moves, between two ticks of the venue, and from a REST question to its answer. */
const PACE = 40_000
const TICK = 100_000
const REST_DELAY = 30_000
/** Ticks after the last move, so that what a venue gathers is sent. */
const SETTLE = 60

interface Socket {
  readonly url: string
  readonly session: Session
  readonly talk: Conversation
}

const canonicalLevels = (levels: ReadonlyArray<SimLevel>): Levels =>
  levels.map(({ price, size }) => [canonical(price), canonical(size)] as const)

const simulatedVenue = (exchange: string, marketType: MarketType): Venue => {
  const venue = venues.find((one) => one.exchange === exchange && one.marketType === marketType)
  if (venue === undefined) throw new Error(`no simulated venue of ${exchange} ${marketType}`)
  return venue
}

class Recorder {
  readonly rows: Array<RecordingRow> = []
  readonly trades: Array<string> = []
  readonly market: MatchingEngine
  private readonly scheme: TranslationScheme
  private readonly symbol: string
  private readonly sockets: ReadonlyArray<Socket>
  private readonly gateway: ReturnType<Venue["gateway"]>
  private later: Array<{ readonly due: number; readonly run: () => void }> = []
  private inbox: Array<() => void> = []
  private at = BEGIN

  constructor(venue: Venue, scheme: TranslationScheme, symbol: string, seed: string) {
    this.scheme = scheme
    this.symbol = symbol
    const markets = new Map(venue.listings.map((listing) => [listing.symbol, new MatchingEngine(listing, seed)]))
    this.market = markets.get(symbol)!
    this.gateway = venue.gateway(markets, randomOf(`recording ${seed}`))
    this.sockets = scheme.lines.map((line) => this.dial(line))
    for (const socket of this.sockets) this.say(socket, socket.session.join([symbol]))
    this.pass(5 * TICK)
  }

  move(): void {
    this.pass(PACE)
    const step = this.market.step(this.at)
    this.gateway.step(this.market, step)
    for (const { talk } of this.sockets) talk.step(this.market, step)
    this.trades.push(...step.trades.map(({ price, size, side }) => `${canonical(price)} ${canonical(size)} ${side}`))
    this.drain()
  }

  pass(micros: number): void {
    for (const end = this.at + micros; this.at < end;) {
      const tick = (Math.floor(this.at / TICK) + 1) * TICK
      this.at = Math.min(end, tick, ...this.later.map(({ due }) => due))
      const due = this.later.filter((one) => one.due <= this.at)
      this.later = this.later.filter((one) => one.due > this.at)
      for (const { run } of due) run()
      if (this.at === tick) for (const { talk } of this.sockets) talk.tick(this.at)
      this.drain()
    }
  }

  private dial(line: Line): Socket {
    const { pathname, search } = new URL(line.url)
    const url = this.scheme.lines.length > 1 ? `${line.url}#${line.name}` : line.url
    const client: Client = {
      send: (_kind, _symbol, text) => void this.inbox.push(() => this.heard(socket, text)),
      close: (code, reason) => {
        throw new Error(`${line.url} was closed: ${code} ${reason}`)
      },
      checksum: (_symbol, value) => value
    }
    this.row("open", url, "")
    const talk = this.gateway.connect(pathname + search, client, this.at)
    if (typeof talk === "string") throw new Error(`${line.url}: ${talk}`)
    const socket: Socket = { url, session: this.scheme.session(line.name), talk }
    return socket
  }

  private heard(socket: Socket, text: string): void {
    this.row("recv", socket.url, text)
    const result = socket.session.receive(Buffer.from(text), this.at)
    if (result instanceof Unreadable) throw new Error(`unreadable: ${result.detail}: ${text}`)
    for (const instruction of result) {
      if (instruction.type === "send") this.say(socket, [instruction.text])
      else if (instruction.type === "fetch" && instruction.symbol === this.symbol) this.fetch(socket, instruction.path)
    }
  }

  /** The answer is made when the question arrives, and arrives later. */
  private fetch({ session }: Socket, path: string): void {
    this.after(REST_DELAY / 2, () => {
      const { status, body } = this.gateway.rest(path, this.at) ?? { status: 404, body: "{}" }
      this.after(REST_DELAY / 2, () => {
        const row: RecordingRow = { at: this.at, kind: "http", url: `${this.scheme.rest}${path}`, text: body }
        this.rows.push(status === 200 ? row : { ...row, status })
        session.answer(this.symbol, status, body, this.at)
      })
    })
  }

  private say(socket: Socket, texts: ReadonlyArray<string>): void {
    for (const text of texts) {
      this.row("sent", socket.url, text)
      socket.talk.text(text)
    }
    this.drain()
  }

  private row(kind: "open" | "sent" | "recv", url: string, text: string): void {
    this.rows.push({ at: this.at, kind, url, text })
  }

  private after(micros: number, run: () => void): void {
    this.later.push({ due: this.at + micros, run })
  }

  private drain(): void {
    for (let next = this.inbox.shift(); next !== undefined; next = this.inbox.shift()) next()
  }
}

const made = new Map<string, SimulatedRecording>()

/** A market of a simulated venue, recorded from its subscription on; the first that the venue lists. */
export const simulatedRecording = (
  exchange: string,
  marketType: MarketType,
  { protocol, steps = 200, seed = "1" }: SimulatedOptions = {}
): SimulatedRecording => {
  const key = [exchange, marketType, protocol, steps, seed].join(" ")
  const known = made.get(key)
  if (known !== undefined) return known
  const venue = simulatedVenue(exchange, marketType)
  const { symbol, base, quote } = venue.listings[0]!
  const found = resolve({ exchange, base, quote, market_type: marketType, native_symbol: symbol }, protocol ?? null)
  if (typeof found === "string") throw new Error(found)
  const recorder = new Recorder(venue, found.scheme, found.symbol, seed)
  for (let n = 0; n < steps; n++) recorder.move()
  recorder.pass(SETTLE * TICK)
  const { rows, trades, market } = recorder
  const truth = { bids: canonicalLevels(market.bids), asks: canonicalLevels(market.asks) }
  const recording = { scheme: found.scheme, symbol: found.symbol, base, quote, rows, trades, truth }
  made.set(key, recording)
  return recording
}
