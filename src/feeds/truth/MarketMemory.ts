// Owns what is learnt of one market and outlives its sockets: how its book and its trades move, which trades were
// passed on, how patiently a book is waited for, what its venue lists, and what a subscription that died silently left.
// Level 2 reads and writes it; the feed holds it for as long as it is switched on. Invariant: nothing here is shown to
// anybody.
import { ListedState } from "./ListedState.ts"
import { Tempo } from "./Tempo.ts"
import { TradeMemory } from "./TradeMemory.ts"
import { TradeTempo } from "./TradeTempo.ts"

/** A book that was given up for silent. */
export interface Abandoned {
  /** Its best levels, as text. */
  readonly best: string
  readonly confirmations: number
  /** When it had changed last. */
  readonly restedSince: number
}

/**
 * A lost book is soon asked for again, and ever later, since a large one takes its time on a slow line. In
 * microseconds.
 */
const PATIENCE = 8_000_000
const LONGEST_PATIENCE = 64_000_000

export class MarketMemory {
  readonly tempo = new Tempo()
  readonly tradeTempo = new TradeTempo()
  readonly trades = new TradeMemory()
  /** What the venue's listing says of it. */
  readonly listed = new ListedState()
  /** The newest trade id, where ids are dense; null before the first. */
  lastTrade: number | null = null
  /** How long a book is waited for before it is asked for again, in microseconds. */
  patience = PATIENCE
  /**
   * A subscription of this market died silently: until a frame of the stream shows the next one alive, no book is live.
   */
  unconfirmed = false
  /** What that subscription left, until the next whole book is held against it. */
  abandoned: Abandoned | null = null

  /** The book that was waited for came, or it did not. */
  waited(cameInTime: boolean): void {
    this.patience = cameInTime ? PATIENCE : Math.min(2 * this.patience, LONGEST_PATIENCE)
  }
}
