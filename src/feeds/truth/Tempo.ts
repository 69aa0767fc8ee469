// Owns a market's own tempo: how long its book usually rests, and for how many changes one side of it, so that a
// silence is doubted only when it is strange for this market. It measures and suspects; SilenceWatch decides what to
// do. It outlives sockets, so that a subscription that is still dead is found again. Invariants: plain numbers, no
// allocation a frame; the rest that it lets pass unasked is never longer than 50 seconds in a market that changes at
// least once a minute.
export class Tempo {
  private beats = 0
  private lastBeat = -Infinity
  /** The longest rest of late, in microseconds; forgotten by a thousandth with every change. */
  private longestRest = 0
  /** When the last rest ended that was longer than a minute. */
  private longAt = 0
  /** Changes in a row that touched one side only, now and at most of late. */
  private bidRun = 0
  private askRun = 0
  private longestRun = 0

  /** The book changed. */
  beat(at: number, bids: boolean, asks: boolean): void {
    if (this.beats++ > 0) this.rested(at - this.lastBeat, at)
    this.lastBeat = at
    if (bids === asks) {
      this.endRuns()
    } else if (bids) {
      if (this.askRun > 0) this.endRuns()
      this.bidRun++
    } else {
      if (this.bidRun > 0) this.endRuns()
      this.askRun++
    }
  }

  /** The book was replaced or lost: the rest until now teaches nothing. */
  rest(at: number): void {
    this.lastBeat = at
    this.bidRun = 0
    this.askRun = 0
  }

  /** How long the book has rested, in microseconds. */
  resting(at: number): number {
    return at - this.lastBeat
  }

  /** The rest, in microseconds, beyond which the venue has to be asked whether the market moved on. */
  get patience(): number {
    const { longestRest } = this
    // quieter than once a minute: what is usual there is longer than what would be strange elsewhere
    if (longestRest >= MINUTE) return Math.min(2 * longestRest, LONGEST)
    const strange = STRANGE * longestRest
    if (this.beats >= LEARNT && strange < UNKNOWN) return Math.max(SHORTEST, strange)
    return Math.min(Math.max(UNKNOWN, 1.25 * longestRest), WITHIN_A_MINUTE)
  }

  /** The silence in words. */
  describe(at: number): string {
    const rest = `no change for ${seconds(this.resting(at))} s`
    return this.beats < LEARNT ? rest : `${rest}, where ${seconds(this.longestRest)} s is the longest of late`
  }

  /** One side has not moved for strangely many changes of the other. In words, or null. */
  frozen(): string | null {
    const run = Math.max(this.bidRun, this.askRun)
    if (this.beats < LEARNT || run < SHORTEST_RUN || run < STRANGE * this.longestRun) return null
    return `${run} changes of the ${this.bidRun > 0 ? "bids" : "asks"} and none of the other side`
  }

  /** The frozen side was asked about: the same is suspected again only after LENIENCE times as many changes. */
  asked(): void {
    this.longestRun = Math.max(this.longestRun, (Math.max(this.bidRun, this.askRun) * LENIENCE) / STRANGE)
  }

  /** A market that was quiet all night must not be taken for a quiet one all morning. */
  private rested(rest: number, at: number): void {
    if (rest >= MINUTE) this.longAt = at
    else if (this.longestRest >= MINUTE && at - this.longAt > LATELY) this.longestRest = MINUTE - 1
    this.longestRest = Math.max(this.longestRest * FORGET, rest)
  }

  private endRuns(): void {
    this.longestRun = Math.max(this.longestRun * FORGET, this.bidRun, this.askRun)
    this.bidRun = 0
    this.askRun = 0
  }
}

/** The longest that a book may go unasked, whatever its market; a tenth of ten minutes is left for the asking. */
export const LONGEST = 540_000_000

/** Changes after which a market is known. */
const LEARNT = 200
const FORGET = 0.999
const STRANGE = 16
const LENIENCE = 4
/** Microseconds. */
const SHORTEST = 6_000_000
const UNKNOWN = 30_000_000
export const WITHIN_A_MINUTE = 50_000_000
export const MINUTE = 60_000_000
/** Without a rest of a minute for so long, a market is one that changes at least once a minute. */
const LATELY = 300_000_000
const SHORTEST_RUN = 500

const seconds = (micros: number): string => (micros / 1_000_000).toFixed(1)
