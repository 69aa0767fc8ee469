// Owns the contract of a scheme's listing: what is asked of a venue to learn what it lists, and how its answers become
// instruments. Pure, like all of a scheme; asking, within the venue's budget, and remembering are layers/instruments.
// Invariant: a row that can not be read costs that row alone, and is counted.
import type { Instrument } from "../domain/Instrument.ts"
import type { MarketType } from "../domain/MarketType.ts"

/** One REST request, below the venue's origin. */
export interface ListingRequest {
  /** With query, such as `/api/v3/exchangeInfo`. */
  readonly path: string
  readonly weight: number
}

/** What one answer says. */
export interface ListingPage {
  /** Of all market types in the answer: whoever asked takes those that it asked for. */
  readonly instruments: ReadonlyArray<Instrument>
  /** Rows that should be instruments and can't be read. */
  readonly unread: number
  /** Asked next, for the rest of the same listing. */
  readonly next: ReadonlyArray<ListingRequest>
}

/** Changes of the listing that a venue sends by websocket, in place of being asked for. */
export interface ListingPush {
  /** The market types whose listing it speaks of. */
  readonly marketTypes: ReadonlyArray<MarketType>
  readonly url: string
  readonly subscribe: ReadonlyArray<string>
  /** Milliseconds of silence after which the text is sent; null: websocket pings alone. */
  readonly ping: { readonly every: number; readonly text: string | null }
  /**
   * What a frame says of instruments, as one word each in the venue's own words (status, or all that matters of a row);
   * any word that differs from the one before is a change. Empty: the frame says nothing of them.
   */
  readonly read: (text: string) => ReadonlyMap<string, string>
}

export interface Listing {
  /** The first requests, for these market types of one origin; each answer may ask for more. */
  readonly requests: (types: ReadonlyArray<MarketType>) => ReadonlyArray<ListingRequest>
  /**
   * Null: this answer is no listing (an error, another shape), and what is known stays. `at`: when it came, in
   * microseconds since 1970, by which a venue's start of trading is seen to lie ahead; left out, none does.
   */
  readonly read: (request: ListingRequest, status: number, body: string, at?: number) => ListingPage | null
  /**
   * What has to be asked for one instrument alone, where the listing leaves out what matters of it (Gemini's ticks);
   * answered through `read`. Left out: the listing says all.
   */
  readonly one?: (instrument: Instrument) => ListingRequest
  /**
   * Asks for one instrument by its native symbol, where that is far less than the whole listing (Binance spot: a
   * kilobyte in place of megabytes); answered through `read`, with null for a name that is not listed. Left out: the
   * listing is asked for.
   */
  readonly named?: (native: string) => ListingRequest
  /** What a venue that has closed listed last, each `delisted`: known without asking. */
  readonly closed?: ReadonlyArray<Instrument>
  readonly push?: ReadonlyArray<ListingPush>
}
