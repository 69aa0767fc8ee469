// Owns the ways in which level 2 of a feed ends. Each is a fact that the market feed's retry schedule answers; only a
// rejected symbol is not dialled again. Invariant: what a venue said is safe to print here, whoever made the error,
// since details go to logs and clients as they are.
import { Data } from "effect"
import { foreignText } from "../../domain/ForeignText.ts"
import type { ReasonCode } from "../../domain/ReasonCode.ts"
import type { LossCause } from "./LossCause.ts"

/** No venue keeps us away for longer, whatever it asks for; milliseconds. */
const LONGEST_WAIT = 3_600_000

interface Loss {
  readonly reason: ReasonCode
  readonly detail: string
  /** Milliseconds that the venue asked to wait, or 0. */
  readonly retryAfter: number
  /** What happened, as data; left out where a frame of the venue or a judgement of ours ends the connection. */
  readonly cause?: LossCause
}

/** The socket, or the trust in it, is gone. */
export class ConnectionLost extends Data.TaggedError("ConnectionLost")<Loss> {
  constructor(loss: Loss) {
    super({ ...loss, detail: foreignText(loss.detail), retryAfter: Math.min(loss.retryAfter, LONGEST_WAIT) })
  }
}

/** The venue refuses the symbol by name; asking again changes nothing before somebody switches the feed on again. */
export class SymbolRejected extends Data.TaggedError("SymbolRejected")<{ readonly detail: string }> {
  constructor({ detail }: { readonly detail: string }) {
    super({ detail: foreignText(detail) })
  }
}

/** The venue refuses the symbol for now: it served the market before, or nothing names the symbol. */
export class SymbolRefused extends Data.TaggedError("SymbolRefused")<{ readonly detail: string }> {
  constructor({ detail }: { readonly detail: string }) {
    super({ detail: foreignText(detail) })
  }
}
