// Owns faults by schedule: a file that lists them, or a plan drawn from a seed. What each fault does is Faults.ts.
// Invariant: the same seed and venues give the same plan.
import { Effect, FileSystem, Runtime, Schema } from "effect"
import { FAULT_NAMES, FaultRequest, LASTING, WHOLE_VENUE, type FaultName } from "./Faults.ts"
import { randomOf } from "./Random.ts"

export const ScheduledFault = Schema.Struct({
  ...FaultRequest.fields,
  /** Milliseconds after the simulation began. */
  after_ms: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
export type ScheduledFault = typeof ScheduledFault.Type

/** The file of faults can't be used. */
class UnusableSchedule extends Schema.TaggedError<UnusableSchedule>()("UnusableSchedule", {
  file: Schema.String,
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `${this.file} is no list of faults: ${this.detail}`
  }
}

/** Reads a JSON array of faults, each with `after_ms`; they come back in order of time. */
export const readSchedule = Effect.fn("readSchedule")(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const text = yield* files
    .readFileString(file)
    .pipe(Effect.mapError(({ message }) => new UnusableSchedule({ file, detail: message })))
  const faults = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(ScheduledFault)))(text).pipe(
    Effect.mapError(({ message }) => new UnusableSchedule({ file, detail: message }))
  )
  return [...faults].sort((a, b) => a.after_ms - b.after_ms)
})

/** A venue that a plan may strike. */
interface Target {
  readonly exchange: string
  readonly market_type: FaultRequest["market_type"] & string
  readonly symbols: ReadonlyArray<string>
}

export interface PlanOptions {
  readonly seed: string
  /** Mean milliseconds between two faults. */
  readonly everyMs: number
  /** No fault begins after this; every one is over 10 s later. */
  readonly untilMs: number
  readonly targets: ReadonlyArray<Target>
  readonly names?: ReadonlyArray<FaultName>
}

/** Faults that a plan draws without a symbol. */
const WIDE: ReadonlySet<FaultName> = new Set<FaultName>(["close", "cut", "announce_shutdown", ...WHOLE_VENUE])

/** Faults in order of time, drawn from the seed. */
export function* chaosPlan({ seed, everyMs, untilMs, targets, names = FAULT_NAMES }: PlanOptions) {
  const rand = randomOf(`chaos/${seed}`)
  const pick = <A>(list: ReadonlyArray<A>): A => list[Math.floor(rand() * list.length)]!
  let after_ms = 0
  for (;;) {
    after_ms += Math.round(-Math.log(1 - rand()) * everyMs)
    if (after_ms > untilMs || targets.length === 0) return
    const { exchange, market_type, symbols } = pick(targets)
    const fault = pick(names)
    const symbol = pick(symbols)
    const for_ms = 1_000 + Math.floor(rand() * 7_000)
    const planned: ScheduledFault = {
      after_ms,
      exchange,
      market_type,
      fault,
      ...(WIDE.has(fault) ? {} : { symbol }),
      ...(LASTING[fault] !== undefined ? { for_ms } : {}),
      // who asks REST after a cut gets the old answer
      ...(fault === "stale_rest" ? { age_ms: 500 + Math.floor(rand() * 500), with_cut: true } : {}),
      ...(fault === "delay" || fault === "slow_rest" ? { delay_ms: 500 + Math.floor(rand() * 2_000) } : {})
    }
    yield planned
  }
}
