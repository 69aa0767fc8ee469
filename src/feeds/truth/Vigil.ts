// Owns the watch over one market's silence: what no frame can show, because none comes. A venue that promises a frame of each
// market is held to it, a market whose book changes is held to its own tempo, and a book that was asked for has to come in
// time. It raises alarms; what is done about them is the mediator's. Invariant: waiting that the venue's budget imposes, for
// a turn to subscribe or to ask, is no silence.
import type { FeedExchange } from "../FeedExchange.ts"
import type { Tempo } from "./Tempo.ts"

/** What the silence calls for: doubt only, a repair of the book, or another seat since the subscription itself is dead. */
export interface Alarm {
  readonly answer: "doubt" | "repair" | "leave"
  readonly detail: string
}

export class Vigil {
  readonly tempo: Tempo
  /** When this market was last heard of, in microseconds. */
  lastHeard: number
  /** Since when a book is waited for. */
  waitingSince: number
  /** A book was asked for by REST and has not come; how long that may take is the venue's budget's affair. */
  fetching = false
  /** Its subscriptions have been said; before that, waiting is the venue's budget's affair. */
  private isConnected = false
  private readonly exchange: FeedExchange
  /** Milliseconds without a frame of the market that the venue never lets pass; null: quiet markets are silent by protocol. */
  private readonly marketSilence: number | null

  constructor(exchange: FeedExchange, marketSilence: number | null, at: number) {
    this.exchange = exchange
    this.tempo = exchange.tempo
    this.marketSilence = marketSilence
    this.lastHeard = at
    this.waitingSince = at
  }

  connected(at: number): void {
    this.lastHeard = at
    this.waitingSince = at
    this.isConnected = true
  }

  fetched(at: number): void {
    this.fetching = false
    this.waitingSince = at
  }

  look(at: number, synced: boolean): Alarm | null {
    return (synced ? this.unheard(at) : null) ?? this.untimely(at) ?? (synced ? null : this.overdue(at))
  }

  /** The venue broke its promise of a frame. */
  private unheard(at: number): Alarm | null {
    if (this.marketSilence === null) return null
    const silence = at - this.lastHeard
    if (silence <= this.marketSilence * 1000) return null
    const detail = `no frame of this market for ${Math.round(silence / 1_000_000)} s`
    return { answer: silence > 2 * this.marketSilence * 1000 ? "repair" : "doubt", detail }
  }

  /** The market, or one side of it, rests for longer than is its way. */
  private untimely(at: number): Alarm | null {
    if (this.exchange.state !== "live") return null
    const detail = this.tempo.silent(at) ?? this.tempo.frozen()
    if (detail === null) return null
    this.tempo.acted(at)
    return { answer: "leave", detail }
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
