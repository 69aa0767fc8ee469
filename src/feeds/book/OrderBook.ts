// Owns the two sides of one market's book and its best bid and ask. What may be applied, and whether the result is to
// be trusted, is the mediator's. Invariant: both sides are sorted and hold no zero sizes, whatever order, repetition
// or unknown deletion the venue sends.
import { canonical, type Numeric } from "../../domain/Decimal.ts"
import type { Levels } from "../../schemes/Instruction.ts"
import type { BookView } from "../../schemes/TranslationScheme.ts"
import { BookSide, type KeptLevel } from "./BookSide.ts"

/** A level as clients see it: canonical decimal text. */
export type TextLevel = readonly [price: string, size: string]

export class OrderBook implements BookView {
  private readonly bids: BookSide
  private readonly asks: BookSide

  constructor(keepsText: boolean) {
    this.bids = new BookSide("bid", keepsText)
    this.asks = new BookSide("ask", keepsText)
  }

  get bidLevels(): number {
    return this.bids.length
  }
  get askLevels(): number {
    return this.asks.length
  }
  /** Memory of both sides, about. */
  get bytes(): number {
    return this.bids.bytes + this.asks.bytes
  }
  get invalid(): number {
    return this.bids.invalid + this.asks.invalid
  }
  /** The newest level that was refused, as it stood on the wire. */
  get invalidLevel(): string {
    return this.bids.refused ?? this.asks.refused ?? ""
  }
  get isEmpty(): boolean {
    return this.bids.length === 0 && this.asks.length === 0
  }
  /** True when the best bid is not below the best ask. One-sided and empty books are not crossed. */
  get crossed(): boolean {
    return this.bids.price(0) >= this.asks.price(0)
  }

  bidPrice(rank: number): number {
    return this.bids.price(rank)
  }
  bidSize(rank: number): number {
    return this.bids.size(rank)
  }
  askPrice(rank: number): number {
    return this.asks.price(rank)
  }
  askSize(rank: number): number {
    return this.asks.size(rank)
  }
  get bidVersion(): number {
    return this.bids.version
  }
  get askVersion(): number {
    return this.asks.version
  }
  readBids(into: Float64Array): number {
    return this.bids.read(into)
  }
  readAsks(into: Float64Array): number {
    return this.asks.read(into)
  }
  bidText(rank: number): readonly [price: Numeric, size: Numeric] {
    return this.bids.text(rank)
  }
  askText(rank: number): readonly [price: Numeric, size: Numeric] {
    return this.asks.text(rank)
  }

  clear(): void {
    this.bids.clear()
    this.asks.clear()
  }

  /** Replaces the whole book, whatever the order of the levels; true if they are the book just as they were given. */
  load(bids: Levels, asks: Levels): boolean {
    this.clear()
    const asGiven = this.bids.load(bids)
    return this.asks.load(asks) && asGiven
  }

  /** Sets and removes levels of both sides, in the order given. */
  apply(bids: Levels, asks: Levels): void {
    if (bids.length > 0) this.bids.apply(bids)
    if (asks.length > 0) this.asks.apply(asks)
  }

  /**
   * Keeps the best `depth` levels of a side, for venues that leave this to the client; gives the dropped as removals.
   */
  truncateBids(depth: number): Levels | null {
    return removals(this.bids.truncate(depth))
  }
  truncateAsks(depth: number): Levels | null {
    return removals(this.asks.truncate(depth))
  }

  /** The best `depth` bids and asks as they are kept, best first. */
  bestBids(depth: number): Levels {
    return this.bids.best(depth)
  }
  bestAsks(depth: number): Levels {
    return this.asks.best(depth)
  }

  /** The best `depth` bids and asks as canonical text, best first. */
  bidTexts(depth: number): ReadonlyArray<TextLevel> {
    return this.bids.best(depth).map(canonicalLevel)
  }
  askTexts(depth: number): ReadonlyArray<TextLevel> {
    return this.asks.best(depth).map(canonicalLevel)
  }
}

const removals = (prices: ReadonlyArray<Numeric> | null): Levels | null =>
  prices?.map((price) => [price, 0] as const) ?? null

const canonicalLevel = ([price, size]: KeptLevel): TextLevel => [canonical(price), canonical(size)]
