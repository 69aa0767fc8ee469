// Owns the four kinds of market that level4 names. What a venue calls them is its scheme's.
import { Schema } from "effect"

export const MarketType = Schema.Literals(["SPOT", "PERP", "INVERSE", "FUTURE"]).annotate({
  identifier: "MarketType",
  message: "Expected SPOT, PERP, INVERSE or FUTURE",
  description:
    "SPOT; PERP: linear perpetual; INVERSE: coin-margined perpetual; FUTURE: dated contract, named by its native_symbol"
})
export type MarketType = typeof MarketType.Type
