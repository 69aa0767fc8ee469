// Owns what can go wrong on purpose: the faults by name, what each does, how long, and how often it has done so. When a
// fault is asked for and by whom (HTTP, a file, a seed) is others' affair; so is doing what concerns whole sockets.
// Invariant: every fault is bounded, by time or by number, and every time it strikes is counted.
import { Schema } from "effect"
import { MarketType } from "../domain/MarketType.ts"

const FRAME_FAULTS = ["drop", "duplicate", "reorder", "malformed", "unknown", "corrupt_checksum", "silent"] as const
const SOCKET_FAULTS = ["delay", "stall", "half_open", "close", "cut", "restart", "maintenance"] as const
const DOOR_FAULTS = ["refuse", "rest_status", "slow_rest"] as const
/**
 * What each fault does:
 *
 * To single frames, `count` of them (default 1) or all for `for_ms`, on any socket of the venue:
 *   drop, duplicate, reorder   a book frame is left out, sent twice, or sent after the next one of its market
 *   malformed                  a book frame is cut in half; what it said is lost
 *   unknown                    a JSON frame that no venue knows goes before a book frame
 *   corrupt_checksum           a checksum is off by one
 *   silent                     no book, snapshot or trade frame of the market (subscriptions are acknowledged): 10 s
 * To the sockets that are open when it begins (those that carry `symbol`, if it is given):
 *   delay      everything comes `delay_ms` (2,000) late, in order, for `for_ms` (10 s)
 *   stall      nothing is sent for `for_ms` (10 s), then all of it; what the client says, pings too, is answered then
 *   half_open  nothing is sent, read or answered any more, pings neither; cut after `for_ms` (30 s)
 *   close      closed with `code` (1001);     cut   the connection breaks without a close frame
 *   restart    closed with 1012, and the venue's sequences begin anew
 *   maintenance  told by the venue's frame if it has one, closed with 1001; dials and REST get 503 for `for_ms` (10 s)
 * To dials and REST calls of the venue, `count` of them or all for `for_ms` (10 s):
 *   refuse     a dial gets `status` (503);    rest_status  a call gets `status` (429) with `retry_after_s` (1)
 *   slow_rest  the answer comes `delay_ms` (2,000) late
 */
export const FAULT_NAMES = [...FRAME_FAULTS, ...SOCKET_FAULTS, ...DOOR_FAULTS] as const
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
  retry_after_s: Schema.optionalKey(upTo(3_600))
})
export type FaultRequest = typeof FaultRequest.Type

/** Faults that last by themselves, and how many milliseconds where nothing is said; the others strike once by default. */
export const LASTING: Readonly<Partial<Record<FaultName, number>>> = {
  silent: 10_000,
  delay: 10_000,
  stall: 10_000,
  half_open: 30_000,
  maintenance: 10_000,
  refuse: 10_000,
  rest_status: 10_000,
  slow_rest: 10_000
}
/** Faults that strike once, when they are asked for. */
const AT_ONCE: ReadonlySet<FaultName> = new Set<FaultName>(["close", "cut", "restart"])
/** Faults that no single market can have. */
export const WHOLE_VENUE: ReadonlySet<FaultName> = new Set<FaultName>(["restart", "maintenance", ...DOOR_FAULTS])
/** A fault by number that nothing calls on ends at last. */
const MAX_WAIT = 600_000

export class Fault {
  readonly id: number
  readonly request: FaultRequest
  readonly begun: number
  /** Microseconds since 1970. */
  readonly until: number
  hits = 0
  private left: number
  private ended: boolean

  /** `at`: microseconds since 1970. */
  constructor(id: number, request: FaultRequest, at: number) {
    const { fault, for_ms, count } = request
    const lasting = for_ms ?? (count === undefined ? LASTING[fault] : undefined)
    this.id = id
    this.request = request
    this.begun = at
    this.ended = AT_ONCE.has(fault)
    this.until = this.ended ? at : at + (lasting ?? MAX_WAIT) * 1000
    this.left = count ?? (lasting === undefined ? 1 : Infinity)
  }

  get name(): FaultName {
    return this.request.fault
  }

  over(at: number): boolean {
    return this.ended || this.left <= 0 || at >= this.until
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

  view(at: number) {
    const { id, request, hits, begun, until } = this
    return { id, ...request, state: this.over(at) ? ("over" as const) : ("active" as const), hits, begun, until }
  }
}
