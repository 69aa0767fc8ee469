// Owns the watch over one market's silence: what no frame can show, because none comes. A venue that promises a frame
// of each market is held to it, a book that was asked for has to come in time, and a market that rests for longer than
// is its way is doubted. It raises alarms; the mediator acts on them, and SilenceInquiry asks the venue. Invariants:
// waiting that the venue's budget imposes, for a turn to subscribe or to fetch, is no silence; a doubt that nobody
// could settle within a minute (ten where the market is that quiet) leaves the book stale, never live; and a book that
// was given up for silent, but comes again unchanged, was quiet, whatever spoke against it.
import type { BookView } from "../../schemes/TranslationScheme.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { steadyMicros } from "../core/Now.ts"
import { BookFault } from "./BookFault.ts"
import { isByListing } from "./ListedState.ts"
import type { MarketMemory } from "./MarketMemory.ts"
import { LONGEST, MINUTE, type Tempo, WITHIN_A_MINUTE } from "./Tempo.ts"
import type { TradeTempo } from "./TradeTempo.ts"

/** What is doubted: the whole book, one side of it, or the trades beside a busy book. */
type Doubted = "book" | "side" | "trades"

/** A silence that the venue has to be asked about. */
export interface Doubt {
  readonly doubted: Doubted
  readonly detail: string
}

/** What the silence calls for: doubt only, a repair of the book, or asking the venue. */
type Alarm = { readonly answer: "doubt" | "repair"; readonly fault: BookFault } | ({ readonly answer: "ask" } & Doubt)

/**
 * How long a book that changes at least once a minute may be unconfirmed and live, and how long any other;
 * microseconds.
 */
const BUSY_BOUND = 58_000_000
const QUIET_BOUND = 595_000_000
/** Where the venue repeats the whole book every 5 s, also of idle markets (bitFlyer, sheet section 5, 2026-11-23). */
const REPEATED_WITHIN = 20_000_000
/** A market that its venue halted is asked for its book now and then: nothing may come when the halt ends. */
const HALTED_PATIENCE = 60_000_000
/** A book that has not come for so long does not speak; it is asked for again only a little later. */
const COMES = 5_000_000

/** Levels a side by which a book is known again. */
const KNOWN_BY = 20

export class SilenceWatch {
  private readonly tempo: Tempo
  private readonly trades: TradeTempo
  /** When this market was last heard of; this and all times below are steady microseconds. */
  private lastHeard: number
  /** Since when a book is waited for. */
  private waitingSince: number
  /** A book was asked for by REST and has not come; how long that may take is up to the venue's budget. */
  fetching = false
  /** Its subscriptions have been sent; before that it waits for the venue's budget. */
  private isConnected = false
  /** A doubt is being settled since then, or null. */
  private askingSince: number | null = null
  /** When the venue last confirmed the silent book, and how often in a row. */
  private confirmedAt = -Infinity
  private confirmations = 0
  /** It has rested for a minute, and the venue confirmed it: no market that changes at least once a minute. */
  private isQuiet = false
  /** Since when the book has rested, where that is before this subscription; else null. */
  private restedBefore: number | null = null
  /** When the venue repeated the whole book last; null where it does not. */
  private repeatedAt: number | null = null
  /** The book holds no level at all. */
  isEmpty = false
  private readonly exchange: FeedExchange
  private readonly memory: MarketMemory
  /**
   * Milliseconds without a frame of the market that the venue never lets pass; null: quiet markets are silent by
   * protocol.
   */
  private readonly marketSilence: number | null

  constructor(exchange: FeedExchange, memory: MarketMemory, marketSilence: number | null, at: number) {
    this.exchange = exchange
    this.memory = memory
    this.tempo = memory.tempo
    this.trades = memory.tradeTempo
    this.marketSilence = marketSilence
    this.lastHeard = steadyMicros(at)
    this.waitingSince = this.lastHeard
  }

  connected(at: number): void {
    this.lastHeard = steadyMicros(at)
    this.waitingSince = this.lastHeard
    this.isConnected = true
    this.trades.rest(this.lastHeard)
  }

  /** A frame of the market was executed. */
  heard(at: number): void {
    this.lastHeard = steadyMicros(at)
  }

  /** A book is waited for from now on. */
  waits(at: number): void {
    this.waitingSince = steadyMicros(at)
  }

  fetched(at: number): void {
    this.fetching = false
    this.waits(at)
  }

  /** The book was replaced: the rest until now teaches nothing. */
  rest(at: number): void {
    this.tempo.rest(steadyMicros(at))
  }

  /** The book changed: it lives, whatever was doubted. */
  beat(at: number, bids: boolean, asks: boolean): void {
    this.tempo.beat(steadyMicros(at), bids, asks)
    this.trades.bookMoved()
    this.confirmations = 0
    this.restedBefore = null
  }

  /** The venue repeats the whole book again and again, and just did. */
  repeated(at: number): void {
    this.repeatedAt = steadyMicros(at)
  }

  /** The venue was asked and shows the very book: the market is quiet, and asked about half as often from now on. */
  confirmed(at: number): void {
    this.confirmations++
    this.confirmedAt = steadyMicros(at)
    this.isQuiet = this.confirmedAt - this.restedSince(this.confirmedAt) >= MINUTE
    this.tempo.asked()
    this.askingSince = null
  }

  /** The subscription is given up for silent, with this book. */
  gaveUp(book: BookView, at: number): void {
    const { confirmations } = this
    this.memory.abandoned = { best: bestOf(book), confirmations, restedSince: this.restedSince(steadyMicros(at)) }
    this.asked()
  }

  /** A whole book has come; true if it is the very one that was given up. */
  cameAgain(book: BookView, at: number): boolean {
    const { abandoned } = this.memory
    if (abandoned === null) return false
    this.memory.abandoned = null
    if (abandoned.best !== bestOf(book)) return false
    this.confirmations = abandoned.confirmations
    this.restedBefore = abandoned.restedSince
    this.confirmed(at)
    return true
  }

  /** The asking is over: the market spoke meanwhile, or nobody could say anything. */
  asked(): void {
    this.tempo.asked()
    this.askingSince = null
  }

  look(received: number, synced: boolean): Alarm | null {
    const at = steadyMicros(received)
    if (!synced) return this.overdue(at)
    // what the venue promises of a market that trades, it promises of no other
    if (isByListing(this.exchange)) return this.untimely(at)
    return this.unrepeated(at) ?? this.unheard(at) ?? this.untimely(at)
  }

  /** Frames of the book came lately, or may yet come; `received`: a stamp of now. */
  speaks(received: number, synced: boolean): boolean {
    const at = steadyMicros(received)
    if (!this.isConnected || this.tempo.resting(at) < BUSY_BOUND) return true
    return !synced && at - this.waitingSince < COMES
  }

  private restedSince(at: number): number {
    return this.restedBefore ?? at - this.tempo.resting(at)
  }

  /** Changes alone leave levels behind that no change removes: only the repetitions do. */
  private unrepeated(at: number): Alarm | null {
    if (this.repeatedAt === null || at - this.repeatedAt <= REPEATED_WITHIN) return null
    return { answer: "repair", fault: BookFault.NotRepeated({ for: at - this.repeatedAt }) }
  }

  /** The venue broke its promise of a frame. */
  private unheard(at: number): Alarm | null {
    if (this.marketSilence === null) return null
    const silence = at - this.lastHeard
    if (silence <= this.marketSilence * 1000) return null
    const answer = silence > 2 * this.marketSilence * 1000 ? "repair" : "doubt"
    return { answer, fault: BookFault.Unheard({ for: silence }) }
  }

  /** The market, one side of it or its trades rest for longer than is their way. */
  private untimely(at: number): Alarm | null {
    const { state } = this.exchange
    const isHalted = state === "halted"
    if (state !== "live" && state !== "stale" && !this.memory.unconfirmed && !isHalted) return null
    if (this.askingSince !== null) return this.unanswered(at)
    // a halted market is silent by rights, but not for ever
    const isQuietByRight = isHalted && (!this.isEmpty || isByListing(this.exchange))
    if (this.silence(at) >= (isQuietByRight ? LONGEST : this.patience))
      return this.ask(at, "book", this.tempo.describe(at))
    if (state !== "live") return null
    const side = this.tempo.frozen()
    if (side !== null) return this.ask(at, "side", side)
    const trades = this.trades.silent(at)
    return trades === null ? null : this.ask(at, "trades", trades)
  }

  private ask(at: number, doubted: Doubted, detail: string): Alarm {
    this.askingSince = at
    return { answer: "ask", doubted, detail }
  }

  /** Nobody has settled the doubt yet: beyond the bound the book is not called live any more. */
  private unanswered(at: number): Alarm | null {
    if (!this.isBeyondBound(at)) return null
    return { answer: "doubt", fault: BookFault.Unasked({ rest: this.tempo.describe(at) }) }
  }

  /** The book has rested beyond its bound, and nobody has shown it to be right; `received`: a stamp of now. */
  isUnsettled(received: number): boolean {
    return this.isBeyondBound(steadyMicros(received))
  }

  private isBeyondBound(at: number): boolean {
    return this.silence(at) >= (this.patience < BUSY_BOUND ? BUSY_BOUND : QUIET_BOUND)
  }

  /** How long nothing has shown the book to be right. */
  private silence(at: number): number {
    return Math.min(this.tempo.resting(at), at - this.confirmedAt)
  }

  private get patience(): number {
    const { patience } = this.tempo
    const longest = patience > WITHIN_A_MINUTE || this.isQuiet ? LONGEST : WITHIN_A_MINUTE
    return Math.min(patience * 2 ** this.confirmations, longest)
  }

  /** A book that was asked for does not come. */
  private overdue(at: number): Alarm | null {
    if (!this.isConnected || this.fetching) return null
    const isHalted = this.exchange.state === "halted"
    const patience = isHalted ? HALTED_PATIENCE : this.memory.patience
    if (at - this.waitingSince <= patience) return null
    if (!isHalted) this.memory.waited(false)
    return { answer: "repair", fault: BookFault.Overdue({ within: patience }) }
  }
}

const bestOf = (book: BookView): string => {
  const levels: Array<number> = []
  for (let rank = 0; rank < KNOWN_BY; rank++)
    levels.push(book.bidPrice(rank), book.bidSize(rank), book.askPrice(rank), book.askSize(rank))
  return levels.join(" ")
}
