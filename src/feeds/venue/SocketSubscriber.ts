// Owns the contract between a shared socket and one market on it: what the socket tells its subscribers. A subscriber
// answers at once and never throws on purpose; what it throws is a defect of its market and costs that market alone.
import type { Instruction } from "../../schemes/Instruction.ts"
import type { Unreadable } from "../../wire/Wire.ts"
import type { ConnectionLost } from "../core/ConnectionLost.ts"
import type { DescribeWait } from "../core/DescribeWait.ts"
import type { TrafficRow } from "../core/TrafficRow.ts"

export interface SocketSubscriber {
  /** The venue's spelling of the market. */
  readonly symbol: string
  /** The socket waits for its turn, or its messages do: where in the queue, or null when it waits no more. */
  waiting(ask: DescribeWait | null): void
  /** A dial begins. */
  dialling(at: number): void
  /** A dial failed; the next begins at `next`, microseconds since 1970. The subscriber is kept. */
  refused(lost: ConnectionLost, at: number, next: number): void
  /** The market's subscriptions have been said. */
  joined(at: number): void
  /** One instruction of a frame. */
  take(instruction: Instruction, at: number): void
  /** A frame of this market, of so many bytes, received at this microsecond, is about to be executed. */
  frame(size: number, ignored: boolean, at: number): void
  /** A frame that no schema knows, and that may have been this market's; `named`: it names this market alone. */
  unreadable(frame: Unreadable, named: boolean, at: number): void
  /** The venue will soon cut this socket, for its age alone; the market had better be elsewhere by then. */
  outlived(): void
  /** The socket is gone, and the subscriber with it. */
  lost(lost: ConnectionLost): void
  /** This market's own code failed on a frame; the subscriber is gone. */
  crashed(defect: unknown): void
  /** Gets all that passes the socket, if somebody records this market. */
  readonly tap: ((kind: TrafficRow["kind"], text: string, at: number) => void) | null
}
