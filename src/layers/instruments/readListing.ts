// Owns one reading of a venue's listing: each request within the venue's budget, asked twice at most, page after page,
// all of it in bounded time. What an answer says is its scheme's; what is done with it is ListingReader's. Invariant: a
// reading is whole, or it fails with what the venue or the network said.
import { Clock, Data, Duration, Effect, Schedule } from "effect"
import { foreignText } from "../../domain/ForeignText.ts"
import type { Instrument } from "../../domain/Instrument.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { faultSentence } from "../../feeds/core/LossSentence.ts"
import { askOnce, type RestAnswer } from "../../feeds/venue/RestRequest.ts"
import type { Venue } from "../../feeds/venue/Venue.ts"
import type { Listing, ListingPage, ListingRequest } from "../../schemes/Listing.ts"
import { MAX_INSTRUMENTS } from "./ListingMemory.ts"

/** Why there is no listing. */
export class NotRead extends Data.TaggedError("NotRead")<{ readonly said: string }> {}

/** Where a listing is asked for. */
export interface Asked {
  readonly venue: Venue
  readonly origin: string
  readonly listing: Listing
}

const MAX_PAGES = 50
const ATTEMPTS = 2
const PAUSE = "500 millis"
const ALL_WITHIN = Duration.seconds(20)
const ONE_WITHIN = Duration.seconds(5)

/** All that the venue lists of these market types, and how many rows can't be read. */
export const readListing = (
  asked: Asked,
  types: ReadonlyArray<MarketType>
): Effect.Effect<{ readonly instruments: ReadonlyArray<Instrument>; readonly unread: number }, NotRead> =>
  Effect.gen(function* () {
    const requests = [...asked.listing.requests(types)]
    const instruments: Array<Instrument> = []
    let unread = 0
    if (requests.length === 0) return yield* new NotRead({ said: "level4 has no way to ask it" })
    for (let pages = 0; pages < requests.length; pages++) {
      if (pages >= MAX_PAGES) return yield* new NotRead({ said: `its listing has more than ${MAX_PAGES} pages` })
      const page = yield* pageOf(asked, requests[pages]!, ATTEMPTS)
      for (const instrument of page.instruments)
        if (types.includes(instrument.market_type)) instruments.push(instrument)
      unread += page.unread
      requests.push(...page.next)
      if (instruments.length > MAX_INSTRUMENTS) {
        return yield* new NotRead({ said: `it lists more than ${MAX_INSTRUMENTS} instruments` })
      }
    }
    return { instruments, unread }
  }).pipe(inTime(ALL_WITHIN))

/** What the venue says of one instrument alone; null: nothing that can be read. */
export const readOne = (asked: Asked, request: ListingRequest): Effect.Effect<ReadonlyArray<Instrument>, NotRead> =>
  pageOf(asked, request, 1).pipe(
    Effect.map(({ instruments }) => instruments),
    inTime(ONE_WITHIN)
  )

const inTime =
  (limit: Duration.Duration) =>
  <A>(reading: Effect.Effect<A, NotRead>): Effect.Effect<A, NotRead> =>
    Effect.timeoutOrElse(reading, {
      duration: limit,
      orElse: () => new NotRead({ said: `no whole answer within ${Duration.format(limit)}` })
    })

const pageOf = (asked: Asked, request: ListingRequest, attempts: number): Effect.Effect<ListingPage, NotRead> =>
  ask(asked, request, attempts).pipe(
    Effect.flatMap(({ body, status }) =>
      Effect.flatMap(
        Effect.flatMap(Clock.currentTimeMillis, (at) =>
          Effect.try({
            try: () => asked.listing.read(request, status, body, at * 1_000),
            catch: (cause) => new NotRead({ said: `its answer to ${request.path} can't be read (${String(cause)})` })
          })
        ),
        (page) =>
          page === null
            ? new NotRead({ said: `it answered ${request.path} with ${status}: ${foreignText(body, 80)}` })
            : Effect.succeed(page)
      )
    )
  )

const ask = (
  { origin, venue }: Asked,
  { path, weight }: ListingRequest,
  attempts: number
): Effect.Effect<RestAnswer, NotRead> => {
  const { rest } = venue.budget
  return (rest === null ? Effect.void : rest.pass(weight)).pipe(
    Effect.andThen(askOnce(venue, `${origin}${path}`, weight)),
    // what is too large will be too large again
    Effect.retry({
      schedule: Schedule.spaced(PAUSE),
      times: attempts - 1,
      while: ({ _tag }) => _tag !== "RestOversized"
    }),
    Effect.mapError(
      (fault) =>
        new NotRead({
          said:
            fault._tag === "RestOversized"
              ? `its answer to ${path} is larger than ${fault.bound} bytes`
              : faultSentence(fault)
        })
    )
  )
}
