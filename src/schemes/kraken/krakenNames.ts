// Owns Kraken's asset codes: which of them mean another asset than elsewhere, both ways, for all its protocols.
// Sources: shared/venues/kraken.md sections 2 and 4 (LUNA is Terra Classic, LUNA2 the Terra of today; REST and
// websocket v1 keep XBT and XDG), read 2026-11-28; UST is Terra Classic's coin and REPV2 the Augur of today (peers'
// tables, 2026-11).
// Invariant: a market named by a common code follows the asset that the other venues call so.

/** Common code by Kraken's. */
const COMMON: ReadonlyMap<string, string> = new Map([
  ["XBT", "BTC"],
  ["XDG", "DOGE"],
  ["LUNA", "LUNC"],
  ["LUNA2", "LUNA"],
  ["UST", "USTC"],
  ["REP", "REPV1"],
  ["REPV2", "REP"]
])
/** The codes that websocket v2 spells as everybody does. */
const OLD: ReadonlyMap<string, string> = new Map([
  ["BTC", "XBT"],
  ["DOGE", "XDG"]
])
const TODAY: ReadonlyMap<string, string> = new Map([...OLD].map(([today, old]) => [old, today]))
const OWN: ReadonlyMap<string, string> = new Map(
  [...COMMON].flatMap(([own, code]) => (TODAY.has(own) ? [] : [[code, own] as const]))
)

export const krakenCommon = (code: string): string => COMMON.get(code) ?? code

/** As websocket v2 spells it. */
export const krakenCode = (code: string): string => TODAY.get(code) ?? OWN.get(code) ?? code

/** As websocket v1 and REST spell it. */
export const krakenOldCode = (code: string): string => OLD.get(krakenCode(code)) ?? krakenCode(code)

/** A spelling of websocket v2, as websocket v1 and REST write its codes. */
export const krakenOldSpelling = (code: string): string => OLD.get(code) ?? code

/** The same the other way: what REST calls XBT is BTC on websocket v2. */
export const krakenTodaySpelling = (code: string): string => TODAY.get(code) ?? code

/** Base and quote of a spelling with a slash. */
export const krakenPair = (native: string): { readonly base: string; readonly quote: string } | null => {
  const match = /^([^/]+)\/([^/]+)$/.exec(native)
  return match === null ? null : { base: krakenCommon(match[1]!), quote: krakenCommon(match[2]!) }
}
