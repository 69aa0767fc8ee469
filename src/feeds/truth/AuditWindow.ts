// Owns what a book looked like over a short time: every size that each price had, so that a copy of the book taken
// somewhere within that time by somebody else can be held against it although neither stood still. Invariant: a price
// is held to differ only if the copy shows what this book never showed in all the time; what was in motion is not
// judged.
import { numberOf } from "../../domain/Decimal.ts"
import type { Levels } from "../../schemes/Instruction.ts"
import type { BookView } from "../../schemes/TranslationScheme.ts"

/** Levels a side that are compared; beyond them venues cut differently. */
const COMPARED = 100
/** Levels a side that are remembered, so that those which rise into the compared ones are known. */
const REMEMBERED = 400

/** Changes that one window keeps; a market with more in so short a time can't be judged. */
const MAX_CHANGES = 100_000

/** Most prices have one size in all the time: they need no set. */
type Sizes = Map<number, number | Set<number>>

/** One price at which the copy disagrees. */
export interface Difference {
  readonly side: "bid" | "ask"
  readonly price: number
  readonly theirs: number
}

/** A stretch of the venue's and our time that is too lively to judge a price by that changed in it; microseconds. */
export interface Bustle {
  readonly at: number
  readonly within: number
}

/** One side: its levels at the beginning as price and size in turn, and its changes as price, size and time in turn. */
interface Side {
  readonly begun: Float64Array
  readonly changes: Array<number>
}

export class AuditWindow {
  private readonly bids: Side
  private readonly asks: Side
  /** Prices better than this were all remembered; beyond it nothing is known. */
  private readonly lastBid: number
  private readonly lastAsk: number
  /** The book was replaced meanwhile, or changed too much: nothing can be said. */
  spoilt = false

  constructor(book: BookView, remembered = REMEMBERED) {
    const bids = new Float64Array(2 * Math.min(book.bidLevels, remembered))
    const asks = new Float64Array(2 * Math.min(book.askLevels, remembered))
    for (let i = 0; i < bids.length; i += 2) {
      bids[i] = book.bidPrice(i / 2)
      bids[i + 1] = book.bidSize(i / 2)
    }
    for (let i = 0; i < asks.length; i += 2) {
      asks[i] = book.askPrice(i / 2)
      asks[i + 1] = book.askSize(i / 2)
    }
    this.bids = { begun: bids, changes: [] }
    this.asks = { begun: asks, changes: [] }
    this.lastBid = book.bidLevels > remembered ? book.bidPrice(remembered - 1) : 0
    this.lastAsk = book.askLevels > remembered ? book.askPrice(remembered - 1) : Number.POSITIVE_INFINITY
  }

  /** Changes of the book as they are applied. They are only written down: most windows are never compared. */
  saw(bids: Levels, asks: Levels, at: number): void {
    if (this.spoilt) return
    note(this.bids.changes, bids, at)
    note(this.asks.changes, asks, at)
    if (this.noted <= MAX_CHANGES) return
    this.spoilt = true
    this.bids.changes.length = 0
    this.asks.changes.length = 0
  }

  /** Changes that are kept. */
  get noted(): number {
    return (this.bids.changes.length + this.asks.changes.length) / 3
  }

  /** Where a copy, best first, disagrees; `complete`: it is the whole side and not the best so many. */
  differences(bids: Levels, asks: Levels, complete: boolean, bustle: Bustle | null = null): ReadonlyArray<Difference> {
    return [
      ...compare("bid", sizesOf(this.bids), bids, complete, (price) => price >= this.lastBid),
      ...compare("ask", sizesOf(this.asks), asks, complete, (price) => price <= this.lastAsk)
    ].filter(({ side, price }) => bustle === null || !moved(side === "bid" ? this.bids : this.asks, price, bustle))
  }
}

const note = (changes: Array<number>, levels: Levels, at: number): void => {
  for (let i = 0; i < levels.length; i++) changes.push(numberOf(levels[i]![0]), numberOf(levels[i]![1]), at)
}

const moved = ({ changes }: Side, price: number, { at, within }: Bustle): boolean => {
  for (let i = 0; i < changes.length; i += 3) {
    if (changes[i] === price && Math.abs(changes[i + 2]! - at) <= within) return true
  }
  return false
}

/** Every size that each price had. One seen for the first time had nothing before. */
const sizesOf = ({ begun, changes }: Side): Sizes => {
  const sizes: Sizes = new Map()
  for (let i = 0; i < begun.length; i += 2) sizes.set(begun[i]!, begun[i + 1]!)
  for (let i = 0; i < changes.length; i += 3) {
    const price = changes[i]!
    const now = changes[i + 1]!
    const known = sizes.get(price)
    if (known === undefined) sizes.set(price, new Set([0, now]))
    else if (typeof known === "object") known.add(now)
    else if (known !== now) sizes.set(price, new Set([known, now]))
  }
  return sizes
}

const had = (sizes: number | Set<number> | undefined, size: number): boolean =>
  typeof sizes === "object" ? sizes.has(size) : sizes === size

const compare = (
  side: "bid" | "ask",
  ours: Sizes,
  levels: Levels,
  complete: boolean,
  known: (price: number) => boolean
): ReadonlyArray<Difference> => {
  const theirs = levels.slice(0, COMPARED).map(([price, size]) => [numberOf(price), numberOf(size)] as const)
  const differing: Array<Difference> = []
  const shown = new Set<number>()
  for (const [price, size] of theirs) {
    shown.add(price)
    if (!known(price)) continue
    if (!had(ours.get(price), size)) differing.push({ side, price, theirs: size })
  }
  const last = theirs.at(-1)?.[0]
  const within = (price: number): boolean => {
    if (complete && levels.length <= COMPARED) return true
    return last !== undefined && (side === "bid" ? price > last : price < last)
  }
  for (const [price, sizes] of ours) {
    if (!had(sizes, 0) && !shown.has(price) && within(price)) differing.push({ side, price, theirs: 0 })
  }
  return differing
}
