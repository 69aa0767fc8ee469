// Owns the audit of a book that its venue repeats whole from time to time (bitFlyer): each repetition is held against
// what the changes since the last one had made of the book. The repetition has replaced the book by then, so a
// difference is repaired already; here it is counted and reported. Invariants: repetitions may run ahead of changes by
// SETTLED, so they are judged only when that has passed; and a price that moved so shortly before or after is not
// judged, since a venue that sends changes in batches shows sizes in between that no change ever had.
import { passed } from "../../domain/passed.ts"
import type { Levels } from "../../schemes/Instruction.ts"
import type { BookView } from "../../schemes/TranslationScheme.ts"
import type { FeedExchange } from "../core/FeedExchange.ts"
import { reasonOf } from "../core/StatusReason.ts"
import { AuditWindow } from "./AuditWindow.ts"

/** Levels a side that are held against each other. */
const COMPARED = 25
/** Levels a side that are remembered, so that those which rise into the compared ones are known. */
const REMEMBERED = 4 * COMPARED
/** Microseconds. */
const SETTLED = 1_000_000

export class SnapshotAudit {
  private readonly exchange: FeedExchange
  private window: AuditWindow | null = null
  private due: {
    readonly window: AuditWindow
    readonly bids: Levels
    readonly asks: Levels
    readonly at: number
  } | null = null

  constructor(exchange: FeedExchange) {
    this.exchange = exchange
  }

  /** The book was lost: what comes next is held against nothing. */
  forget(): void {
    this.window = null
    this.due = null
  }

  /** The book was just replaced by its repetition. */
  repeated(book: BookView, at: number): void {
    const bids = Array.from({ length: Math.min(book.bidLevels, COMPARED) }, (_, rank) => book.bidText(rank))
    const asks = Array.from({ length: Math.min(book.askLevels, COMPARED) }, (_, rank) => book.askText(rank))
    if (this.window !== null) this.due = { window: this.window, bids, asks, at }
    this.window = new AuditWindow(book, REMEMBERED)
  }

  saw(bids: Levels, asks: Levels, at: number): void {
    this.window?.saw(bids, asks, at)
    if (this.due === null) return
    if (passed(this.due.at, at) < SETTLED) return this.due.window.saw(bids, asks, at)
    const { window, bids: theirBids, asks: theirAsks, at: repeated } = this.due
    this.due = null
    if (window.spoilt) return
    this.exchange.counts.audits++
    const [first] = window.differences(theirBids, theirAsks, false, { at: repeated, within: SETTLED })
    if (first === undefined) return
    this.exchange.counts.audit_differences++
    const detail = `the repeated book had ${first.theirs} at ${first.side} ${first.price}; it is mended`
    this.exchange.report(reasonOf({ reason: "audit", detail }), at)
  }
}
