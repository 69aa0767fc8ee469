// Owns what one exchange allows this process, whatever the number of feeds: connects in a window, REST weight in a
// window. How much that is comes from the scheme, or a setting that overrides it. Messages are limited by socket, so
// their allowance is the socket's own (SharedSocket). Invariant: one budget an exchange and process, for all market
// types.
import { Semaphore } from "effect"
import type { Limits } from "../../schemes/TranslationScheme.ts"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import { PatientQueue } from "./PatientQueue.ts"
import { RateQueue } from "./RateQueue.ts"

/** REST requests of one exchange that may be under way at a time: a burst of books must not starve the frames. */
const REST_AT_A_TIME = 8

export class VenueBudget {
  readonly exchange: string
  readonly restAtATime = Semaphore.makeUnsafe(REST_AT_A_TIME)
  readonly connects: RateQueue
  /** Those who ask by REST only with what nobody else needs. */
  readonly patient = new PatientQueue()
  /** Null: nothing is asked by REST. */
  readonly rest: RateQueue | null

  constructor(exchange: string, limits: Limits) {
    this.exchange = exchange
    this.connects = new RateQueue(`a connection to ${exchange}`, limits.connects)
    this.rest =
      limits.rest === null
        ? null
        : new RateQueue(`${exchange}'s REST book`, { count: limits.rest.weight, perMs: limits.rest.perMs })
  }

  /** What a dial that failed costs: nothing, where nobody was reached. `now`: milliseconds of the monotonic clock. */
  chargeFailed({ cause, detail, retryAfter }: ConnectionLost, now: number): void {
    if (retryAfter > 0) this.connects.block(retryAfter, now, detail)
    if (cause._tag === "Unreachable") this.connects.refund(1)
  }
}
