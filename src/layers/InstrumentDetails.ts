// Owns the question about one instrument alone, at venues whose listing leaves out what matters of it (Gemini's ticks,
// bitFlyer's state), or is large. What is asked is its scheme's (`Listing.one`, `Listing.named`); who knows listings is
// Instruments. Invariant: it answers always, in bounded time, with what the listing says where the venue says no more.
import { Context, type Effect } from "effect"
import type { Instrument } from "../domain/Instrument.ts"
import type { MarketType } from "../domain/MarketType.ts"

export class InstrumentDetails extends Context.Service<
  InstrumentDetails,
  {
    /** An instrument of an exchange's listing, with all that the venue says of it; remembered with the listing. */
    of(exchange: string, instrument: Instrument): Effect.Effect<Instrument>
    /**
     * The instrument of a native symbol, asked for alone where the venue knows such a question and its listing is not
     * known; remembered. Null: not asked, or not answered with it.
     */
    named(exchange: string, type: MarketType, native: string): Effect.Effect<Instrument | null>
  }
>()("level4/layers/InstrumentDetails") {}
