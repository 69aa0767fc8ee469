// Owns why a connection or a request of a venue ended, as data: each way is a tagged error with the fields that
// decisions are made by and that its sentence is made of. The sentences are LossSentence's. `says` is always the word
// of somebody else: the system, the venue, or a scheme that reads the venue's frames. Invariant: nothing is ever
// decided by `says`.
import { Data } from "effect"
import type { Reason } from "../../schemes/Instruction.ts"

/** No connection came about: the name has no address, no route, or nobody listens. The venue counted nothing. */
export class Unreachable extends Data.TaggedError("Unreachable")<{
  /** The system's code of the first failure: `ECONNREFUSED`, `ENOTFOUND`, … */
  readonly code: string
  readonly says: string
}> {}

/** The venue was reached and answered the upgrade with an ordinary HTTP status. Never a word about one symbol. */
export class HandshakeRefused extends Data.TaggedError("HandshakeRefused")<{
  readonly status: number
  /** Milliseconds that the venue asks to wait, or 0. */
  readonly retryAfter: number
}> {}

/** Something was reached, but no websocket came of it: TLS, a foreign protocol. */
export class HandshakeFailed extends Data.TaggedError("HandshakeFailed")<{
  readonly code: string | null
  readonly says: string
}> {}

/** What was dialled did not answer within so many milliseconds. */
export class HandshakeTimedOut extends Data.TaggedError("HandshakeTimedOut")<{ readonly limit: number }> {}

/** An open socket ended. 1006: without a close frame. */
export class Closed extends Data.TaggedError("Closed")<{ readonly code: number; readonly reason: string }> {}

/** An open socket failed below its protocol, or broke it. */
export class Broken extends Data.TaggedError("Broken")<{ readonly code: string | null; readonly says: string }> {}

/** An open socket said nothing for so many milliseconds. */
export class Silent extends Data.TaggedError("Silent")<{ readonly for: number }> {}

/** The venue does not read what it is sent; so many bytes wait. */
export class Stalled extends Data.TaggedError("Stalled")<{ readonly unsent: number }> {}

/** A frame is larger than its bound, in bytes; it was not read to its end. */
export class Oversized extends Data.TaggedError("Oversized")<{ readonly bound: number }> {}

/** More frames that no schema knows than a connection is allowed, on a socket of so many markets. */
export class Flooded extends Data.TaggedError("Flooded")<{ readonly markets: number }> {}

/** So many messages wait to be sent. */
export class OutboxFull extends Data.TaggedError("OutboxFull")<{ readonly waiting: number }> {}

/** The machine slept for about so many milliseconds, or its clock was set forward; or the process alone stood still. */
export class Slept extends Data.TaggedError("Slept")<{ readonly for: number; readonly who: "machine" | "process" }> {}

/** A frame of the venue asks for another connection, for all markets of the socket. */
export class SentAway extends Data.TaggedError("SentAway")<{
  readonly reason: Reason
  readonly says: string
  readonly markets: number
  /** Milliseconds that the venue asks to wait, or 0. */
  readonly retryAfter: number
}> {}

/** One market gave its connection up: for its book, or since the venue refuses it there. */
export class MarketLeft extends Data.TaggedError("MarketLeft")<{
  readonly reason: Reason
  readonly says: string
}> {}

/** Level 2 of one market failed by a defect of ours. */
export class Crashed extends Data.TaggedError("Crashed") {}

/** Somebody switched a market on again that stood still. */
export class SwitchedOn extends Data.TaggedError("SwitchedOn") {}

/** A REST request was answered by a status that asks to come back later. */
export class RestRefused extends Data.TaggedError("RestRefused")<{
  readonly status: number
  readonly host: string
}> {}

/** A REST request was sent elsewhere, where nobody follows. */
export class RestRedirected extends Data.TaggedError("RestRedirected")<{
  readonly status: number
  readonly host: string
  readonly location: string
}> {}

/** A REST request was not answered within so many milliseconds. */
export class RestTimedOut extends Data.TaggedError("RestTimedOut")<{ readonly limit: number }> {}

/** Something was reached, and broke before the answer was whole. */
export class RestBroken extends Data.TaggedError("RestBroken")<{
  readonly code: string | null
  readonly says: string
}> {}

/** A REST book is larger than a book of this venue can be, in bytes; it was not read to its end. */
export class RestOversized extends Data.TaggedError("RestOversized")<{
  readonly host: string
  readonly bound: number
}> {}

/** Why a REST request brought nothing; asking again later may. */
export type RestFault = Unreachable | RestRefused | RestRedirected | RestTimedOut | RestBroken

/** A book was asked for by REST so many times as are allowed, and did not come. */
export class NoRestBook extends Data.TaggedError("NoRestBook")<{ readonly fault: RestFault }> {}

export type LossCause =
  | Unreachable
  | HandshakeRefused
  | HandshakeFailed
  | HandshakeTimedOut
  | Closed
  | Broken
  | Silent
  | Stalled
  | Oversized
  | Flooded
  | OutboxFull
  | Slept
  | SentAway
  | MarketLeft
  | Crashed
  | SwitchedOn
  | NoRestBook
  | RestOversized
