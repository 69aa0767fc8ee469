// Owns the folding of a recording: its frames go, in order and with their own times, through the very session, mediator
// and book that a live feed uses; only sockets, timers and fetches are missing. A REST answer of the recording reaches
// the session that asked for it when its row comes. Each URL that is opened is a socket of its own; one that is closed
// or opened again ends all of them, as it does live. Invariant: the same rows give the same events, always.
import { MarketId } from "../../domain/Market.ts"
import type { Instruction } from "../../schemes/Instruction.ts"
import type { Session, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import { Unreadable } from "../../wire/Wire.ts"
import type { FeedEvent } from "../core/FeedEvent.ts"
import { FeedExchange } from "../core/FeedExchange.ts"
import { MarketMemory } from "../truth/MarketMemory.ts"
import { Mediator } from "../truth/Mediator.ts"
import type { FetchRequest } from "../truth/MediatorPorts.ts"
import type { TrafficRow } from "../core/TrafficRow.ts"
import { OrderBook } from "../book/OrderBook.ts"

export interface Fold {
  readonly exchange: FeedExchange
  readonly book: OrderBook
  /** Frames received, of every kind the schema knows or not. */
  readonly frames: number
  /** Frames and REST answers that speak of the market. */
  readonly spoken: number
}

const NOTHING = (): void => {}

/**
 * Folds rows for one market; each event is handed over as it happens. Repairs are asked for and, on file, not answered.
 */
export const foldRecording = (
  scheme: TranslationScheme,
  symbol: string,
  tag: string,
  rows: Iterable<TrafficRow>,
  emit: (event: FeedEvent) => void
): Fold => {
  const folder = new Folder(scheme, symbol, tag, emit)
  for (const row of rows) folder.row(row)
  return folder
}

/** The fold one row at a time, for those who must yield in between. */
export class Folder implements Fold {
  readonly exchange: FeedExchange
  book: OrderBook
  frames = 0
  spoken = 0
  private readonly scheme: TranslationScheme
  private readonly symbol: string
  private readonly sessions = new Map<string, Session>()
  private readonly memory = new MarketMemory()
  private mediator: Mediator
  /** The session that waits for a REST answer; null once it has it. */
  private asking: Session | null = null
  private answered = false

  constructor(scheme: TranslationScheme, symbol: string, tag: string, emit: (event: FeedEvent) => void) {
    this.scheme = scheme
    this.symbol = symbol
    this.exchange = new FeedExchange(MarketId.make(1), tag, { wanted: true, emit }, 0)
    this.book = new OrderBook(scheme.keepsText)
    this.mediator = this.mediate(0)
  }

  row(row: TrafficRow): void {
    switch (row.kind) {
      case "open":
        if (this.sessions.has(row.url)) this.close("the recording opens another connection", row.at)
        return void this.open(row)
      case "close":
        return this.close(row.text, row.at)
      case "recv":
        return this.frame(row, this.sessions.get(row.url) ?? this.first ?? this.open(row))
      case "http":
        return namesSymbol(row.url, this.symbol) ? this.answer(row) : undefined
      case "sent":
        return
    }
  }

  private get first(): Session | undefined {
    return this.sessions.values().next().value
  }

  private open({ url, at }: TrafficRow): Session {
    const line = url.split("#")[1]
    const session = this.scheme.session(this.scheme.lines.find(({ name }) => name === line)?.name ?? "all")
    session.join([this.symbol])
    if (this.sessions.size === 0) {
      this.book = new OrderBook(this.scheme.keepsText)
      this.exchange.signal("dial", null, at)
      this.mediator = this.mediate(at)
      this.mediator.connected(at)
      this.asking = null
      this.answered = false
    }
    this.sessions.set(url, session)
    return session
  }

  private close(reason: string, at: number): void {
    if (this.sessions.size === 0) return
    this.sessions.clear()
    this.exchange.signal("disconnected", { code: "closed", text: reason }, at)
  }

  private frame(row: TrafficRow, session: Session): void {
    const { counts } = this.exchange
    this.frames++
    counts.frames++
    const frame = Buffer.from(row.text)
    counts.bytes += frame.length
    const result = session.receive(frame, row.at)
    if (result instanceof Unreadable) return this.mediator.unreadable(result, false, row.at, session, NOTHING)
    if (result.length === 0) counts.ignored++
    if (result.some(this.isOurs)) this.spoken++
    this.mediator.execute(result, row.at, session, NOTHING)
  }

  /** An answer that nobody waits for is left alone, as live; the first may come before the frame that asks for it. */
  private answer(row: TrafficRow): void {
    const session = this.asking ?? (this.answered ? undefined : this.first)
    this.spoken++
    if (session === undefined) return
    this.answered = true
    this.asking = null
    const result = session.answer(this.symbol, row.status ?? 200, row.text, row.at)
    this.mediator.execute(result, row.at, session, NOTHING)
  }

  private mediate(at: number): Mediator {
    const fetch = ({ session }: FetchRequest): void => {
      this.asking = session
    }
    const ports = { fetch, ask: NOTHING, reconnect: NOTHING, reject: NOTHING, refuse: NOTHING }
    return new Mediator(this.scheme, this.symbol, this.book, this.exchange, ports, at, this.memory)
  }

  private readonly isOurs = (instruction: Instruction): boolean =>
    "symbol" in instruction && instruction.symbol === this.symbol
}

/** A part of the path or of the query is the symbol: what merely contains its name is another market's. */
const namesSymbol = (url: string, symbol: string): boolean =>
  url.split(/[/?&=#]/).some((part) => part === symbol || part === encodeURIComponent(symbol))
