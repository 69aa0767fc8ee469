// Owns whether an instrument can be traded, in the four words that level4 has for what venues say of it. What a venue
// calls them is its scheme's.
import { Schema } from "effect"

export const InstrumentStatus = Schema.Literals(["trading", "pre_launch", "halted", "delisted"]).annotate({
  identifier: "InstrumentStatus",
  description:
    "trading; pre_launch: listed, and not traded yet; halted: the venue takes no orders that would trade now (also " +
    "where it takes only cancellations, limit or post-only orders); delisted: it was listed, and is no more"
})
export type InstrumentStatus = typeof InstrumentStatus.Type
