// Owns Poloniex's names: asset codes that mean another asset than elsewhere, and what one contract of its perpetuals
// holds.
// Source: shared/venues/poloniex.md section 2, contracts as listed on 2026-09-22. Invariant: a contract that is not
// in the list has no value, never a guessed one.
import type { SizeUnit } from "../TranslationScheme.ts"

/** Stellar was listed as STR (section 2); the code has meant no other asset here. */
export const poloniexCommon = (code: string): string => (code === "STR" ? "XLM" : code)

/** Base units of one contract, as listed on 2026-09-22, and whose. */
const CONTRACTS: ReadonlyArray<readonly [value: string, bases: ReadonlyArray<string>]> = [
  ["0.001", ["BTC"]],
  ["0.01", ["ETH", "LTC", "BCH"]],
  ["0.1", ["BNB", "SOL", "AVAX", "LINK"]],
  ["1", ["SUI", "APT", "UNI", "FIL"]],
  ["10", ["XRP", "ADA"]],
  ["100", ["TRX", "DOGE", "1000SHIB"]],
  ["1000", ["1000PEPE"]]
]

export const poloniexContract = (native: string): SizeUnit => {
  const base = native.split("_")[0]!
  const value = CONTRACTS.find(([, bases]) => bases.includes(base))?.[0]
  return { size_unit: "contracts", contract_value: value === undefined ? null : `${value} ${base}` }
}
