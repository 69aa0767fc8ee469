// Owns the doing of a plan: injects each fault at its time, stops and starts the database, kills the simulator, sets
// the service's clock, and writes down when each of them really began and ended. Invariant: a fault that its simulator
// took to its grave ended with it.
import { nowMicros } from "../../src/feeds/core/Now.ts"
import type { FaultName } from "../../src/simulator/Faults.ts"
import type { FaultView } from "../support/SimulatorClient.ts"
import type { Plan, PlannedClock, PlannedFault } from "./Plan.ts"
import type { Stage } from "./Stage.ts"

/** One thing that went wrong; times in microseconds since 1970. */
export interface Strike {
  readonly exchange: string | null
  readonly market_type: string | null
  /** Null: every market of the venue, or of all. */
  readonly symbol: string | null
  readonly name: FaultName | PlannedClock["name"] | "kill" | "database"
  readonly begun: number
  end: number
  /** How often it struck, as far as the simulator lived to tell. */
  hits: number
}

const LOOK_EVERY = 400
/** How far a clock is set, and how long after the end of a sleep it is ahead, in ms. */
const HOUR = 3_600_000
const AWAKE = 3_000

export class Strikes {
  readonly done: Array<Strike> = []
  readonly refused: Array<string> = []
  private readonly stage: Stage
  /** Those of the simulator that lives, by its number for them. */
  private active = new Map<number, Strike>()
  private isOver = false

  constructor(stage: Stage) {
    this.stage = stage
  }

  /** Does it all; ends when the last fault is over. `beforeKill` is the last moment to ask this simulator anything. */
  async run({ faults, clock, database, kill }: Plan, beforeKill: () => Promise<void>): Promise<void> {
    const begun = performance.now()
    const until = (afterMs: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + afterMs - performance.now())))
    const injected = async (): Promise<void> => {
      for (const fault of faults) {
        await until(fault.afterMs)
        await this.inject(fault)
      }
    }
    const stopped = async (): Promise<void> => {
      await until(database.afterMs)
      const from = nowMicros()
      await this.stage.database.stop()
      await until(database.afterMs + database.forMs)
      await this.stage.database.start()
      this.write("database", from, nowMicros())
    }
    const killed = async (): Promise<void> => {
      await until(kill.afterMs)
      await this.look()
      await beforeKill()
      const from = nowMicros()
      await this.stage.killSimulator()
      this.bury(from)
      await until(kill.afterMs + kill.forMs)
      await this.stage.restartSimulator()
      this.write("kill", from, nowMicros())
    }
    const clocked = async (): Promise<void> => {
      for (const one of clock) {
        await until(one.afterMs)
        await this.befall(one)
      }
    }
    const looking = this.keepLooking()
    await Promise.all([injected(), stopped(), killed(), clocked()])
    while (this.active.size > 0) await this.look().then(() => pause(LOOK_EVERY))
    this.isOver = true
    await looking
  }

  private async befall({ name, forMs }: PlannedClock): Promise<void> {
    const { clock } = this.stage
    const from = nowMicros()
    if (name === "sleep") clock.stop()
    clock.set(name === "clock_back" ? -HOUR : HOUR)
    await pause(forMs)
    if (name === "sleep") {
      clock.go()
      this.write(name, from, nowMicros())
      await pause(AWAKE)
    }
    clock.set(0)
    if (name !== "sleep") this.write(name, from, nowMicros())
  }

  private async inject({ request }: PlannedFault): Promise<void> {
    const fault = await this.stage.simulator.inject(request)
    if (fault === null) {
      this.refused.push(request.fault)
      return
    }
    const { exchange, market_type = null, symbol = null } = request
    const strike = { exchange, market_type, symbol, name: request.fault, begun: fault.begun, end: fault.until, hits: 0 }
    this.done.push(strike)
    this.active.set(fault.id, strike)
  }

  private write(name: PlannedClock["name"] | "kill" | "database", begun: number, end: number): void {
    this.done.push({ exchange: null, market_type: null, symbol: null, name, begun, end, hits: 1 })
  }

  private async keepLooking(): Promise<void> {
    while (!this.isOver) {
      await this.look()
      await pause(LOOK_EVERY)
    }
  }

  /** Sees which faults are over: those that strike by number end when they have. */
  private async look(): Promise<void> {
    const incarnation = this.stage.incarnation()
    const views = await this.stage.simulator.faults()
    if (views === null || incarnation !== this.stage.incarnation()) return
    for (const view of views) this.seen(view)
  }

  private seen({ id, state, hits, begun, until }: FaultView): void {
    const strike = this.active.get(id)
    if (strike === undefined) return
    strike.hits = hits
    if (state === "active") return
    strike.end = Math.max(begun, Math.min(until, nowMicros()))
    this.active.delete(id)
  }

  private bury(at: number): void {
    for (const strike of this.active.values()) strike.end = Math.min(strike.end, at)
    this.active = new Map()
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
