// Owns what a Bitstamp subscription knows of one market's book: the diffs that wait for a REST book, whether a REST
// book is proven to join on to them, the reseeds of a live book, and the venue's best 100 that it is compared with.
// Frames and channels are Bitstamp.ts's. Only the engine's stamps count; our clock spaces the questions and proves
// nothing.
// Invariant: a REST book is taken only if a diff received on this subscription is at or before the book's own stamp, so
// that nothing is missing between the two, and every diff after the stamp is applied on it.
import { passed } from "../../domain/passed.ts"
import type { Book } from "./BitstampWire.ts"
import { NOTHING, type ChangesInstruction, type Instruction, type Instructions } from "../Instruction.ts"
import { OldIds, markOf } from "../rules/OldIds.ts"
import { matchesTop } from "../rules/matchesTop.ts"
import { priced } from "../rules/priced.ts"
import type { BookView, Trouble } from "../TranslationScheme.ts"

/** A change with its stamp, microseconds of the venue's clock. */
export type Diff = ChangesInstruction & { readonly time: number }

export interface Member {
  readonly symbol: string
  /** Its diffs are subscribed, says the venue. */
  acknowledged: boolean
  /** Diffs of this subscription that a REST book will be laid under, oldest first; null while the book is whole. */
  waiting: Array<Diff> | null
  /** Stamp of the book: of its snapshot, or of the last applied diff. */
  last: number
  /** No diff was applied on the snapshot yet: one of its very stamp is contained in it. */
  fresh: boolean
  readonly old: OldIds
  /** The newest REST book that came before any diff: the first diff may prove it yet. */
  held: Book | null
  /** A REST book did not join on: the next occasion asks again, AGAIN after `askedAt` at the earliest. */
  again: boolean
  askedAt: number
  /**
   * Null until the market rested for so long that it was doubted; then the stamp of the REST book of that time (0
   * before it came). Where that moves on and still no diff comes, the subscription is dead.
   */
  seen: number | null
  /** Diffs of the live book since a reseed was asked for; null while none is. */
  reseed: Array<Diff> | null
  /** When the book was seeded last and, while a reseed is asked for, when that was; our clock. */
  seededAt: number
  /** Microseconds between reseeds: spread, so that the markets of a socket don't ask all at once. */
  readonly reseedAfter: number
  /** The newest best 100 of the venue, to be compared once the book stands at its stamp. */
  audit: Book | null
  /** Since when audits fail, by our clock; null while they hold. */
  failing: number | null
}

const AUDIT_DEPTH = 100
const MAX_BUFFERED = 10_000
/**
 * REST answers come out of a cache of a few seconds (sheet section 7, read 2026-11-23): asking faster brings the same.
 */
const AGAIN = 1_000_000
const RESEED_AFTER = 900_000_000
/** A reseed that was not answered, or answered too old, is asked for again after this long. */
const RETRY_AFTER = 10_000_000
const TOLERATED = 3_000_000
/** Microseconds by which REST is ahead of a slow socket at most; a stamp further below is not merely old. */
const FAR = 10_000_000

const spread = (symbol: string): number => {
  let sum = 0
  for (let i = 0; i < symbol.length; i++) sum = (sum * 31 + symbol.charCodeAt(i)) % 600
  return sum * 1_000_000
}

export const openMember = (symbol: string): Member => ({
  symbol,
  acknowledged: false,
  waiting: [],
  last: 0,
  fresh: true,
  old: new OldIds(FAR, true),
  held: null,
  again: false,
  askedAt: -Infinity,
  seen: null,
  reseed: null,
  seededAt: 0,
  reseedAfter: RESEED_AFTER + spread(symbol),
  audit: null,
  failing: null
})

export const restPath = (symbol: string): string => `/api/v2/order_book/${encodeURIComponent(symbol)}/?group=1`

const fetchBook = (
  { symbol }: Member,
  trouble: Trouble | null = null
): Extract<Instruction, { readonly type: "fetch" }> => ({
  type: "fetch",
  symbol,
  path: restPath(symbol),
  weight: 1,
  reason: trouble?.reason ?? null,
  detail: trouble?.detail ?? null
})

/** Asks for the book, unless that was done just now: then the next occasion does. */
const ask = (member: Member, at: number): Instructions => {
  member.again = passed(member.askedAt, at) < AGAIN
  if (member.again) return NOTHING
  member.askedAt = at
  return [fetchBook(member)]
}

/** The diffs are subscribed. To ask at once shows early that the venue has no such market. */
export const acknowledged = (member: Member, at: number): Instructions => {
  member.acknowledged = true
  return member.waiting !== null && member.askedAt === -Infinity ? ask(member, at) : NOTHING
}

/** A sign of life of the socket: the occasion to ask again where the market rests. */
export const reminded = (member: Member, at: number): Instructions =>
  member.again && member.waiting !== null && member.waiting.length > 0 ? ask(member, at) : NOTHING

/** True for a market that the venue has shown here already: a refusal of its book is one of the moment, asked again. */
export const postponed = (member: Member): boolean => {
  const shown = member.held !== null || (member.waiting !== null && member.waiting.length > 0)
  if (shown) member.again = true
  return shown
}

/** Nothing that was known of the stream counts any more: the fault may lie there. */
const forget = (member: Member): void => {
  Object.assign(member, { waiting: [], held: null, again: false, seen: null })
  Object.assign(member, { reseed: null, audit: null, failing: null })
}

/** The book is lost: the REST book has to be newer than a diff that comes after this. */
export const restart = (member: Member, trouble: Trouble): Instructions => {
  forget(member)
  return [fetchBook(member, trouble)]
}

/** The diffs come no more: `again` are the texts that subscribe them once more. */
const resubscribed = (member: Member, trouble: Trouble, again: ReadonlyArray<string>): Instructions => {
  forget(member)
  Object.assign(member, { acknowledged: false, askedAt: -Infinity })
  return [{ type: "resubscribe", symbol: member.symbol, ...trouble, send: again }]
}

/** No book came in time, or a live one fell silent. */
export const silent = (member: Member, trouble: Trouble, again: ReadonlyArray<string>): Instructions => {
  const begun = member.acknowledged || (member.waiting !== null && member.waiting.length > 0)
  if (member.waiting === null || !begun) return resubscribed(member, trouble, again)
  member.seen ??= 0
  const why =
    member.waiting.length > 0
      ? "the REST book is older than the changes received here"
      : "only a change received here proves a REST book, and none came yet"
  const detail = `${trouble.detail}: ${why}`
  // what waits stays good, and no other socket would bring the next change sooner
  return [{ type: "resubscribe", symbol: member.symbol, reason: "silent", detail, send: [] }, fetchBook(member)]
}

export const onDiff = (member: Member, diff: Diff, at: number): Instructions => {
  const { waiting, last } = member
  if (waiting === null) {
    if (diff.time > last || (diff.time === last && !member.fresh)) return applied(member, diff, at)
    const verdict = member.old.judge(diff.time, markOf(diff.time, diff.bids, diff.asks), diff.time, last, at)
    return verdict === "old" ? NOTHING : reversed(member, last, diff)
  }
  const newest = waiting.at(-1)
  if (newest !== undefined && diff.time < newest.time) return reversed(member, newest.time, diff)
  if (waiting.length >= MAX_BUFFERED) {
    return restart(member, { reason: "overflow", detail: `${MAX_BUFFERED} diffs waited for a snapshot` })
  }
  waiting.push(diff)
  const { held } = member
  if (held !== null) {
    member.held = null
    if (diff.time <= held.microtimestamp) return seeded(member, waiting, held, at)
  }
  return member.again || member.askedAt === -Infinity ? ask(member, at) : NOTHING
}

const reversed = (member: Member, last: number, diff: Diff): Instructions => {
  const instructions = restart(member, { reason: "time_reversed", detail: `after ${last} came ${diff.time}` })
  member.waiting = [diff]
  return instructions
}

/** A diff of the live book: also kept while a reseed is under way, and the occasion to begin one. */
const applied = (member: Member, diff: Diff, at: number): Instructions => {
  member.last = diff.time
  member.fresh = false
  member.old.follows(diff.time, markOf(diff.time, diff.bids, diff.asks))
  const due = member.audit !== null && member.audit.microtimestamp === diff.time
  const change: Instruction = due ? { ...diff, proof: diff.time } : diff
  if (member.reseed !== null && member.reseed.length < MAX_BUFFERED) member.reseed.push(diff)
  else member.reseed = null
  if (passed(member.seededAt, at) < (member.reseed === null ? member.reseedAfter : RETRY_AFTER)) return [change]
  member.reseed ??= [diff]
  member.seededAt = at
  // the book is good as it is: it must neither wait for REST nor be given up for it
  return [change, { ...fetchBook(member), patient: true }]
}

/** What a REST book means. `again`: the texts that subscribe the diffs once more. */
export const onBook = (member: Member, book: Book, at: number, again: ReadonlyArray<string>): Instructions => {
  const { waiting } = member
  if (waiting === null) return reseeded(member, book, at)
  const stamp = book.microtimestamp
  const oldest = waiting[0]
  if (oldest === undefined) {
    member.held = book
    return unproven(member, stamp, again)
  }
  if (oldest.time <= stamp) return seeded(member, waiting, book, at)
  member.again = true
  return NOTHING
}

/** The REST book is proven to join on: it and the later ones of the diffs that waited are the book. */
const seeded = (member: Member, waiting: ReadonlyArray<Diff>, book: Book, at: number): Instructions => {
  const { microtimestamp: stamp } = book
  Object.assign(member, { waiting: null, again: false, seen: null, last: stamp, fresh: true, seededAt: at })
  member.old.joined(waiting.at(-1)?.time ?? null, stamp)
  const said: Array<Instruction> = [snapshot(member.symbol, book)]
  for (const diff of waiting) if (diff.time > stamp) said.push(...onDiff(member, diff, at))
  return said
}

const snapshot = (symbol: string, { bids, asks, microtimestamp }: Book): Instruction => {
  return { type: "snapshot", symbol, bids: priced(bids), asks: priced(asks), time: microtimestamp }
}

/** A REST book before any diff proves nothing, unless it is that it moves on while no diff comes. */
const unproven = (member: Member, stamp: number, again: ReadonlyArray<string>): Instructions => {
  const { seen } = member
  member.again = true
  if (seen === null) return NOTHING
  member.seen = Math.max(seen, stamp)
  if (seen === 0 || stamp <= seen) return NOTHING
  const detail = `the REST book moved on from ${seen} to ${stamp}, and no change came`
  return resubscribed(member, { reason: "silent", detail }, again)
}

const reseeded = (member: Member, book: Book, at: number): Instructions => {
  const stamp = book.microtimestamp
  const diffs = member.reseed
  if (diffs === null || diffs[0] === undefined || diffs[0].time > stamp) return NOTHING
  member.reseed = null
  member.seededAt = at
  const later = diffs.filter((diff) => diff.time > stamp)
  if (later.length === 0) {
    // the snapshot is ahead of the stream: what it contains is still to come, and to be dropped
    member.last = stamp
    member.fresh = true
    member.old.joined(diffs.at(-1)!.time, stamp)
  }
  return [snapshot(member.symbol, book), ...later]
}

export const onAudit = (member: Member, book: Book): Instructions => {
  member.audit = book
  const { symbol, waiting, last } = member
  if (waiting !== null || book.microtimestamp !== last) return NOTHING
  return [{ type: "changes", symbol, bids: [], asks: [], time: null, proof: last }]
}

export const prove = (member: Member, book: BookView, proof: number, at: number): Trouble | null => {
  const { audit } = member
  if (audit === null || audit.microtimestamp !== proof) return null
  member.audit = null
  if (matchesTop(book, priced(audit.bids), priced(audit.asks), AUDIT_DEPTH)) {
    member.failing = null
    return null
  }
  member.failing ??= at
  if (passed(member.failing, at) < TOLERATED) return null
  return { reason: "audit", detail: `the venue's best ${AUDIT_DEPTH} at ${proof} are not the book's` }
}
