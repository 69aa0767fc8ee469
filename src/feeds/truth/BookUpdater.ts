// Owns what a snapshot or a change does to one market's book and its label: applies it, cuts it to its window, has it
// proven, and passes it on. What has to be done when the book turns out to be wrong is the mediator's: every method
// gives the trouble it found. Hot path: plain synchronous code. Invariant: `live` is signalled only when the book is
// whole, proven, readable, not crossed, not empty, and confirmed by the stream where an earlier subscription died
// silently.
import type { ChangesInstruction, Levels, SnapshotInstruction } from "../../schemes/Instruction.ts"
import type { Session, TranslationScheme, Trouble } from "../../schemes/TranslationScheme.ts"
import { BestQuote } from "../book/BestQuote.ts"
import type { OrderBook } from "../book/OrderBook.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { reasonOf, type StatusReason } from "../core/StatusReason.ts"
import type { AuditWindow } from "./AuditWindow.ts"
import { BookFault, troubleOf } from "./BookFault.ts"
import type { MarketMemory } from "./MarketMemory.ts"
import type { SilenceWatch } from "./SilenceWatch.ts"
import { SnapshotAudit } from "./SnapshotAudit.ts"

export class BookUpdater {
  private readonly scheme: TranslationScheme
  private readonly symbol: string
  private readonly book: OrderBook
  private readonly exchange: FeedExchange
  private readonly memory: MarketMemory
  private readonly silence: SilenceWatch
  private readonly repetitions: SnapshotAudit | null
  private readonly bestQuote = new BestQuote()
  /** Every change is noted in them, while somebody compares the book. */
  private windows: ReadonlyArray<AuditWindow> = []
  /** Levels a side that the book is cut to. */
  private window: number | null
  private crossedFrames = 0
  /** Refused levels of this book that were noticed; the counter goes on through every reconnect. */
  private noticed = 0
  /** Frames that changed or confirmed the book, to see whether any came within a time. */
  frames = 0
  /** The book is the sum of a snapshot and every change since. */
  synced = false

  constructor(
    scheme: TranslationScheme,
    symbol: string,
    book: OrderBook,
    exchange: FeedExchange,
    memory: MarketMemory,
    silence: SilenceWatch
  ) {
    this.scheme = scheme
    this.symbol = symbol
    this.book = book
    this.exchange = exchange
    this.memory = memory
    this.silence = silence
    this.window = scheme.window
    this.repetitions = scheme.audit === "repetitions" ? new SnapshotAudit(exchange) : null
  }

  get isCrossed(): boolean {
    return this.crossedFrames > 0
  }

  /** The book is no longer what it was held for. */
  lost(): void {
    this.synced = false
    this.repetitions?.forget()
    this.crossedFrames = 0
  }

  open(window: AuditWindow): void {
    this.windows = [...this.windows, window]
  }

  close(window: AuditWindow): void {
    this.windows = this.windows.filter((one) => one !== window)
  }

  /** `byRest`: it did not come on the stream, and proves no subscription alive. */
  snapshot(instruction: SnapshotInstruction, byRest: boolean, at: number, session: Session): Trouble | null {
    const { book, exchange } = this
    for (const window of this.windows) window.spoilt = true
    if (this.synced) this.silence.beat(at, true, true)
    else this.silence.rest(at)
    let { bids, asks } = instruction
    let isWhole = book.load(bids, asks)
    this.window = instruction.window ?? this.scheme.window
    if (this.window !== null) {
      if (book.truncateBids(this.window) !== null) isWhole = false
      if (book.truncateAsks(this.window) !== null) isWhole = false
    }
    const trouble = this.unreadable() ?? this.disproved(instruction.proof, session, at)
    if (trouble !== null) return trouble
    if (!byRest) this.confirmed()
    if (!this.synced) {
      this.synced = true
      this.memory.waited(true)
      exchange.epoch++
      if (this.silence.cameAgain(book, at)) exchange.report(CAME_AGAIN, at)
    }
    if (this.repetitions !== null) {
      this.repetitions.repeated(book, at)
      this.silence.repeated(at)
    }
    // most venues send a book as it is passed on: then it need not be written again
    if (!isWhole && exchange.heard) {
      bids = book.bestBids(Infinity)
      asks = book.bestAsks(Infinity)
    }
    exchange.book("book_snapshot", bids, asks, instruction.time, at)
    return this.settle(instruction.time, at)
  }

  change(instruction: ChangesInstruction, at: number, session: Session): Trouble | null {
    if (!this.synced) return null
    const { book, exchange } = this
    let { bids, asks } = instruction
    book.apply(bids, asks)
    this.silence.beat(at, bids.length > 0, asks.length > 0)
    for (const window of this.windows) window.saw(bids, asks, at)
    if (this.repetitions !== null) this.repetitions.saw(bids, asks, at)
    if (this.window !== null) {
      bids = joined(bids, book.truncateBids(this.window))
      asks = joined(asks, book.truncateAsks(this.window))
    }
    const trouble = this.unreadable() ?? this.disproved(instruction.proof, session, at)
    if (trouble !== null) return trouble
    this.confirmed()
    if (bids.length > 0 || asks.length > 0) exchange.book("book_change", bids, asks, instruction.time, at)
    return this.settle(instruction.time, at)
  }

  /** Gives the book the label that it has earned, without a frame: as soon as the market's subscriptions are sent. */
  label(at: number): void {
    if (this.synced && this.crossedFrames === 0) this.show(at)
  }

  /** After a frame: a crossed book is doubted at once and repaired after its grace; any other is shown. */
  private settle(time: number | null, at: number): Trouble | null {
    const { book, exchange } = this
    if (this.bestQuote.moved(book)) this.bestQuote.report(exchange, book, time, at)
    if (!book.crossed) {
      if (this.crossedFrames > 0) exchange.crossed(false, at)
      this.crossedFrames = 0
      if (exchange.state !== "live" || book.isEmpty) this.show(at)
      return null
    }
    if (this.crossedFrames === 0) exchange.crossed(true, at)
    const trouble = troubleOf(BookFault.Crossed({ bid: book.bidPrice(0), ask: book.askPrice(0) }))
    if (++this.crossedFrames > this.scheme.crossedGrace) return trouble
    exchange.signal("doubted", reasonOf(trouble), at)
    return null
  }

  private show(at: number): void {
    const { book, exchange, memory, silence } = this
    silence.isEmpty = book.isEmpty
    if (silence.isEmpty) exchange.signal("halted", EMPTY, at)
    else if (!memory.unconfirmed) exchange.signal("synced", null, at)
    else exchange.signal("connected", UNCONFIRMED, at)
  }

  private confirmed(): void {
    this.frames++
    this.memory.unconfirmed = false
  }

  /** A level that can't be read, or that no double tells from another, leaves the book unknown. */
  private unreadable(): Trouble | null {
    const { book, exchange } = this
    if (book.invalid === this.noticed) return null
    exchange.counts.invalid_levels += book.invalid - this.noticed
    this.noticed = book.invalid
    return troubleOf(BookFault.UnreadableLevel({ level: book.invalidLevel }))
  }

  private disproved(proof: number | undefined, session: Session, at: number): Trouble | null {
    return proof === undefined ? null : session.prove(this.symbol, this.book, proof, at)
  }
}

const EMPTY: StatusReason = { code: "empty", text: "the venue shows an empty book" }
const UNCONFIRMED = reasonOf({
  reason: "silent",
  detail: "the last subscription died; waiting for a frame of the stream"
})
const CAME_AGAIN = reasonOf({
  reason: "silent",
  detail: "the book that was given up came again unchanged; the venue is asked about it less often"
})

/** The levels of a frame with those that it pushed out of the window, as removals. */
const joined = (levels: Levels, dropped: Levels | null): Levels => (dropped === null ? levels : [...levels, ...dropped])
