// Owns the memory of a market's newest trades, each with a mark that tells it from another of the same id. Invariants:
// it holds REMEMBERED trades at most, the oldest leaves first, and no trade costs an object.

/** A reconnect or a handover repeats a few seconds of trades at most. */
const REMEMBERED = 512

export class TradeMemory {
  private readonly marks = new Map<string | number, number>()
  private lowest = Infinity
  private newest = -Infinity
  /** Counts the frames of trades, a mark for trades that have no id. */
  frame = 0

  /** Notes a trade; false if this very one is known already. */
  isNew(id: string | number, mark: number): boolean {
    if (this.marks.get(id) === mark) return false
    this.note(id, mark)
    return true
  }

  note(id: string | number, mark: number): void {
    this.marks.delete(id)
    this.marks.set(id, mark)
    if (mark > this.newest) this.newest = mark
    if (typeof id === "number" && id < this.lowest) this.lowest = id
    if (this.marks.size <= REMEMBERED) return
    const oldest = this.marks.keys().next().value!
    this.marks.delete(oldest)
    // ids of a dense count leave in order, so the next oldest is the lowest that is left
    if (oldest === this.lowest) this.lowest = Number(this.marks.keys().next().value)
  }

  markOf(id: string | number): number | undefined {
    return this.marks.get(id)
  }

  get isEmpty(): boolean {
    return this.marks.size === 0
  }

  /** Where marks are times: the newest; -Infinity before the first. */
  get newestTime(): number {
    return this.newest
  }

  /** Where ids rise by one: the lowest that is remembered. */
  get lowestId(): number {
    return this.lowest
  }

  clear(): void {
    this.marks.clear()
    this.lowest = Infinity
    this.newest = -Infinity
  }
}
