// Owns the configuration that simulated Bitfinex shows: several labels in one call, an array for each. Source:
// shared/instruments.md (2026-11), docs.bitfinex.com (Configs). Surprises kept: pairs of paper trading among the
// others, two currencies of it under plain names that only the map unmasks, and the map's `USDt`. Nothing says a
// state: what trades or is halted is listed, and what is not yet is not.
import type { SimMarket } from "../Venue.ts"

const FUTURE = /F0:[^:]+F0$/
const PAPER = ["AAA:BBB", "TESTBTC:TESTUSD"]
const PAPER_FUTURES = ["TESTBTCF0:TESTUSDTF0"]

const SYMBOLS = [
  ["AAA", "TESTAAA"],
  ["ALG", "ALGO"],
  ["BBB", "TESTBBB"],
  ["DOG", "MDOGE"],
  ["DSH", "DASH"],
  ["UDC", "USDC"],
  ["UST", "USDt"]
]

const spotRow = (pair: string) => [pair, [null, null, null, "0.02", "5000.0", null, null, null, null, null, null, null]]
const futuresRow = (pair: string) => [pair, [null, null, null, "0.02", "5000.0", null, null, null, 0.01, 0.005]]

/** The body for a call's labels, as they stand in its path. */
export const configuration = (labels: string, markets: Iterable<SimMarket>): string => {
  const listed = [...markets].filter(({ state }) => state === "trading" || state === "halted")
  const pairs = listed.map(({ symbol }) => symbol.slice(1))
  const spot = [...pairs.filter((pair) => !FUTURE.test(pair)), ...PAPER]
  const futures = [...pairs.filter((pair) => FUTURE.test(pair)), ...PAPER_FUTURES]
  const answers: Readonly<Record<string, () => ReadonlyArray<unknown>>> = {
    "pub:info:pair": () => spot.map(spotRow),
    "pub:info:pair:futures": () => futures.map(futuresRow),
    "pub:list:pair:exchange": () => spot,
    "pub:list:pair:futures": () => futures,
    "pub:map:currency:sym": () => SYMBOLS
  }
  return JSON.stringify(labels.split(",").map((label) => answers[label]?.() ?? []))
}
