// Owns what one client's connection asks of the venue that it is connected to: time, the faults that strike, and where
// what happens to it is counted. SimulatedVenue is it; a connection knows no more of its venue than this. Invariant:
// nothing here names a connection, so that venue, connections and faults import each other in one direction only.
import type { Fault, FaultName } from "./Faults.ts"
import type { Venue } from "./Venue.ts"

export interface ConnectionHost {
  readonly venue: Venue
  readonly now: () => number
  /** By native symbol. */
  readonly markets: ReadonlyMap<string, unknown>
  /** Faults that are not over. */
  readonly faults: ReadonlyArray<Fault>
  /** The newest trade frames of sockets that have ended, by market. */
  readonly newestTrades: ReadonlyMap<string, ReadonlyArray<string>>
  readonly counts: {
    frames: number
    bytes: number
    messages: number
    message_breaches: number
    overflows: number
  }
  /** The first active fault of this name for the market, counted as having struck; null where there is none. */
  strike(name: FaultName, symbol: string | null): Fault | null
  /** The same, not counted; without a symbol whichever market it concerns. */
  active(name: FaultName, symbol: string | null): Fault | null
  /** Markets that the venue has ended: nothing is said of them any more. */
  readonly dropped: ReadonlySet<string>
  /** The venue does not know this name, since it ended the market or a fault makes it forget it, which is counted. */
  refuses(symbol: string): boolean
  /** One more book frame of a market whose subscriptions die after so many. */
  strikeDying(symbol: string): void
  /** Runs something at a tick after `due`. */
  later(due: number, run: () => void): void
  /** Counts a defect of the venue. */
  defect(cause: unknown): void
}
