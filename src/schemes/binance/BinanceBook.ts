// Owns the books of Binance: changes stitched to the REST snapshot by ids, begun small when the venue's budget is short
// and made full later, repaired, and handed from one socket to the next. Subscriptions, trades and the three systems
// themselves are Binance.ts. Invariant: a change is applied only if it continues its predecessor by the system's rule.
import type { MarketType } from "../../domain/MarketType.ts"
import { type Depth, type Frame, type Snapshot, decodeRestFailure, decodeSnapshot, micros } from "./BinanceWire.ts"
import { NOTHING, type Instruction, type Instructions } from "../Instruction.ts"
import { markOf } from "../rules/OldIds.ts"
import type { Stitch, StitchRule } from "../rules/Stitch.ts"
import type { Listing } from "../Listing.ts"
import type { SchemeDefinition } from "../SchemeDefinition.ts"
import type { Audit, SessionState, SizeUnit, Trouble } from "../TranslationScheme.ts"
import { millis } from "../../wire/Wire.ts"

/** Requests in flight by their number: what an acknowledgement or an error speaks of. */
export interface Socket {
  nextId: number
  readonly asked: Map<number, ReadonlyArray<string>>
}
export interface Member {
  readonly stitch: Stitch<Depth>
  /** The book began with the light snapshot, and the full one is asked for. */
  light: boolean
}
export type State = SessionState<Socket, Member>

/**
 * Ids of spot are dense a symbol. An event may overlap what is applied; only one that begins later is a gap (section
 * 5).
 */
export const spotRule: StitchRule<Depth> = {
  tooOld: (event, snapshot) => snapshot + 1 < event.U,
  old: (event, last) => event.u <= last,
  starts: (event, snapshot) => event.U <= snapshot + 1,
  follows: (event, last) => event.U <= last + 1,
  end: (event) => event.u,
  time: (event) => micros(event.T ?? event.E),
  mark: (event) => markOf(event.E, event.b, event.a)
}
/** Ids of futures are shared by all symbols; each event names its predecessor. */
export const futuresRule: StitchRule<Depth> = {
  tooOld: (event, snapshot) => snapshot < event.U && event.pu !== snapshot,
  old: (event, last) => event.u <= last,
  starts: (event, snapshot) => (event.U <= snapshot && snapshot <= event.u) || event.pu === snapshot,
  follows: (event, last) => event.pu === last,
  end: (event) => event.u,
  time: spotRule.time,
  mark: spotRule.mark
}

/** One of the three: what differs between them. */
export interface System {
  readonly protocol: string
  readonly types: ReadonlyArray<MarketType>
  readonly lines: SchemeDefinition<Frame, Socket, Member>["lines"]
  readonly rest: string
  readonly path: string
  readonly weight: number
  readonly restLimit: number
  readonly pool: string
  readonly rule: StitchRule<Depth>
  /** How far below the last id no merely late event can be. */
  readonly farBelow: number
  /** Levels and weight of the book that a silent market is held against. */
  readonly probe: { readonly limit: number; readonly weight: number }
  readonly trades: "trade" | "aggTrade"
  readonly toNative: SchemeDefinition<Frame, Socket, Member>["toNative"]
  readonly fromNative: SchemeDefinition<Frame, Socket, Member>["fromNative"]
  readonly listing: Listing
  readonly sizeUnit: (native: string) => SizeUnit
}

export const MAX_BUFFERED = 10_000
/** Levels and weight of the snapshot that is taken when many books are wanted at once. */
const LIGHT = 100
const LIGHT_WEIGHT = 5

const bookPath = (system: System, symbol: string, limit: number): string =>
  `${system.path}?symbol=${encodeURIComponent(symbol)}&limit=${limit}`

/** The best levels; fewer than were asked for are all there are. */
export const probeOf = (system: System): Audit => ({
  path: (symbol) => bookPath(system, symbol, system.probe.limit),
  weight: system.probe.weight,
  read: (body) => {
    const book = decodeSnapshot(body)
    if (book === null) return null
    const { bids, asks } = book
    return { bids, asks, complete: bids.length < system.probe.limit && asks.length < system.probe.limit }
  }
})

export const fetchBook = (system: System, symbol: string, trouble: Trouble | null): Instruction => ({
  type: "fetch",
  symbol,
  path: bookPath(system, symbol, 1000),
  weight: system.weight,
  light: { path: bookPath(system, symbol, LIGHT), weight: LIGHT_WEIGHT },
  reason: trouble?.reason ?? null,
  detail: trouble?.detail ?? null
})

export const repair = (system: System, state: State, symbol: string, trouble: Trouble): Instructions => {
  state.members.get(symbol)?.stitch.restart()
  return [fetchBook(system, symbol, trouble)]
}

const changes = (event: Depth): Instruction => ({
  type: "changes",
  symbol: event.s,
  bids: event.b,
  asks: event.a,
  time: micros(event.E)
})

export const onDepth = (system: System, state: State, event: Depth, at: number): Instructions => {
  const member = state.members.get(event.s)?.stitch
  if (member === undefined || state.line === "market") return NOTHING
  switch (member.offer(event, at)) {
    case "apply":
      return [changes(event)]
    case "drop":
    case "buffered":
      return NOTHING
    case "ask":
      return [fetchBook(system, event.s, null)]
    case "overflow":
      return repair(system, state, event.s, {
        reason: "overflow",
        detail: `${MAX_BUFFERED} events waited for a snapshot`
      })
    case "gap": {
      const instructions = repair(system, state, event.s, { reason: "gap", detail: detailOf(member.position, event) })
      member.offer(event, at)
      return instructions
    }
  }
}

const detailOf = (last: number | null, { U, u, pu }: Depth): string =>
  last !== null && u <= last
    ? `ids begin again: after ${last} came ${u}`
    : `after ${last} came U=${U} u=${u} pu=${pu ?? "none"}`

/** Statuses that mean what was asked for, where the venue gives no code of its own. */
const MEANT: ReadonlySet<number> = new Set([400, 404, 410])
const NO_SYMBOL = -1121

/** The request had one symbol, so the venue's code for an unknown one means it; a status without a code is a guess. */
const onRefusal = (symbol: string, status: number, body: string): Instruction => {
  const failure = decodeRestFailure(body)
  const detail = failure === null ? `the REST book answered ${status}` : failure.msg
  if (failure?.code === NO_SYMBOL) return { type: "rejected", symbol, detail }
  if (failure === null && MEANT.has(status)) return { type: "refused", symbol, detail }
  return { type: "reconnect", reason: "refused", detail }
}

export const answer = (
  system: System,
  state: State,
  symbol: string,
  status: number,
  body: string,
  at: number
): Instructions => {
  const member = state.members.get(symbol)
  if (member === undefined) return NOTHING
  if (member.stitch.position !== null) return member.light ? deepen(system, member, symbol, status, body) : NOTHING
  if (status !== 200) return [onRefusal(symbol, status, body)]
  const snapshot = decodeSnapshot(body)
  if (snapshot === null) return [{ type: "reconnect", reason: "unreadable", detail: "the REST book has another shape" }]
  const events = member.stitch.anchor(snapshot.lastUpdateId, containedUntil(snapshot))
  if (events === null) return [fetchBook(system, symbol, null)]
  member.light = snapshot.bids.length === LIGHT || snapshot.asks.length === LIGHT
  const book = [whole(symbol, snapshot), ...events.flatMap((event) => onDepth(system, state, event, at))]
  return member.light ? [...book, patiently(system, symbol)] : book
}

/** Futures stamp their REST books with the engine's time; so much later no change is contained, in milliseconds. */
const STAMP_TOLERANCE = 1_000
const containedUntil = ({ T }: typeof Snapshot.Type): number | null =>
  T === undefined ? null : micros(T) + millis(STAMP_TOLERANCE)

const whole = (symbol: string, { bids, asks, T }: typeof Snapshot.Type): Instruction => ({
  type: "snapshot",
  symbol,
  bids,
  asks,
  time: T === undefined ? null : micros(T)
})

const patiently = (system: System, symbol: string): Instruction => ({
  type: "fetch",
  symbol,
  path: bookPath(system, symbol, 1000),
  weight: system.weight,
  patient: true,
  reason: null,
  detail: null
})

/**
 * The full snapshot after a light one, laid under the chain that went on meanwhile. Any other answer that comes when
 * the book is whole would set it back, and is left alone.
 */
const deepen = (system: System, member: Member, symbol: string, status: number, body: string): Instructions => {
  const snapshot = status === 200 ? decodeSnapshot(body) : null
  const events = snapshot === null ? null : member.stitch.underlay(snapshot.lastUpdateId, containedUntil(snapshot))
  if (snapshot === null || events === null) return [patiently(system, symbol)]
  member.light = false
  return [whole(symbol, snapshot), ...events.map(changes)]
}

/** Changes wait here as for a REST snapshot; the other socket's position serves as well. */
export const takeOver = (system: System, state: State, symbol: string, from: State): Instructions | null => {
  if (state.line === "market") return NOTHING
  const member = state.members.get(symbol)
  const old = from.members.get(symbol)
  if (member === undefined || old === undefined || old.stitch.position === null) return null
  if (!member.stitch.reaches(old.stitch.position)) return null
  member.light = old.light
  const events = member.stitch.anchor(old.stitch.position, null) ?? []
  // none of them is old, so the time that judges old ones is not looked at
  const book = events.flatMap((event) => onDepth(system, state, event, 0))
  // what the old place asked for is not answered here
  return member.light ? [...book, patiently(system, symbol)] : book
}
