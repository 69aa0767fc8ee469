// Owns the memory of what really traded during a run, since the simulator keeps a thousand trades a market and takes
// them to its grave when it is killed. Invariant: one collection at a time, so that no trade is written down twice.
import type { TrueTrade } from "../support/SimulatorClient.ts"
import type { Stage } from "./Stage.ts"

const EVERY = 10_000

export class TrueTrades {
  readonly byMarket = new Map<number, Array<TrueTrade>>()
  private readonly stage: Stage
  private readonly timer: NodeJS.Timeout
  private last: Promise<void> = Promise.resolve()

  constructor(stage: Stage) {
    this.stage = stage
    this.timer = setInterval(() => void this.collect(), EVERY)
  }

  /** Takes what traded since the last time. */
  collect(): Promise<void> {
    this.last = this.last.then(() => this.take())
    return this.last
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private async take(): Promise<void> {
    for (const market of this.stage.markets) {
      const known = this.byMarket.get(market.id) ?? []
      known.push(...(await this.stage.simulator.trades(market, known.at(-1)?.serial ?? 0)))
      this.byMarket.set(market.id, known)
    }
  }
}
