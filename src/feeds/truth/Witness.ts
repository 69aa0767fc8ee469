// Owns what a book looked like over a short time: every size that each price had, so that a copy of the book taken
// somewhere within that time by somebody else can be held against it although neither stood still. Invariant: a price is
// held to differ only if the copy shows what this book never showed in all the time; what was in motion is not judged.
import { numberOf } from "../../domain/Decimal.ts"
import type { Levels } from "../../schemes/Instruction.ts"
import type { BookView } from "../../schemes/TranslationScheme.ts"

/** Levels a side that are compared; beyond them venues cut differently. */
const COMPARED = 100
/** Levels a side that are remembered, so that those which rise into the compared ones are known. */
const REMEMBERED = 400

/** Most prices have one size in all the time: they need no set. */
type Sizes = Map<number, number | Set<number>>

/** One price at which the copy disagrees. */
export interface Difference {
  readonly side: "bid" | "ask"
  readonly price: number
  readonly theirs: number
}

export class Witness {
  private readonly bids: Sizes = new Map()
  private readonly asks: Sizes = new Map()
  /** Prices better than this were all remembered; beyond it nothing is known. */
  private readonly lastBid: number
  private readonly lastAsk: number
  /** The book was replaced meanwhile: nothing can be said. */
  spoilt = false

  constructor(book: BookView, remembered = REMEMBERED) {
    const bids = Math.min(book.bidLevels, remembered)
    const asks = Math.min(book.askLevels, remembered)
    for (let i = 0; i < bids; i++) this.bids.set(book.bidPrice(i), book.bidSize(i))
    for (let i = 0; i < asks; i++) this.asks.set(book.askPrice(i), book.askSize(i))
    this.lastBid = book.bidLevels > remembered ? book.bidPrice(remembered - 1) : 0
    this.lastAsk = book.askLevels > remembered ? book.askPrice(remembered - 1) : Number.POSITIVE_INFINITY
  }

  /** Changes of the book as they are applied. */
  saw(bids: Levels, asks: Levels): void {
    note(this.bids, bids)
    note(this.asks, asks)
  }

  /** Where a copy, best first, disagrees; `complete`: it is the whole side and not the best so many. */
  differences(bids: Levels, asks: Levels, complete: boolean): ReadonlyArray<Difference> {
    return [
      ...compare("bid", this.bids, bids, complete, (price) => price >= this.lastBid),
      ...compare("ask", this.asks, asks, complete, (price) => price <= this.lastAsk)
    ]
  }
}

/** A price seen for the first time had nothing before. */
const note = (sizes: Sizes, levels: Levels): void => {
  for (const [price, size] of levels) {
    const at = numberOf(price)
    const now = numberOf(size)
    const known = sizes.get(at)
    if (known === undefined) sizes.set(at, new Set([0, now]))
    else if (typeof known === "object") known.add(now)
    else if (known !== now) sizes.set(at, new Set([known, now]))
  }
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
