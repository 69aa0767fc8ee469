// Owns whose time is counted together: each connection has a budget, and so have all connections of one address and all
// of one token, so that who is refused a share takes none by coming again or by coming often. Invariant: a budget that
// is full again is forgotten, which bounds how many there are by what was spent in the last seconds.
import { createHash } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { clientOf } from "../ClientRates.ts"
import { TimeBudget } from "./TimeBudget.ts"

/**
 * Milliseconds of CPU a millisecond, and at once, for what one connection asks for: messages, answers, opened books.
 */
const OF_CONNECTION = [0.25, 2_000] as const
/** For all of an address, and for all with a token, together. */
const OF_MANY = [0.5, 4_000] as const
/** How many are kept before those that are full are looked for. */
const KEPT = 1_000

export class Budgets {
  private readonly shared = new Map<string, TimeBudget>()
  private looksAt = KEPT

  /**
   * The budgets of a connection, its own first; `tokens`: whether the service has tokens, so that what is sent is one.
   */
  of(request: IncomingMessage, token: string | undefined, now: number): ReadonlyArray<TimeBudget> {
    const own = new TimeBudget(...OF_CONNECTION, now)
    const address = this.sharedBy(`address ${clientOf(request.socket.remoteAddress ?? "")}`, now)
    if (token === undefined) return [own, address]
    // tokens stay where they are compared: a digest tells two apart as well
    return [own, address, this.sharedBy(`token ${createHash("sha256").update(token).digest("base64")}`, now)]
  }

  private sharedBy(key: string, now: number): TimeBudget {
    const known = this.shared.get(key)
    if (known !== undefined) return known
    if (this.shared.size >= this.looksAt) this.forget(now)
    const budget = new TimeBudget(...OF_MANY, now)
    this.shared.set(key, budget)
    return budget
  }

  private forget(now: number): void {
    for (const [key, budget] of this.shared) if (budget.full(now)) this.shared.delete(key)
    this.looksAt = Math.max(KEPT, 2 * this.shared.size)
  }
}
