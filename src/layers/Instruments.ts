// Owns what the venues list, as this process knows it: asked for on demand within each venue's budget, kept in memory
// for LEVEL4_LISTING_INTERVAL, never stored. How a venue is asked is its scheme's listing; who follows a listing all
// the time is ListingWatch. Invariants: one reading of a listing at a time; what a venue listed last is kept while it
// does not answer; an instrument that an answer leaves out is delisted only when a second answer agrees.
import { Context, type Effect, type Stream } from "effect"
import type { ListingUnavailable } from "../domain/Failures.ts"
import type { Instrument } from "../domain/Instrument.ts"
import type { MarketWords } from "../domain/Market.ts"
import type { MarketType } from "../domain/MarketType.ts"

/** What a venue listed. */
export interface Listed {
  readonly instruments: ReadonlyArray<Instrument>
  /** When the oldest answer in it came; microseconds since 1970. */
  readonly at: number
}

/** A listing was read: what it says of these market types may have changed. */
export interface ListingRead {
  /** As its scheme spells it. */
  readonly exchange: string
  readonly marketTypes: ReadonlyArray<MarketType>
}

export class Instruments extends Context.Service<
  Instruments,
  {
    /**
     * What an exchange (its name, case ignored) lists of these market types, or of all that level4 follows there: what
     * is known if that is fresh, else asked for.
     */
    list(exchange: string, marketTypes?: ReadonlyArray<MarketType>): Effect.Effect<Listed, ListingUnavailable>
    /** The same, asked for now, unless it was within the last ten seconds or is being asked for. */
    refresh(exchange: string, marketTypes?: ReadonlyArray<MarketType>): Effect.Effect<Listed, ListingUnavailable>
    /** What is known, however old, without asking; null: nothing of any of these types. */
    known(exchange: string, marketTypes?: ReadonlyArray<MarketType>): Listed | null
    /** The instrument that a market of the catalog is of, as known, without asking; null: not known. */
    ofMarket(market: MarketWords): Instrument | null
    /** Every reading that succeeded, from now on. Slow readers lose old ones, which newer ones make up for. */
    readonly readings: Stream.Stream<ListingRead>
  }
>()("level4/layers/Instruments") {}
