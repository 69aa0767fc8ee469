// Owns one side of a client's copy of a book: its levels as exact decimal text, best first. Which changes may be
// applied is LocalBook's. Plain code that runs in browsers too. Invariant: levels are strictly sorted by the exact
// value of their price, however many digits it has, and no size is zero.
import { canonical, isNonZero, toNumber } from "../domain/Decimal.ts"

/** A level as clients see it: canonical decimal text. */
export type TextLevel = readonly [price: string, size: string]

export class PriceLevels {
  /** 1 where the highest price is the best. */
  private readonly sign: 1 | -1
  /** The price of each level times `sign`, as near as a double comes to it. */
  private keys: Array<number> = []
  private levels: Array<TextLevel> = []

  constructor(side: "bids" | "asks") {
    this.sign = side === "bids" ? 1 : -1
  }

  /** The best `depth` levels, best first. */
  best(depth: number): ReadonlyArray<TextLevel> {
    return this.levels.slice(0, Math.max(0, depth))
  }

  /** Replaces all levels, whatever their order. */
  load(levels: ReadonlyArray<TextLevel>): void {
    this.keys = []
    this.levels = []
    this.apply(levels)
  }

  /** Sets levels, and removes those whose size is zero, in the order given; what has no price or size is left out. */
  apply(levels: ReadonlyArray<TextLevel>): void {
    for (const [price, size] of levels) if (toNumber(price) > 0 && toNumber(size) >= 0) this.set(canonical(price), size)
  }

  private set(price: string, size: string): void {
    const key = toNumber(price) * this.sign
    const at = this.find(key, price)
    const known = this.levels[at]?.[0] === price
    if (!isNonZero(size)) {
      if (!known) return
      this.keys.splice(at, 1)
      this.levels.splice(at, 1)
    } else if (known) {
      this.levels[at] = [price, canonical(size)]
    } else {
      this.keys.splice(at, 0, key)
      this.levels.splice(at, 0, [price, canonical(size)])
    }
  }

  /** The first level that is no better than this price. */
  private find(key: number, price: string): number {
    let low = 0
    let high = this.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.keys[middle]!
      // decimals beyond 15 digits may share a double: their texts decide
      const isBetter = other === key ? compared(this.levels[middle]![0], price) * this.sign > 0 : other > key
      if (isBetter) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Above zero where canonical `a` is more than canonical `b`, neither below zero. */
const compared = (a: string, b: string): number => {
  const wholes = wholeDigits(a) - wholeDigits(b)
  return wholes !== 0 ? wholes : a === b ? 0 : a > b ? 1 : -1
}

const wholeDigits = (text: string): number => {
  const point = text.indexOf(".")
  return point < 0 ? text.length : point
}
