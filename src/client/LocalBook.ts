// Owns a copy of one market's book, made of what a stream with the channel `book_change` says. Whether the book is
// good is level4's own truth label, and this client's own connection. Invariant: while `whole`, the levels are exactly
// those of level4's book at `seq`; a change that does not fit is not applied, and the book is not whole until the next
// snapshot.
import type { FeedState } from "../domain/FeedState.ts"
import { PriceLevels, type TextLevel } from "./PriceLevels.ts"
import type { StreamValue } from "./StreamValue.ts"

/** States in which level4 itself holds no whole book: what it held is given up, and a snapshot will come. */
const PARTED: ReadonlySet<FeedState> = new Set<FeedState>([
  "connecting",
  "backoff",
  "resyncing",
  "rejected",
  "retired",
  "stopped"
])

export class LocalBook {
  readonly market_id: number
  /** The truth label as it was sent last; null before the first `status`. */
  state: FeedState | null = null
  /** Why it is not live, or why the book here is not whole; null when all is well. */
  reason: string | null = null
  epoch = 0
  /** The seq of the snapshot or change that the levels are of. */
  seq = 0
  /** True while the levels are the sum of a snapshot and every change since. */
  whole = false
  /** True while this market is heard. */
  connected = false
  private readonly bidLevels = new PriceLevels("bids")
  private readonly askLevels = new PriceLevels("asks")

  constructor(market_id: number) {
    this.market_id = market_id
  }

  /** True only when the book is good: whole, heard now, and level4 vouches for it. */
  get live(): boolean {
    return this.whole && this.connected && this.state === "live"
  }

  /** The best `depth` levels, best first, as `[price, size]`; all if left out. */
  bids(depth = Infinity): ReadonlyArray<TextLevel> {
    return this.bidLevels.best(depth)
  }

  asks(depth = Infinity): ReadonlyArray<TextLevel> {
    return this.askLevels.best(depth)
  }

  /** Takes in any value of a stream; true when the levels changed. Values of other markets are left alone. */
  apply(value: StreamValue): boolean {
    if (value.type === "disconnected") this.connected = false
    if (!("market_id" in value) || value.market_id !== this.market_id) return false
    if (!this.connected) {
      this.connected = true
      if (value.type !== "resume" || !value.resumed) this.part("what came meanwhile was not heard")
    }
    switch (value.type) {
      case "status":
        this.state = value.state
        this.reason = value.reason
        if (PARTED.has(value.state)) this.whole = false
        return false
      case "book_snapshot":
        return value.channel === undefined && this.load(value)
      case "book_change":
        return this.change(value)
      case "resume":
        if (!value.resumed) this.part(value.reason)
        return false
      case "skipped":
        if (value.channel === "book_change") this.part(`${value.count} events were skipped`)
        return false
      default:
        return false
    }
  }

  private load(snapshot: Extract<StreamValue, { type: "book_snapshot" }>): boolean {
    this.bidLevels.load(snapshot.bids)
    this.askLevels.load(snapshot.asks)
    this.epoch = snapshot.epoch
    this.seq = snapshot.seq
    this.whole = true
    return true
  }

  private change(change: Extract<StreamValue, { type: "book_change" }>): boolean {
    // known already: a snapshot that was asked for again is newer than what was on its way
    if (!this.whole || (change.epoch === this.epoch && change.seq <= this.seq)) return false
    if (change.epoch !== this.epoch) {
      this.part(`a change of epoch ${change.epoch} came without its snapshot, after epoch ${this.epoch}`)
      return false
    }
    this.bidLevels.apply(change.bids)
    this.askLevels.apply(change.asks)
    this.seq = change.seq
    return true
  }

  private part(reason: string | null): void {
    if (this.whole) this.reason = reason
    this.whole = false
  }
}
