// Owns what goes wrong when: a schedule drawn from a seed that strikes every venue with every kind of fault, as far as the
// time allows, one after the other, so that what each does can be told apart. Doing it is the run's affair. Pure: the same
// seed and targets give the same plan.
import type { MarketType } from "../../src/domain/MarketType.ts"
import { FAULT_NAMES, WHOLE_VENUE, type FaultName, type FaultRequest } from "../../src/simulator/Faults.ts"
import { randomOf } from "../../src/simulator/Random.ts"

export interface Target {
  readonly exchange: string
  readonly market_type: MarketType
  readonly symbols: ReadonlyArray<string>
  /** Its books are asked for by REST. */
  readonly asksRest: boolean
  /** More would cost more connects than the venue allows, and every answer would be to wait. */
  readonly mostFaults: number
}

export interface PlannedFault {
  /** Milliseconds after the first moment of the schedule. */
  readonly afterMs: number
  readonly request: FaultRequest
  /** Sockets are cut too, since a closed door is noticed only by who has to go through it. */
  readonly withCut: boolean
}

export interface Plan {
  readonly faults: ReadonlyArray<PlannedFault>
  /** When the database is stopped and started again. */
  readonly database: { readonly afterMs: number; readonly forMs: number }
  /** When the simulator is killed, and how long it is away; no fault is planned meanwhile. */
  readonly kill: { readonly afterMs: number; readonly forMs: number }
}

/** Between two faults of one venue and type. */
const APART = 5_000
const SHORTEST = 800
const LONGEST = 3_500
const FRAME_WITHIN = 3_000
const KILLED_FOR = 3_000
/** A killed simulator's clients need this to be back before anything can be told of the next fault. */
const AFTER_KILL = 5_000

const DOORS: ReadonlySet<FaultName> = new Set<FaultName>(["refuse", "rest_status", "slow_rest"])
const BY_TIME: ReadonlySet<FaultName> = new Set<FaultName>([
  ...DOORS,
  "silent",
  "delay",
  "stall",
  "half_open",
  "maintenance"
])

/** `ms`: no fault begins later, and none ends more than LONGEST after that. */
export const planOf = (seed: string, ms: number, targets: ReadonlyArray<Target>): Plan => {
  const kill = { afterMs: Math.round(ms * 0.55), forMs: KILLED_FOR }
  const database = { afterMs: Math.round(ms * 0.25), forMs: Math.round(Math.min(10_000, ms / 5)) }
  const calm = (at: number): boolean => at + LONGEST > kill.afterMs && at < kill.afterMs + kill.forMs + AFTER_KILL
  const faults = targets.flatMap((target) => {
    const rand = randomOf(`${seed}/${target.exchange}/${target.market_type}`)
    const slots = Math.max(1, Math.min(FAULT_NAMES.length, target.mostFaults, Math.floor(ms / APART)))
    const length = ms / slots
    return shuffled(FAULT_NAMES, rand)
      .slice(0, slots)
      .map((name, slot) => planned(target, name, Math.round((slot + 0.6 * rand()) * length), rand))
      .filter(({ afterMs }) => !calm(afterMs))
  })
  return { faults: faults.sort((a, b) => a.afterMs - b.afterMs), database, kill }
}

const planned = (target: Target, fault: FaultName, afterMs: number, rand: () => number): PlannedFault => {
  const { exchange, market_type, symbols } = target
  const symbol = symbols[Math.floor(rand() * symbols.length)]!
  const forMs = SHORTEST + Math.floor(rand() * (LONGEST - SHORTEST))
  const isLate = fault === "delay" || fault === "slow_rest"
  return {
    afterMs,
    withCut: fault === "refuse" || (DOORS.has(fault) && target.asksRest),
    request: {
      exchange,
      market_type,
      fault,
      ...(WHOLE_VENUE.has(fault) ? {} : { symbol }),
      // what strikes a single frame ends with it, or when no such frame came: few venues have checksums
      for_ms: BY_TIME.has(fault) ? forMs : FRAME_WITHIN,
      ...(BY_TIME.has(fault) ? {} : { count: 1 }),
      ...(isLate ? { delay_ms: 300 + Math.floor(rand() * 1_500) } : {})
    }
  }
}

const shuffled = <A>(list: ReadonlyArray<A>, rand: () => number): ReadonlyArray<A> => {
  const mixed = [...list]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(rand() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}
