// Which exchanges and market types a pattern concerns, and what is said of one that can match nothing.
import { assert, describe, it } from "@effect/vitest"
import type { MarketType } from "../../src/domain/MarketType.ts"
import type { Listing } from "../../src/schemes/Listing.ts"
import { patternTargets } from "../../src/schemes/patternTargets.ts"

const listing: Listing = { requests: () => [], read: () => null }
const scheme = (exchange: string, marketTypes: ReadonlyArray<MarketType>, more = {}) => ({
  exchange,
  marketTypes,
  status: "live" as const,
  listing,
  ...more
})
const known = [
  scheme("Kraken", ["SPOT"]),
  scheme("Kraken", ["PERP", "INVERSE", "FUTURE"]),
  scheme("Kraken", ["SPOT"], { listing: null }),
  scheme("bitFlyer", ["SPOT"]),
  scheme("BitMEX", ["INVERSE"], { status: "retired" }),
  scheme("Mute", ["SPOT", "PERP"], { listing: null })
]
const targets = (pattern: string) => {
  const found = patternTargets(pattern, known)
  if ("detail" in found) throw new Error(found.detail)
  return found.map(({ exchange, marketTypes }) => `${exchange} ${marketTypes.join(" ")}`)
}

describe("the targets of a pattern", () => {
  it.each<[string, ReadonlyArray<string>]>([
    ["KRAKEN.SPOT:*-USD", ["Kraken SPOT"]],
    ["kraken.spot:btc-usd", ["Kraken SPOT"]],
    ["Kraken.*", ["Kraken SPOT PERP INVERSE FUTURE"]],
    ["KRAKEN.*:*-USD", ["Kraken SPOT PERP INVERSE FUTURE"]],
    ["KRAKEN.P*", ["Kraken PERP"]],
    ["BITFLYER.*", ["bitFlyer SPOT"]],
    // what is spelled out is a target whatever its state
    ["BITMEX.*", ["BitMEX INVERSE"]],
    ["MUTE.PERP:*", ["Mute PERP"]],
    // what a star stands for is live and has a listing
    ["*", ["Kraken SPOT PERP INVERSE FUTURE", "bitFlyer SPOT"]],
    ["*:BTC-USD", ["Kraken SPOT PERP INVERSE FUTURE", "bitFlyer SPOT"]],
    ["*.SPOT:BTC-*", ["Kraken SPOT", "bitFlyer SPOT"]],
    ["bit*", ["bitFlyer SPOT"]],
    ["K*:*", ["Kraken SPOT PERP INVERSE FUTURE"]]
  ])("%s", (pattern, wanted) => {
    assert.sameMembers(targets(pattern), [...wanted])
  })

  it.each<[string, string | null, RegExp]>([
    ["KRAKEM.SPOT:*", "Kraken", /^KRAKEM names no exchange .* did you mean Kraken\?$/],
    ["BTC-USD", null, /^BTC-USD names no exchange .*; level4 can follow BitMEX, Kraken, Mute, bitFlyer$/],
    ["KRAKEN", "Kraken", /^KRAKEN names no markets; KRAKEN\.\* names all$/],
    ["KRAKEN.SPOT", "Kraken", /^KRAKEN\.SPOT names no markets; KRAKEN\.SPOT:\* names all of its type$/],
    ["KRAKEN.SWAP:*", "Kraken", /names no market type of Kraken, which has SPOT, PERP, INVERSE, FUTURE here$/],
    ["MU*.SPOT:*", null, /^MU\* names no live exchange that can be asked/]
  ])("%s has none", (pattern, nearest, detail) => {
    const found = patternTargets(pattern, known)
    assert("detail" in found)
    assert.strictEqual(found.nearest, nearest)
    assert.match(found.detail, detail)
  })
})
