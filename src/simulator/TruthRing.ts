// Owns the memory of what a market's best levels were: a bounded ring of fingerprints of the top of the book, each with
// the time at which it ceased to be true, so that an observer can tell a late book from a wrong one. It outlives
// restarts of the venue. Of the newest versions the levels themselves are kept, for venues that send a frame a level:
// what they show between two versions is true as well. Invariant: two books have the same fingerprint where their best
// levels are the same decimals, however written.
import { canonical } from "../domain/Decimal.ts"

export const TRUTH_DEPTH = 10
const KEPT = 2_048
/** Versions whose levels are kept, and how many of them: a large order may take thirty at once. */
const KEPT_BOOKS = 64
const KEPT_LEVELS = 40

type Side = ReadonlyArray<{ readonly price: string; readonly size: string }>

export class TruthRing {
  private readonly marks = new Float64Array(KEPT)
  private readonly ends = new Float64Array(KEPT)
  private next = 0
  private current = NaN
  /** The newest versions, newest last, each with the time at which it became true. */
  private readonly books: Array<{ readonly bids: Side; readonly asks: Side; readonly at: number }> = []

  /** The book of now; `at` in microseconds since 1970. */
  see(bids: Side, asks: Side, at: number): void {
    const last = this.books.at(-1)
    const same = (depth: number) =>
      last !== undefined && sameLevels(last.bids, bids, depth) && sameLevels(last.asks, asks, depth)
    if (same(KEPT_LEVELS)) return
    if (!same(TRUTH_DEPTH)) {
      this.marks[this.next % KEPT] = this.current
      this.ends[this.next % KEPT] = at
      this.next++
      this.current = fingerprint(bids, asks)
    }
    this.books.push({ bids: bids.slice(0, KEPT_LEVELS), asks: asks.slice(0, KEPT_LEVELS), at })
    if (this.books.length > KEPT_BOOKS) this.books.shift()
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

  /**
   * The same for a state between two versions that followed each other: some changes of the step made, others not yet.
   */
  ageBetween(bids: Side, asks: Side, at: number): number | null {
    for (let newer = this.books.length - 1; newer > 0; newer--) {
      const [before, after] = [this.books[newer - 1]!, this.books[newer]!]
      if (liesBetween(bids, before.bids, after.bids, -1) && liesBetween(asks, before.asks, after.asks, 1))
        return Math.max(0, (at - after.at) / 1000)
    }
    return null
  }
}

/** Every level shown was there before or after, and none is missing that was there before and after. */
const liesBetween = (shown: Side, before: Side, after: Side, sign: 1 | -1): boolean => {
  if (shown.length < TRUTH_DEPTH) return false
  const sizes = (side: Side) => new Map(side.map(({ price, size }) => [canonical(price), canonical(size)]))
  const [was, is] = [sizes(before), sizes(after)]
  const prices = new Set<string>()
  for (const { price, size } of shown.slice(0, TRUTH_DEPTH)) {
    const key = canonical(price)
    const value = canonical(size)
    if (was.get(key) !== value && is.get(key) !== value) return false
    prices.add(key)
  }
  const worst = sign * Number(shown[TRUTH_DEPTH - 1]!.price)
  for (const price of was.keys()) if (is.has(price) && !prices.has(price) && sign * Number(price) < worst) return false
  return true
}

/** Unchanged levels are the same objects from step to step. */
const sameLevels = (a: Side, b: Side, depth: number): boolean => {
  for (let i = 0; i < depth; i++) if (a[i] !== b[i]) return false
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
