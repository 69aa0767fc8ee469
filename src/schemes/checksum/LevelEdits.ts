// Owns the newest changes of one side of a book, by rank, so that who keeps something beside each of the best levels
// (the parts of a checksum) can do to it what was done to the levels. Only few are kept: who comes later starts over.
// Invariant: done in order, the edits make of the ranks before the first of them the ranks after the last. That the
// worst levels were cut off is no edit, since no other level moves by it.

/** What was done at a rank: its level was set again, one was put in, or one was taken out. */
export const SET = 0
export const PUT = 1
export const TAKEN = 2
type Deed = typeof SET | typeof PUT | typeof TAKEN

/** Most frames change fewer levels of a side than this. */
export const KEPT = 32

export class LevelEdits {
  /** Edits so far; those that were not kept count as more than are kept. */
  total = 0
  private readonly ring = new Int32Array(KEPT)

  note(deed: Deed, rank: number): void {
    this.ring[this.total++ % KEPT] = rank * 4 + deed
  }

  /** The side is another: nothing that was kept beside it holds. */
  anew(): void {
    this.total += KEPT + 1
  }

  /** True if all edits since a total are kept. */
  keeps(since: number): boolean {
    return this.total - since <= KEPT
  }

  /** The edit that came when so many had been: four times the rank, and what was done. */
  at(total: number): number {
    return this.ring[total % KEPT]!
  }
}
