// Owns the question about one instrument alone, at venues whose listing leaves out what matters of it (Gemini's ticks,
// bitFlyer's state). What is asked is its scheme's (`Listing.one`); who knows listings is Instruments. Invariant: it
// answers always, in bounded time, with what the listing says where the venue says no more.
import { Context, type Effect } from "effect"
import type { Instrument } from "../domain/Instrument.ts"

export class InstrumentDetails extends Context.Service<
  InstrumentDetails,
  {
    /** An instrument of an exchange's listing, with all that the venue says of it; remembered with the listing. */
    of(exchange: string, instrument: Instrument): Effect.Effect<Instrument>
  }
>()("level4/layers/InstrumentDetails") {}
