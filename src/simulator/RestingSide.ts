// Owns one side of a matching engine's book: resting orders by price, first come first served at each. Prices and sizes
// are integers (ticks and lots); decimal text is made once a change. Who trades with whom is MatchingEngine's.
// Invariants: levels are sorted best first and never empty; the list of levels handed out is never changed afterwards.
import type { Listing, SimLevel } from "./Venue.ts"

interface Level {
  readonly tick: number
  readonly orders: Array<number>
  lots: number
  /** Null since its last change. */
  view: SimLevel | null
}

export class RestingSide {
  private readonly sign: 1 | -1
  private readonly listing: Listing
  private readonly levels: Array<Level> = []
  /** What each touched price was before this step; null where there was nothing. */
  private readonly touched = new Map<number, SimLevel | null>()
  views: ReadonlyArray<SimLevel> = []

  constructor(side: "bid" | "ask", listing: Listing) {
    this.sign = side === "bid" ? -1 : 1
    this.listing = listing
  }

  get length(): number {
    return this.levels.length
  }

  /** The price of a level by rank, in ticks; NaN beyond the last. */
  tick(rank: number): number {
    return this.levels[rank]?.tick ?? NaN
  }

  rest(tick: number, lots: number): void {
    const rank = this.rankOf(tick)
    let level = this.levels[rank]
    if (level?.tick !== tick) {
      level = { tick, orders: [], lots: 0, view: null }
      this.touch(tick, null)
      this.levels.splice(rank, 0, level)
    } else this.touch(tick, level)
    level.orders.push(lots)
    level.lots += lots
  }

  /** Takes up to `lots` from the oldest order of the best level; gives what was taken. */
  takeBest(lots: number): number {
    const level = this.levels[0]!
    this.touch(level.tick, level)
    const taken = Math.min(lots, level.orders[0]!)
    level.orders[0]! -= taken
    this.shrink(0, 0, taken)
    return taken
  }

  /** Takes `part` (0 < part ≤ 1) of one order back; `place` (0 ≤ place < 1) says which of the level. */
  cancel(rank: number, place: number, part: number): void {
    const level = this.levels[rank]!
    this.touch(level.tick, level)
    const index = Math.floor(place * level.orders.length)
    const gone = Math.ceil(level.orders[index]! * part)
    level.orders[index]! -= gone
    this.shrink(rank, index, gone)
  }

  /** The best level leaves the book. */
  dropBest(): void {
    const level = this.levels.shift()!
    this.touch(level.tick, level)
  }

  /** The worst level leaves the book. */
  dropWorst(): void {
    const level = this.levels.pop()!
    this.touch(level.tick, level)
  }

  /** What was set and removed since the last call, best first; what ended as it began is left out. */
  settle(): ReadonlyArray<SimLevel> {
    if (this.touched.size === 0) return []
    const ticks = [...this.touched.keys()].sort((a, b) => this.sign * (a - b))
    const changes: Array<SimLevel> = []
    for (const tick of ticks) {
      const before = this.touched.get(tick) ?? null
      const level = this.levels[this.rankOf(tick)]
      const now = level?.tick === tick ? this.viewOf(level) : null
      if (now?.size === before?.size && now?.orders === before?.orders) continue
      changes.push(now ?? { price: this.price(tick), size: this.size(0), orders: 0 })
    }
    this.touched.clear()
    if (changes.length > 0) this.views = this.levels.map((level) => this.viewOf(level))
    return changes
  }

  price(tick: number): string {
    return decimalText(tick * (this.listing.priceStep ?? 1), this.listing.priceDecimals)
  }

  size(lots: number): string {
    return decimalText(lots * (this.listing.sizeStep ?? 1), this.listing.sizeDecimals)
  }

  private viewOf(level: Level): SimLevel {
    return (level.view ??= { price: this.price(level.tick), size: this.size(level.lots), orders: level.orders.length })
  }

  private touch(tick: number, level: Level | null): void {
    if (!this.touched.has(tick)) this.touched.set(tick, level === null ? null : this.viewOf(level))
    if (level !== null) level.view = null
  }

  private shrink(rank: number, index: number, lots: number): void {
    const level = this.levels[rank]!
    level.lots -= lots
    if (level.orders[index] === 0) level.orders.splice(index, 1)
    if (level.orders.length === 0) this.levels.splice(rank, 1)
  }

  /** Where a price is, or would be. */
  private rankOf(tick: number): number {
    let low = 0
    let high = this.levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.sign * (this.levels[middle]!.tick - tick) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** An integer of the last decimal as plain decimal text: 10450 with 2 decimals is `104.50`. */
const decimalText = (units: number, decimals: number): string => {
  if (decimals === 0) return String(units)
  const text = String(units).padStart(decimals + 1, "0")
  return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
}
