// Owns the ways in which level 2 of a feed ends. Each is a fact that the market feed's retry schedule answers; only a
// rejected symbol is not dialled again. Invariants: a loss is what its cause is: its reason and its words are derived
// (LossSentence), never given; what a venue said is safe to print here, whoever made the error, since details go to
// logs and clients as they are.
import { Data } from "effect"
import { foreignText } from "../../domain/ForeignText.ts"
import type { LossCause } from "./LossCause.ts"
import { wordsOf, type LossReason } from "./LossSentence.ts"

/** No venue keeps us away for longer, whatever it asks for; milliseconds. */
const LONGEST_WAIT = 3_600_000

interface Loss {
  /** What happened, as data: the one field that decisions are made by. */
  readonly cause: LossCause
  readonly reason: LossReason
  readonly detail: string
  /** Milliseconds to wait before the next connection, or 0. */
  readonly retryAfter: number
}

/** The socket, or the trust in it, is gone. `retryAfter`: a pause of our own, where the cause names none. */
export class ConnectionLost extends Data.TaggedError("ConnectionLost")<Loss> {
  constructor({ cause, retryAfter }: { readonly cause: LossCause; readonly retryAfter?: number }) {
    const [reason, sentence] = wordsOf(cause)
    const asked = retryAfter ?? ("retryAfter" in cause ? cause.retryAfter : 0)
    // what is read of a venue's words may be no number, which no timer and no label could bear
    const wait = asked > 0 ? Math.min(asked, LONGEST_WAIT) : 0
    super({ cause, reason, detail: foreignText(sentence), retryAfter: wait })
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
