// Owns the watch over one market's silence: what no frame can show, because none comes. A venue that promises a frame of each
// market is held to it, a book that was asked for has to come in time, and a market that rests for longer than is its way is
// doubted. It raises alarms; the mediator acts on them, and SilenceInquiry asks the venue. Invariants: waiting that the
// venue's budget imposes, for a turn to subscribe or to fetch, is no silence; a doubt that nobody could settle within a
// minute (ten where the market is that quiet) leaves the book stale, never live.
import type { FeedExchange } from "../FeedExchange.ts"
import { steadyMicros } from "../Now.ts"
import { LONGEST, type Tempo } from "./Tempo.ts"
import type { TradeTempo } from "./TradeTempo.ts"

/** What is doubted: the whole book, one side of it, or the trades beside a busy book. */
export type Doubted = "book" | "side" | "trades"

/** What the silence calls for: doubt only, a repair of the book, or asking the venue. */
export type Alarm =
  | { readonly answer: "doubt" | "repair"; readonly detail: string }
  | { readonly answer: "ask"; readonly doubted: Doubted; readonly detail: string }

/** How long a book that changes at least once a minute may be unconfirmed and live, and how long any other; microseconds. */
const BUSY_BOUND = 58_000_000
const QUIET_BOUND = 595_000_000

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
  private readonly exchange: FeedExchange
  /** Milliseconds without a frame of the market that the venue never lets pass; null: quiet markets are silent by protocol. */
  private readonly marketSilence: number | null

  constructor(exchange: FeedExchange, marketSilence: number | null, at: number) {
    this.exchange = exchange
    this.tempo = exchange.tempo
    this.trades = exchange.tradeTempo
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
  }

  /** The venue was asked and shows the very book: the market is quiet, and asked about half as often from now on. */
  confirmed(at: number): void {
    this.confirmations++
    this.confirmedAt = steadyMicros(at)
    this.tempo.asked()
    this.askingSince = null
  }

  /** The asking is over: the market spoke meanwhile, or nobody could say anything. */
  asked(): void {
    this.tempo.asked()
    this.askingSince = null
  }

  look(received: number, synced: boolean): Alarm | null {
    const at = steadyMicros(received)
    return (synced ? (this.unheard(at) ?? this.untimely(at)) : null) ?? (synced ? null : this.overdue(at))
  }

  /** The venue broke its promise of a frame. */
  private unheard(at: number): Alarm | null {
    if (this.marketSilence === null) return null
    const silence = at - this.lastHeard
    if (silence <= this.marketSilence * 1000) return null
    const detail = `no frame of this market for ${Math.round(silence / 1_000_000)} s`
    return { answer: silence > 2 * this.marketSilence * 1000 ? "repair" : "doubt", detail }
  }

  /** The market, one side of it or its trades rest for longer than is their way. */
  private untimely(at: number): Alarm | null {
    const { state, isEmpty, unconfirmed } = this.exchange
    if (state !== "live" && state !== "stale" && !unconfirmed && !(state === "halted" && isEmpty)) return null
    if (this.askingSince !== null) return this.unanswered(at)
    if (this.silence(at) >= this.patience) return this.ask(at, "book", this.tempo.describe(at))
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
    if (this.silence(at) < (this.patience < BUSY_BOUND ? BUSY_BOUND : QUIET_BOUND)) return null
    return { answer: "doubt", detail: `${this.tempo.describe(at)}, and the venue could not be asked about it yet` }
  }

  /** How long nothing has shown the book to be right. */
  private silence(at: number): number {
    return Math.min(this.tempo.resting(at), at - this.confirmedAt)
  }

  private get patience(): number {
    return Math.min(this.tempo.patience * 2 ** this.confirmations, LONGEST)
  }

  /** A book that was asked for does not come. */
  private overdue(at: number): Alarm | null {
    if (!this.isConnected || this.fetching || this.exchange.state === "halted") return null
    const { patience } = this.exchange
    if (at - this.waitingSince <= patience) return null
    this.exchange.waited(false)
    return { answer: "repair", detail: `no book within ${patience / 1_000_000} s` }
  }
}
