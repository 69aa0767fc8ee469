// Owns what Kraken's two spot protocols say in the same words: the state of the trading system, and why a request is
// refused. Source: shared/venues/kraken.md sections 4 and 5, read 2026-11-28. Invariant: a refusal costs the market
// that it names and no other; the letters of a pair are never read as words (`PIRATE/USD` is no rate limit).
// Unsure: whether `maintenance` always ends with a disconnect; so `online` after it asks for a new socket.
import { type Instruction, type Instructions, NOTHING } from "../Instruction.ts"
import { isNamedIn } from "../rules/namedIn.ts"
import { venueTexts } from "../rules/venueTexts.ts"

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

const SHEET = "sheet section 4, read 2026-11-28"
const LIST = "the venue's list of errors, kept from 2026-11"
/** The venue gives no codes: by these texts alone it says more than that a request is refused. */
const readText = venueTexts([
  { text: "Currency pair not supported *", means: "unknown", source: SHEET },
  { text: "Currency pair not in ISO 4217-A3 format *", means: "unknown", source: SHEET },
  { text: "Currency pair not supported", means: "unknown", source: LIST },
  { text: "Currency pair not in ISO 4217-A3 format", means: "unknown", source: LIST },
  { text: "EQuery:Unknown asset pair", means: "unknown", source: LIST },
  { text: "Unknown asset pair *", means: "unknown", source: LIST },
  { text: "Already subscribed", means: "as asked", source: LIST },
  { text: "Subscription Not Found", means: "as asked", source: LIST },
  { text: "Not subscribed", means: "as asked", source: LIST },
  { text: "Exceeded msg rate", means: "too fast", source: SHEET },
  { text: "EAPI:Rate limit exceeded", means: "too fast", source: LIST },
  { text: "EGeneral:Too many requests", means: "too fast", source: LIST },
  { text: "Rate limit exceeded", means: "too fast", source: LIST },
  { text: "Too many requests", means: "too fast", source: LIST }
] as const)

export const krakenRefusal = (
  members: ReadonlyMap<string, unknown>,
  field: string | undefined,
  detail: string
): Instructions => {
  const symbol = field ?? [...members.keys()].find((one) => isNamedIn(detail, one))
  const isOurs = symbol !== undefined && members.has(symbol)
  const said = readText(detail)
  if (said?.means === "unknown") {
    if (isOurs) return [{ type: "rejected", symbol, detail }]
    // of a market that has left meanwhile
    if (symbol !== undefined || said.parts.length > 0) return NOTHING
  }
  if (said?.means === "as asked") return NOTHING
  if (symbol !== undefined) return isOurs ? [{ type: "refused", symbol, detail }] : NOTHING
  if (said?.means === "too fast") return [{ type: "reconnect", reason: "rate_limited", detail, retryAfter: 10_000 }]
  return [{ type: "reconnect", reason: "refused", detail }]
}
