// Owns what Kraken's two spot protocols say in the same words: the state of the trading system, and why a request is
// refused. Source: shared/venues/kraken.md sections 4 and 5, read 2026-11-28. Invariant: a refusal costs the market
// that it names and no other; the letters of a pair are never read as words (`PIRATE/USD` is no rate limit).
// Unsure: whether `maintenance` always ends with a disconnect; so `online` after it asks for a new socket.
import { type Instruction, type Instructions, NOTHING } from "../Instruction.ts"
import { isNamedIn } from "../rules/namedIn.ts"

export interface KrakenSystem {
  /** What the venue last said of its trading system. */
  system: string
}
interface State {
  readonly socket: KrakenSystem
  readonly members: ReadonlyMap<string, unknown>
}

/** States of the system in which nothing trades. */
const HALTS: ReadonlyMap<string, string> = new Map([
  ["maintenance", "the venue is under maintenance"],
  ["cancel_only", "the venue takes nothing but cancellations"],
  ["post_only", "the venue takes no orders that would trade at once"]
])

export const krakenStatus = ({ socket, members }: State, status: string): Instructions => {
  const detail = HALTS.get(status)
  const before = socket.system
  // after a maintenance the engine opens step by step; it is over when the system is online
  if (status === "online" || before !== "maintenance") socket.system = status
  if (detail !== undefined) return [{ type: "halted", symbol: null, detail }]
  if (status !== "online" || !HALTS.has(before)) return NOTHING
  if (before === "maintenance")
    return [{ type: "reconnect", reason: "maintenance", detail: "the maintenance has ended", retryAfter: 5_000 }]
  // the subscriptions went on all the time: the books stand as they are, also those that won't change for hours
  return [...members.keys()].map((symbol): Instruction => ({ type: "changes", symbol, bids: [], asks: [], time: null }))
}

/** The one kind of refusal that says that a pair does not exist; looked for at the beginning, before any name. */
const NO_SUCH_PAIR = /^(?:EQuery: ?)?(?:currency pair not|unknown asset pair)\b/i
/** Its last word is a pair. */
const NAMES_A_PAIR = /\/\S*\s*$/
const AS_ASKED = /\b(?:already subscribed|subscription not found|not subscribed)\b/i
const TOO_FAST = /\b(?:rate|too many)\b/i

export const krakenRefusal = (
  members: ReadonlyMap<string, unknown>,
  field: string | undefined,
  detail: string
): Instructions => {
  const symbol = field ?? [...members.keys()].find((one) => isNamedIn(detail, one))
  const isOurs = symbol !== undefined && members.has(symbol)
  if (NO_SUCH_PAIR.test(detail)) {
    if (isOurs) return [{ type: "rejected", symbol, detail }]
    // of a market that has left meanwhile
    if (symbol !== undefined || NAMES_A_PAIR.test(detail)) return NOTHING
  }
  const said = symbol === undefined ? detail : detail.replaceAll(symbol, "")
  if (AS_ASKED.test(said)) return NOTHING
  if (symbol !== undefined) return isOurs ? [{ type: "refused", symbol, detail }] : NOTHING
  if (TOO_FAST.test(said)) return [{ type: "reconnect", reason: "rate_limited", detail, retryAfter: 10_000 }]
  return [{ type: "reconnect", reason: "refused", detail }]
}
