// Owns the venues that a name may be mistaken for: `Kraken ` with a blank or with a Cyrillic letter is no Kraken, and
// would have no scheme for a reason that nobody can see. Case makes no other venue. Pure.
import { folded, lookOf } from "../domain/Names.ts"
import { exchangeNames } from "./Schemes.ts"

/** The known venue that a name only looks like; null where it is that venue, or looks like none. */
export const knownVenueLike = (name: string): string | null => {
  const look = lookOf(name)
  return exchangeNames().find((known) => lookOf(known) === look && folded(known) !== folded(name)) ?? null
}
