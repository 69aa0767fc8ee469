// Owns one sorted side of an order book, as flat arrays of doubles: a sort key and a size a level, the best level at the
// end, where nearly all changes happen and an insertion moves least. A decimal that a double can't carry faithfully keeps
// its text beside the arrays; a book whose checksum is made of wire text keeps the text of every level.
// Invariant: keys rise strictly, every size is above zero, and level i always prints back to what the venue sent.
import { isFaithful, numberOf, type Numeric } from "../domain/Decimal.ts"
import type { Levels } from "../schemes/Instruction.ts"

const FIRST_CAPACITY = 32
/** Levels looked at one by one from the top before the search halves: most changes are within these. */
const NEAR = 6

/** What may stand in a book or a trade: prices above zero, sizes at or above it, both finite. */
export const isPrice = (price: number): boolean => price > 0 && price < Infinity
export const isSize = (size: number): boolean => size >= 0 && size < Infinity

/** The texts of a level; undefined where the number is faithful. */
interface Texts {
  price: string | undefined
  size: string | undefined
}

export class BookSide {
  /** Sort keys, worst first: the price for bids, its negative for asks. */
  private keys = new Float64Array(FIRST_CAPACITY)
  private sizes = new Float64Array(FIRST_CAPACITY)
  private count = 0
  private readonly sign: 1 | -1
  private readonly wire: Array<readonly [Numeric, Numeric]> | null
  private readonly exact = new Map<number, Texts>()
  /** Levels refused because a price was not above zero, or a size was no decimal at or above zero. */
  invalid = 0

  constructor(side: "bid" | "ask", keepsText: boolean) {
    this.sign = side === "bid" ? 1 : -1
    this.wire = keepsText ? [] : null
  }

  get length(): number {
    return this.count
  }

  /** Price of the level at `rank`, 0 being the best; NaN beyond the end. */
  price(rank: number): number {
    const i = this.count - 1 - rank
    return i >= 0 ? this.keys[i]! * this.sign : NaN
  }

  size(rank: number): number {
    const i = this.count - 1 - rank
    return i >= 0 ? this.sizes[i]! : NaN
  }

  /** The level at `rank` as it stood on the wire where that is kept, else as faithful as its number. */
  text(rank: number): readonly [price: Numeric, size: Numeric] {
    const i = this.count - 1 - rank
    if (this.wire !== null) return this.wire[i]!
    const key = this.keys[i]!
    const texts = this.exact.size === 0 ? undefined : this.exact.get(key)
    return [texts?.price ?? key * this.sign, texts?.size ?? this.sizes[i]!]
  }

  clear(): void {
    this.count = 0
    this.exact.clear()
    if (this.wire !== null) this.wire.length = 0
  }

  /** Sets or removes each level, in order. */
  apply(levels: Levels): void {
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!
      this.set(level[0], level[1])
    }
  }

  /** Fills an empty side. Levels sent best first are taken from behind, so that each is appended, not inserted. */
  load(levels: Levels): void {
    const last = levels.length - 1
    const bestFirst = last > 0 && (Number(levels[0]![0]) - Number(levels[last]![0])) * this.sign > 0
    if (!bestFirst) return this.apply(levels)
    for (let i = last; i >= 0; i--) this.set(levels[i]![0], levels[i]![1])
  }

  /** Drops the worst levels beyond `depth` and names their prices, or null when there are none. */
  truncate(depth: number): ReadonlyArray<Numeric> | null {
    const excess = this.count - depth
    if (excess <= 0) return null
    const dropped = Array.from({ length: excess }, (_, i) => this.text(this.count - 1 - i)[0])
    if (this.exact.size > 0) for (let i = 0; i < excess; i++) this.exact.delete(this.keys[i]!)
    this.keys.copyWithin(0, excess, this.count)
    this.sizes.copyWithin(0, excess, this.count)
    this.wire?.splice(0, excess)
    this.count = depth
    return dropped
  }

  private set(price: Numeric, size: Numeric): void {
    const p = numberOf(price)
    const s = numberOf(size)
    if (!isPrice(p) || !isSize(s)) {
      this.invalid++
      return
    }
    const key = p * this.sign
    const at = this.find(key)
    const known = at < this.count && this.keys[at] === key
    if (s === 0) {
      if (known) this.remove(at, key)
      return
    }
    if (!known) this.open(at)
    this.keys[at] = key
    this.sizes[at] = s
    if (this.wire !== null) this.wire[at] = [price, size]
    else this.keepExact(key, price, size)
  }

  /** Index of the first key that is not below `key`. */
  private find(key: number): number {
    const keys = this.keys
    let high = this.count
    const near = high > NEAR ? high - NEAR : 0
    while (high > near) {
      if (keys[high - 1]! < key) return high
      high--
    }
    let low = 0
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  private open(at: number): void {
    if (this.count === this.keys.length) this.grow()
    // moving a few doubles by hand is cheaper than the call that moves many
    if (this.count - at <= 16) {
      for (let i = this.count; i > at; i--) {
        this.keys[i] = this.keys[i - 1]!
        this.sizes[i] = this.sizes[i - 1]!
      }
    } else {
      this.keys.copyWithin(at + 1, at, this.count)
      this.sizes.copyWithin(at + 1, at, this.count)
    }
    this.wire?.splice(at, 0, ["", ""])
    this.count++
  }

  private remove(at: number, key: number): void {
    if (this.count - at <= 16) {
      for (let i = at + 1; i < this.count; i++) {
        this.keys[i - 1] = this.keys[i]!
        this.sizes[i - 1] = this.sizes[i]!
      }
    } else {
      this.keys.copyWithin(at, at + 1, this.count)
      this.sizes.copyWithin(at, at + 1, this.count)
    }
    this.wire?.splice(at, 1)
    if (this.exact.size > 0) this.exact.delete(key)
    this.count--
  }

  private grow(): void {
    const capacity = Math.ceil(this.keys.length * 1.5)
    const keys = new Float64Array(capacity)
    const sizes = new Float64Array(capacity)
    keys.set(this.keys)
    sizes.set(this.sizes)
    this.keys = keys
    this.sizes = sizes
  }

  private keepExact(key: number, price: Numeric, size: Numeric): void {
    const priceText = typeof price === "string" && !isFaithful(price) ? price : undefined
    const sizeText = typeof size === "string" && !isFaithful(size) ? size : undefined
    if (priceText !== undefined || sizeText !== undefined) this.exact.set(key, { price: priceText, size: sizeText })
    else if (this.exact.size > 0) this.exact.delete(key)
  }
}
