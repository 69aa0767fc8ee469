// Owns the tempo of one market's trades beside that of its book: trades that stop while the book goes on busily may
// mean that their subscription died. It measures and suspects; SilenceWatch has it settled. Invariants: plain numbers,
// no allocation a trade; nothing is suspected while the book rests as well, and each suspicion makes the next four
// times as patient.
export class TradeTempo {
  private trades = 0
  private lastTrade = 0
  /** The longest pause of late, in microseconds; forgotten by a hundredth with every trade. */
  private longestPause = 0
  /** Changes of the book since the last trade, now and at most of late. */
  private changes = 0
  private mostChanges = 0
  private patience = 1

  traded(at: number): void {
    if (this.trades++ > 0) {
      this.longestPause = Math.max(this.longestPause * FORGET, at - this.lastTrade)
      this.mostChanges = Math.max(this.mostChanges * FORGET, this.changes)
    }
    this.lastTrade = at
    this.changes = 0
    this.patience = 1
  }

  bookMoved(): void {
    this.changes++
  }

  /** The subscription begins again: the pause until now teaches nothing. */
  rest(at: number): void {
    this.lastTrade = at
    this.changes = 0
  }

  /** The trades are strangely silent, in words; else null. Whoever is given words has them settled. */
  silent(at: number): string | null {
    const pause = at - this.lastTrade
    const isKnown = this.trades >= KNOWN
    const longest = this.patience * (isKnown ? Math.max(SHORTEST, STRANGE * this.longestPause) : UNKNOWN)
    const most = this.patience * (isKnown ? Math.max(FEWEST, 4 * this.mostChanges) : MANY)
    if (pause < longest || this.changes < most) return null
    this.patience *= 4
    return `no trade for ${Math.round(pause / 1_000_000)} s beside ${this.changes} changes of the book`
  }
}

/** Trades after which a market's pauses are known. */
const KNOWN = 30
const FORGET = 0.99
const STRANGE = 16
/** Microseconds. */
const SHORTEST = 60_000_000
const UNKNOWN = 600_000_000
/** Changes of the book. */
const FEWEST = 500
const MANY = 5_000
