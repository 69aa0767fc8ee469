// Owns a market's own tempo: how long its book usually rests, and for how many changes one side of it, so that a silence is
// called strange only where it is strange for this market. A quiet market teaches long rests and is left alone. It measures
// and suspects; what to do is the mediator's. It outlives sockets, so that a subscription that is still dead is found again.
// Invariants: plain numbers, no allocation a frame; nothing is suspected before SHORTEST, nor in a market of which little is
// known, but for a silence that would be strange in most.
export class Tempo {
  private beats = 0
  private lastBeat = 0
  /** The longest rest of late, in microseconds; forgotten by a thousandth with every change. */
  private longestRest = 0
  /** Changes in a row that touched one side only, now and at most of late. */
  private bidRun = 0
  private askRun = 0
  private longestRun = 0

  /** The book changed. */
  beat(at: number, bids: boolean, asks: boolean): void {
    if (this.beats++ > 0) this.longestRest = Math.max(this.longestRest * FORGET, at - this.lastBeat)
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

  /** The silence is strange for this market: its subscription may be dead although its socket lives. In words, or null. */
  silent(at: number): string | null {
    const rest = at - this.lastBeat
    if (this.beats < GLIMPSED) return null
    if (this.beats < LEARNT && (rest < LONG || rest < VERY_STRANGE * this.longestRest)) return null
    if (rest < SHORTEST || rest < STRANGE * this.longestRest) return null
    return `no change for ${seconds(rest)} s, where ${seconds(this.longestRest)} s is the longest of late`
  }

  /** One side has not moved for strangely many changes of the other. In words, or null. */
  frozen(): string | null {
    const run = Math.max(this.bidRun, this.askRun)
    if (this.beats < LEARNT || run < SHORTEST_RUN || run < STRANGE * this.longestRun) return null
    return `${run} changes of the ${this.bidRun > 0 ? "bids" : "asks"} and none of the other side`
  }

  /**
   * The suspicion was acted upon. It may have been wrong, and the market quiet from now on, so the same is suspected again
   * only after LENIENCE times as long.
   */
  acted(at: number): void {
    this.longestRest = Math.max(this.longestRest, ((at - this.lastBeat) * LENIENCE) / STRANGE)
    this.longestRun = Math.max(this.longestRun, (Math.max(this.bidRun, this.askRun) * LENIENCE) / STRANGE)
    this.rest(at)
  }

  private endRuns(): void {
    this.longestRun = Math.max(this.longestRun * FORGET, this.bidRun, this.askRun)
    this.bidRun = 0
    this.askRun = 0
  }
}

/** Changes after which a market is known, and after which at least something is. */
const LEARNT = 200
const GLIMPSED = 30
const FORGET = 0.999
const STRANGE = 16
const VERY_STRANGE = 64
const LENIENCE = 4
/** Microseconds. */
const SHORTEST = 6_000_000
const LONG = 60_000_000
const SHORTEST_RUN = 500

const seconds = (micros: number): string => (micros / 1_000_000).toFixed(1)
