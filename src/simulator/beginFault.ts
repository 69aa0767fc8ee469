// Owns what a fault does at the moment it begins: to the sockets that are open, and to the numbers of a market. What it
// does later, to frames, dials and calls, is asked of it there. Invariant: a fault that this venue has no way to do
// does nothing and says so.
import { CUTTING, type Fault, type FaultName } from "./Faults.ts"
import type { MatchingEngine } from "./MatchingEngine.ts"
import type { SimConnection } from "./SimConnection.ts"
import type { Gateway, Venue } from "./Venue.ts"

/** What a fault finds of a venue. */
interface StruckVenue {
  readonly venue: Venue
  readonly markets: ReadonlyMap<string, { readonly engine: Pick<MatchingEngine, "restartTrades"> }>
  readonly connections: ReadonlySet<SimConnection>
  /** Runs something at a tick after `due`. */
  later(due: number, run: () => void): void
}

/** False: it is nothing that this venue could do. */
export const beginFault = (venue: StruckVenue, gateway: Gateway, fault: Fault): boolean => {
  const { name, request, begun } = fault
  if (lacking(venue.venue, gateway).includes(name) || renumbered(venue, gateway, fault) === false) return false
  const cuts = CUTTING.has(name) || request.with_cut === true
  const age = (request.age_ms ?? STALE) * 1000
  const carrying = (): ReadonlyArray<SimConnection> =>
    [...venue.connections].filter(({ markets }) => request.symbol === undefined || markets.has(request.symbol))
  if (name === "stale_rest") {
    if (request.with_cut === true) venue.later(begun + age, () => carrying().forEach((one) => one.cut()))
    return true
  }
  for (const connection of carrying()) {
    if (strikeSocket(venue, gateway, connection, fault)) fault.strike()
    if (cuts) connection.cut()
  }
  return true
}

/** What this venue has no way to do. */
export const lacking = ({ limits }: Venue, gateway: Gateway): ReadonlyArray<FaultName> => [
  ...(limits.rest === null ? (["rest_status", "slow_rest", "stale_rest"] as const) : []),
  ...(gateway.renumber === undefined ? (["ids_anew"] as const) : []),
  ...(gateway.resume === undefined ? (["halt_on_connect"] as const) : []),
  ...(gateway.shutdown === undefined ? (["announce_shutdown"] as const) : [])
]

/** Milliseconds by which a stale answer is late where nothing is said. */
export const STALE = 3_000

/**
 * Numbers that begin again: false where the venue has none of the kind, null where the fault is about something else.
 */
const renumbered = (venue: StruckVenue, gateway: Gateway, fault: Fault): boolean | null => {
  const { name, request } = fault
  if (name !== "ids_anew" && name !== "trades_anew") return null
  let done = false
  for (const [symbol, { engine }] of venue.markets) {
    if (!fault.concerns(symbol)) continue
    if (name === "trades_anew") engine.restartTrades()
    else if (gateway.renumber?.(symbol, request.back_by ?? null) !== true) continue
    fault.strike()
    done = true
  }
  return done
}

/** What a fault does to a socket that was open when it began; false where it does nothing to sockets. */
const strikeSocket = (venue: StruckVenue, gateway: Gateway, connection: SimConnection, fault: Fault): boolean => {
  const { name, request, begun, until } = fault
  switch (name) {
    case "delay":
      connection.delay((request.delay_ms ?? 2_000) * 1000, until)
      return true
    case "stall":
      connection.stall(until)
      return true
    case "half_open":
      connection.halfOpen(until)
      return true
    case "close":
      connection.close(request.code ?? 1001, "a fault")
      return true
    case "cut":
      connection.cut()
      return true
    case "restart":
      connection.close(1012, "service restart")
      return true
    case "maintenance":
      gateway.maintenance(connection, begun)
      connection.close(1001, "maintenance")
      return true
    case "announce_shutdown":
      gateway.shutdown?.(connection, begun)
      venue.later(until, () => connection.close(1001, "shutdown"))
      return true
    case "repeat_trades":
      return request.with_cut !== true && repeated(venue, connection, fault)
    default:
      return false
  }
}

const repeated = (venue: StruckVenue, connection: SimConnection, fault: Fault): boolean =>
  [...venue.markets.keys()].filter((symbol) => fault.concerns(symbol) && connection.repeatTrades(symbol)).length > 0
