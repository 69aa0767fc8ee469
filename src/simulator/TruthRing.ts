// Owns the memory of what a market's best levels were: a bounded ring of fingerprints of the top of the book, each with the
// time at which it ceased to be true, so that an observer can tell a late book from a wrong one. It outlives restarts of
// the venue. Invariant: two books have the same fingerprint where their best levels are the same decimals, however written.
import { canonical } from "../domain/Decimal.ts"

export const TRUTH_DEPTH = 10
const KEPT = 2_048

type Side = ReadonlyArray<{ readonly price: string; readonly size: string }>

export class TruthRing {
  private readonly marks = new Float64Array(KEPT)
  private readonly ends = new Float64Array(KEPT)
  private next = 0
  private current = NaN
  private bids: Side = []
  private asks: Side = []

  /** The book of now; `at` in microseconds since 1970. */
  see(bids: Side, asks: Side, at: number): void {
    if (sameTop(this.bids, bids) && sameTop(this.asks, asks)) return
    this.bids = bids
    this.asks = asks
    this.marks[this.next % KEPT] = this.current
    this.ends[this.next % KEPT] = at
    this.next++
    this.current = fingerprint(bids, asks)
  }

  /** How long ago these best levels were the true ones, in ms: 0 for now, null for never in memory. */
  age(bids: Side, asks: Side, at: number): number | null {
    const mark = fingerprint(bids, asks)
    if (mark === this.current) return 0
    for (let back = 1; back <= Math.min(KEPT, this.next); back++) {
      const index = (this.next - back) % KEPT
      if (this.marks[index] === mark) return Math.max(0, (at - this.ends[index]!) / 1000)
    }
    return null
  }
}

/** Unchanged levels are the same objects from step to step. */
const sameTop = (a: Side, b: Side): boolean => {
  for (let i = 0; i < TRUTH_DEPTH; i++) if (a[i] !== b[i]) return false
  return true
}

/** 53 bits of a text of canonical decimals. */
const fingerprint = (bids: Side, asks: Side): number => {
  const text = `${top(bids)}|${top(asks)}`
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2_654_435_761)
    low = Math.imul(low ^ code, 1_597_334_677)
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909)
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0)
}

const top = (side: Side): string => {
  let text = ""
  for (let i = 0; i < Math.min(TRUTH_DEPTH, side.length); i++) {
    text += `${canonical(side[i]!.price)}:${canonical(side[i]!.size)},`
  }
  return text
}
