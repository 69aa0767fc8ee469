// Owns a venue of REST alone for tests of listings: what it answers is what the test says, what it was asked is kept.
// Its scheme is Kraken's spot, with a listing of rows `[native, base, quote, status?]`.
import { type Duration, Effect, Layer } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import type { Instrument } from "../../../src/domain/Instrument.ts"
import type { InstrumentStatus } from "../../../src/domain/InstrumentStatus.ts"
import { layerInstrumentsOf } from "../../../src/layers/instruments/layerInstruments.ts"
import { OpenVenues } from "../../../src/layers/OpenVenues.ts"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"
import type { Listing } from "../../../src/schemes/Listing.ts"
import type { TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { type Environment, layerSettings } from "../../support/Databases.ts"
import { instrument } from "../../support/FakeInstruments.ts"

export type Row = readonly [native: string, base: string, quote: string, status?: InstrumentStatus]
export interface Answer {
  readonly rows: ReadonlyArray<Row>
  readonly unread?: number
  /** Paths of further pages. */
  readonly next?: ReadonlyArray<string>
}

export const instrumentOf = ([native_symbol, base, quote, status = "trading"]: Row): Instrument =>
  instrument({ native_symbol, base, quote, status })

export const rowsListing: Listing = {
  requests: () => [{ path: "/list", weight: 1 }],
  read: (_request, status, body) => {
    if (status !== 200) return null
    const { next = [], rows, unread = 0 } = JSON.parse(body) as Answer
    return { instruments: rows.map(instrumentOf), unread, next: next.map((path) => ({ path, weight: 1 })) }
  },
  one: ({ native_symbol }) => ({ path: `/one?${native_symbol}`, weight: 1 })
}
/** A budget that nobody waits for. */
const limits = { ...krakenSpot.limits, rest: { weight: 1_000, perMs: 1_000 } }
export const listed: TranslationScheme = { ...krakenSpot, limits, listing: rowsListing }

/** What a path answers: a listing, a bare status, or what is waited for first. */
export type Says = Answer | number | Effect.Effect<Answer | number>

export class Stage {
  /** Whole addresses, in order. */
  readonly asked: Array<string> = []
  /** By path. */
  readonly says = new Map<string, Says>()

  readonly http = HttpClient.make((request, url) =>
    Effect.gen({ self: this }, function* () {
      this.asked.push(url.href)
      const says = this.says.get(`${url.pathname}${url.search}`) ?? 404
      const answer = Effect.isEffect(says) ? yield* says : says
      const [status, body] = typeof answer === "number" ? [answer, "no"] : [200, JSON.stringify(answer)]
      return HttpClientResponse.fromWeb(request, new Response(body, { status }))
    })
  )

  /** Instruments of these schemes, on this venue. */
  layer(schemes: ReadonlyArray<TranslationScheme> = [listed], environment: Environment = {}) {
    return layerInstrumentsOf(schemes).pipe(
      Layer.provideMerge(OpenVenues.layer),
      Layer.provide(layerSettings(environment)),
      Layer.provide(Layer.succeed(HttpClient.HttpClient)(this.http))
    )
  }
}

/** Says so only after so long. */
export const after = (pause: Duration.Input, answer: Answer | number) => Effect.delay(Effect.succeed(answer), pause)
