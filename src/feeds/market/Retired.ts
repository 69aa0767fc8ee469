// Owns the one rule for a venue that has closed: no feed and no recording of it is begun at its own address, where
// nobody serves it any more and somebody else may one day. Where a setting names another address, such as a simulator
// or a playback, that address stands in for all of the venue, REST included. Which venues have closed is the schemes'.
import { endpointVariable } from "../../domain/endpointVariable.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import type { TranslationScheme } from "../../schemes/TranslationScheme.ts"
import type { Endpoints } from "./LiveFeed.ts"

type Venue = Pick<TranslationScheme, "exchange" | "status">

/** Why nothing of a venue can be followed, and what to do about it; null where it can. */
export const retirement = ({ exchange, status }: Venue, marketType: MarketType, { ws }: Endpoints): string | null =>
  status === "live" || ws !== undefined
    ? null
    : "the venue closed: its recordings can be replayed, but a feed starts only where " +
      `${endpointVariable(exchange, marketType, "WS")} names another address, such as a playback of one or a simulator`

/** Where a feed of the venue dials and asks. */
export const standIn = ({ status }: Venue, { ws, rest }: Endpoints): Endpoints =>
  status === "live" || ws === undefined ? { ws, rest } : { ws, rest: rest ?? ws.replace(/^ws/, "http") }
