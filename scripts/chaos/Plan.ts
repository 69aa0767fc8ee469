// Owns what goes wrong when: a schedule drawn from a seed that strikes every venue with every kind of fault it can
// have, as far as time and connects allow, one after the other, so that the effect of each can be seen; and the
// database, the simulator and the service's own clock beside it. Doing it is left to the run. Pure: the same seed and
// targets give the same plan.
import type { MarketType } from "../../src/domain/MarketType.ts"
import {
  CUTTING,
  FAULT_NAMES,
  LASTING,
  WHOLE_VENUE,
  type FaultName,
  type FaultRequest
} from "../../src/simulator/Faults.ts"
import { randomOf } from "../../src/simulator/Random.ts"

export interface Target {
  readonly exchange: string
  readonly market_type: MarketType
  readonly symbols: ReadonlyArray<string>
  /** Its books are asked for by REST. */
  readonly asksRest: boolean
  /** What this venue has no way to do. */
  readonly lacks: ReadonlyArray<FaultName>
  /** How many connects all faults may cost: more than the venue allows, and every answer would be to wait. */
  readonly connects: number
}

export interface PlannedFault {
  /** Milliseconds after the first moment of the schedule. */
  readonly afterMs: number
  readonly request: FaultRequest
}

/** Something that befalls the service's machine. */
export interface PlannedClock {
  readonly afterMs: number
  readonly forMs: number
  readonly name: "clock_back" | "clock_forward" | "sleep"
}

export interface Plan {
  readonly faults: ReadonlyArray<PlannedFault>
  readonly clock: ReadonlyArray<PlannedClock>
  /** When the database is stopped and started again. */
  readonly database: { readonly afterMs: number; readonly forMs: number }
  /** When the simulator is killed, and how long it is away; no fault is planned meanwhile. */
  readonly kill: { readonly afterMs: number; readonly forMs: number }
}

/** Between two faults of one venue and type. */
const APART = 3_400
const SHORTEST = 800
const LONGEST = 3_500
const FRAME_WITHIN = 3_000
const KILLED_FOR = 3_000
/** A killed simulator's clients need this to be back before the next fault can be judged. */
const AFTER_KILL = 5_000
const CLOCK_FOR = 4_000

/** Its subscription never speaks or dies: nothing else may mend it, so one of them comes last. */
const DEAD: ReadonlySet<FaultName> = new Set<FaultName>(["dies", "acked_silent"])
const ACCESS: ReadonlySet<FaultName> = new Set<FaultName>(["refuse", "rest_status", "slow_rest", "stale_rest"])
/** Each breaks a connection, and half of those who come back have to try twice. */
const BREAKING: ReadonlySet<FaultName> = new Set<FaultName>([
  ...CUTTING,
  ...ACCESS,
  "half_open",
  "close",
  "cut",
  "restart",
  "maintenance",
  "announce_shutdown"
])
/** The next fault could mend what ids that begin again broke in silence: they have some time for themselves. */
const slotsOf = (fault: FaultName): number => (fault === "ids_anew" ? 4 : 1)
/** Half of the budget is left alone, since a service that sees it go slows down. */
const costOf = (fault: FaultName): number => (BREAKING.has(fault) ? 4 : 1)

/** `ms`: no fault begins later, and none ends more than LONGEST after that. */
export const planOf = (seed: string, ms: number, targets: ReadonlyArray<Target>): Plan => {
  const kill = { afterMs: Math.round(ms * 0.55), forMs: KILLED_FOR }
  const database = { afterMs: Math.round(ms * 0.25), forMs: Math.round(Math.min(10_000, ms / 5)) }
  const clock = (["clock_back", "clock_forward", "sleep"] as const).map((name, index) => ({
    name,
    afterMs: Math.round(ms * [0.1, 0.4, 0.8][index]!),
    forMs: Math.min(CLOCK_FOR, Math.round(ms / 10))
  }))
  const calm = Math.min(kill.forMs + AFTER_KILL + LONGEST, ms / 2)
  const before = Math.max(0, kill.afterMs - LONGEST)
  /** A moment of the schedule without the calm about the kill, as one with it. */
  const placed = (at: number): number => Math.round(at < before ? at : at + calm)
  const faults = targets.flatMap((target) => {
    const rand = randomOf(`${seed}/${target.exchange}/${target.market_type}`)
    const names = chosen(target, Math.max(1, Math.floor((ms - calm) / APART)), rand)
    const length = (ms - calm) / names.reduce((sum, name) => sum + slotsOf(name), 0)
    let slot = 0
    return names.map((name) => {
      const at = placed((slot + 0.4 * rand()) * length)
      slot += slotsOf(name)
      return planned(target, name, at, rand)
    })
  })
  return { faults: faults.sort((a, b) => a.afterMs - b.afterMs), clock, database, kill }
}

/** As many kinds as there is time and connects for; where books may die, one that lets them does so last. */
const chosen = (target: Target, slots: number, rand: () => number): ReadonlyArray<FaultName> => {
  let [connects, time] = [target.connects, slots]
  const names: Array<FaultName> = []
  for (const name of shuffled(FAULT_NAMES, rand)) {
    if (target.lacks.includes(name)) continue
    // a venue that allows next to nothing is struck once
    if (names.length > 0 && (costOf(name) > connects || slotsOf(name) > time)) continue
    connects -= costOf(name)
    time -= slotsOf(name)
    names.push(name)
  }
  const dead = names.findLast((name) => DEAD.has(name))
  const rest = names.filter((name) => name !== dead && name !== "trades_anew")
  // after the kill: a new simulator's ids are those of before, and how many trades lie between, no id would tell
  if (names.includes("trades_anew")) rest.splice(Math.ceil(rest.length * 0.8), 0, "trades_anew")
  return dead === undefined ? rest : [...rest, dead]
}

const planned = (target: Target, fault: FaultName, afterMs: number, rand: () => number): PlannedFault => {
  const { exchange, market_type, symbols } = target
  const symbol = symbols[Math.floor(rand() * symbols.length)]!
  const lasts = LASTING[fault] !== undefined
  const forMs = SHORTEST + Math.floor(rand() * (LONGEST - SHORTEST))
  return {
    afterMs,
    request: {
      exchange,
      market_type,
      fault,
      ...(WHOLE_VENUE.has(fault) ? {} : { symbol }),
      // what strikes a single frame ends with it, or when no such frame came: few venues have checksums
      for_ms: lasts ? forMs : FRAME_WITHIN,
      ...(lasts || fault === "repeat_trades" ? {} : { count: 1 }),
      ...(fault === "refuse" || (ACCESS.has(fault) && target.asksRest) ? { with_cut: true } : {}),
      ...particulars(fault, rand)
    }
  }
}

const particulars = (fault: FaultName, rand: () => number): Partial<FaultRequest> => {
  const pick = <A>(list: ReadonlyArray<A>): A => list[Math.floor(rand() * list.length)]!
  switch (fault) {
    case "delay":
    case "slow_rest":
      return { delay_ms: 300 + Math.floor(rand() * 1_500) }
    case "rest_status":
    case "refuse":
      return { retry_after_date: rand() < 0.5 }
    case "stale_rest":
      return { age_ms: 1_000 + Math.floor(rand() * 800), for_ms: LONGEST }
    case "ids_anew":
      // far below, or a little lower where ids are dense, or where they are shared and move on fast
      return pick([{}, { back_by: 40 }, { back_by: 2_000_000 }])
    case "bad_level":
      return { level: pick(["nan", "negative", "tiny"] as const) }
    case "dies":
      return { count: 2 + Math.floor(rand() * 4) }
    case "acked_silent":
      return { for_ms: LONGEST }
    case "refuse_name":
    case "refuse_moment":
      return { for_ms: 1_500 + Math.floor(rand() * 1_000) }
    case "repeat_trades":
      return { with_cut: rand() < 0.5 }
    default:
      return {}
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
