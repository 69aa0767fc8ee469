// Owns what can go wrong on purpose: the faults by name, what each does, how long, and how often it has done so. When a
// fault is asked for and by whom (HTTP, a file, a seed) is others'; so is doing what concerns whole sockets.
// Invariant: every fault is bounded, by time or by number, and every time it strikes is counted.
import { Schema } from "effect"
import { MarketType } from "../domain/MarketType.ts"

const FRAME_FAULTS = [
  "drop",
  "duplicate",
  "reorder",
  "malformed",
  "unknown",
  "corrupt_checksum",
  "bad_level",
  "silent",
  "dies",
  "repeat_trades"
] as const
const MARKET_FAULTS = [
  "acked_silent",
  "refuse_name",
  "refuse_moment",
  "ids_anew",
  "trades_anew",
  "halt_listing"
] as const
const SOCKET_FAULTS = [
  "delay",
  "stall",
  "half_open",
  "close",
  "cut",
  "restart",
  "maintenance",
  "announce_shutdown",
  "halt_on_connect"
] as const
const ACCESS_FAULTS = ["refuse", "rest_status", "slow_rest", "stale_rest"] as const

/**
 * What each fault does:
 *
 * To single frames, `count` of them (default 1) or all for `for_ms`, on any socket of the venue:
 *   drop, duplicate, reorder   a book frame is left out, sent twice, or sent after the next one of its market
 *   malformed                  a book frame is cut in half; what it said is lost
 *   unknown                    a JSON frame that no venue knows goes before a book frame
 *   corrupt_checksum           a checksum is off by one
 *   bad_level                  a level of a book frame can't be read, as `level` says: `nan` (default), `negative`, or
 *                              `tiny`, a size below what a double holds; the frame is valid, what the level was is lost
 *   silent                     no book, snapshot or trade frame of the market (subscriptions are acknowledged): 10 s
 *   dies                       `count` (25) more book frames, then none after that move: the socket, the
 *                              market's trades and its neighbours live on, and only a new subscription ends it
 *   repeat_trades              the newest trades are sent again with their ids: at once where the market was heard, or,
 *                              `with_cut`, before the first trade of each socket that is dialled within `for_ms` (10 s)
 * To markets:
 *   acked_silent   sockets that carry it are cut; a book subscription that is made within `for_ms` (10 s) is
 *                  acknowledged, and its book is never spoken of; a later subscription is a good one
 *   refuse_name    sockets that carry it are cut; for `for_ms` (10 s) the venue knows no such symbol, and says so in
 *                  its own way: an error, an acknowledgement without it, an acknowledgement and silence; REST likewise
 *   refuse_moment  the same for 3 s
 *   ids_anew       the ids of its book begin again at 1, or `back_by` lower, without a word; REST goes by the new ones
 *   trades_anew    the ids of its trades begin again at 1, and what traded before is not in its history any more
 *   halt_listing   the venue lists it as halted, and it does not move, for `for_ms` (10 s); then it trades again. One
 *                  that did not trade when this began is left as it is
 * To the sockets that are open when it begins (those that carry `symbol`, if it is given):
 *   delay      everything comes `delay_ms` (2,000) late, in order, for `for_ms` (10 s)
 *   stall      nothing is sent for `for_ms` (10 s), then all of it; what the client says, pings too, is answered then
 *   half_open  nothing is sent, read or answered any more, pings neither; cut after `for_ms` (30 s)
 *   close      closed with `code` (1001);     cut   the connection breaks without a close frame
 *   restart    closed with 1012, and the venue's sequences begin again
 *   maintenance  announced by the venue's frame if it has one, closed with 1001; dials and REST get 503 for `for_ms`
 *                (10 s)
 *   announce_shutdown  announced by the venue's frame, closed with 1001 after `for_ms` (5 s); dials are served
 *   halt_on_connect    all are cut; who dials within `for_ms` (10 s) hears on connect that the venue is halted, and
 *                      nothing it says but pings is answered; when it is over, the venue's frame says so
 * To dials and REST calls of the venue, `count` of them or all for `for_ms` (10 s):
 *   refuse     a dial gets `status` (503);    rest_status  a call gets `status` (429)
 *              both with `retry_after_s` (1), as an HTTP date where `retry_after_date` is true
 *   slow_rest  the answer comes `delay_ms` (2,000) late
 *   stale_rest the answer is `age_ms` (3,000) old with the ids of then, or as old as this fault; a path
 *              that was never asked before is answered as it should be the first time
 *
 * `with_cut` cuts, as the fault begins, the sockets that a fault of another kind leaves alone; for `stale_rest` when
 * there are answers of that age. What a venue has no way to do (no ids, no such announcement, no REST) is `applicable:
 * false`.
 */
export const FAULT_NAMES = [...FRAME_FAULTS, ...MARKET_FAULTS, ...SOCKET_FAULTS, ...ACCESS_FAULTS] as const
export const FaultName = Schema.Literals(FAULT_NAMES)
export type FaultName = typeof FaultName.Type

const upTo = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))

/** What is asked for, as JSON. */
export const FaultRequest = Schema.Struct({
  exchange: Schema.String,
  market_type: Schema.optionalKey(MarketType),
  /** The venue's own spelling; without it every market. */
  symbol: Schema.optionalKey(Schema.String),
  fault: FaultName,
  for_ms: Schema.optionalKey(upTo(600_000)),
  count: Schema.optionalKey(upTo(100_000)),
  delay_ms: Schema.optionalKey(upTo(60_000)),
  code: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1000, maximum: 4999 }))),
  status: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 400, maximum: 599 }))),
  retry_after_s: Schema.optionalKey(upTo(3_600)),
  retry_after_date: Schema.optionalKey(Schema.Boolean),
  age_ms: Schema.optionalKey(upTo(60_000)),
  back_by: Schema.optionalKey(upTo(Number.MAX_SAFE_INTEGER)),
  level: Schema.optionalKey(Schema.Literals(["nan", "negative", "tiny"])),
  with_cut: Schema.optionalKey(Schema.Boolean)
})
export type FaultRequest = typeof FaultRequest.Type

/**
 * Faults that last by themselves, and how many milliseconds where nothing is said; the others strike once by default.
 */
export const LASTING: Readonly<Partial<Record<FaultName, number>>> = {
  silent: 10_000,
  acked_silent: 10_000,
  refuse_name: 10_000,
  refuse_moment: 3_000,
  halt_listing: 10_000,
  delay: 10_000,
  stall: 10_000,
  half_open: 30_000,
  maintenance: 10_000,
  announce_shutdown: 5_000,
  halt_on_connect: 10_000,
  refuse: 10_000,
  rest_status: 10_000,
  slow_rest: 10_000,
  stale_rest: 10_000
}
/** How often a fault by number strikes where nothing is said and it is not once. */
const COUNTS: Readonly<Partial<Record<FaultName, number>>> = { dies: 25 }
/** Faults that strike once, when they are asked for. */
const AT_ONCE: ReadonlySet<FaultName> = new Set<FaultName>(["close", "cut", "restart", "ids_anew", "trades_anew"])
/** Faults that no single market can have. */
export const WHOLE_VENUE: ReadonlySet<FaultName> = new Set<FaultName>([
  "restart",
  "maintenance",
  "halt_on_connect",
  ...ACCESS_FAULTS
])
/** Faults that are about what is asked for on a new socket: they cut the old ones by themselves. */
export const CUTTING: ReadonlySet<FaultName> = new Set<FaultName>([
  "acked_silent",
  "refuse_name",
  "refuse_moment",
  "halt_on_connect"
])
const REPEATING_FOR = 10_000
/** A fault by number that nothing calls on ends at last. */
const MAX_WAIT = 600_000

export class Fault {
  readonly id: number
  readonly request: FaultRequest
  readonly begun: number
  /** Microseconds since 1970. */
  readonly until: number
  hits = 0
  /** False: the venue has no way to do it, and nothing was done. */
  applicable = true
  private left: number
  private ended: boolean

  /** `at`: microseconds since 1970. */
  constructor(id: number, request: FaultRequest, at: number) {
    const { fault, for_ms, count = COUNTS[fault], with_cut } = request
    const repeats = fault === "repeat_trades"
    const lasting = for_ms ?? (repeats ? REPEATING_FOR : count === undefined ? LASTING[fault] : undefined)
    this.id = id
    this.request = request
    this.begun = at
    this.ended = AT_ONCE.has(fault) || (repeats && with_cut !== true)
    this.until = this.ended ? at : at + (lasting ?? MAX_WAIT) * 1000
    this.left = count ?? (lasting === undefined ? 1 : Infinity)
  }

  get name(): FaultName {
    return this.request.fault
  }

  over(at: number): boolean {
    return this.ended || this.left <= 0 || at >= this.until
  }

  /** It has struck as often as it was to. */
  get spent(): boolean {
    return this.left <= 0
  }

  /** Null: a frame that is about no market. */
  concerns(symbol: string | null): boolean {
    return this.request.symbol === undefined || this.request.symbol === symbol
  }

  strike(): void {
    this.hits++
    this.left--
  }

  end(): void {
    this.ended = true
  }

  /** No venue that it concerns has a way to do this. */
  leaveOut(): void {
    this.applicable = false
    this.ended = true
  }

  view(at: number) {
    const { id, request, hits, begun, until, applicable } = this
    const state = this.over(at) ? ("over" as const) : ("active" as const)
    return { id, ...request, state, applicable, hits, begun, until }
  }
}
