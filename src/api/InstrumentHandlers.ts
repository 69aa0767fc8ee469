// Owns the answers of /exchanges/:id/instruments: Instruments says what a venue lists, the catalog which of it are
// markets. Invariant: by an exchange's name it answers without the catalog; what is a market of it is then not known,
// and null.
import { Clock, Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { distanceOf } from "../domain/editDistance.ts"
import type { ExchangeId } from "../domain/Exchange.ts"
import type { Market } from "../domain/Market.ts"
import { folded } from "../domain/Names.ts"
import { Catalog } from "../layers/Catalog.ts"
import { Instruments } from "../layers/Instruments.ts"
import { Settings } from "../layers/Settings.ts"
import { describeExchange, exchangeNames } from "../schemes/Schemes.ts"
import { Api } from "./Api.ts"
import { marketIds, pageOf } from "./instrumentPage.ts"
import { ExchangeNotFollowedProblem } from "./Problems.ts"
import { ambiguous, catalogUnavailable, listingUnavailable, notFound } from "./Refusals.ts"

const DEFAULT_LIMIT = 1_000
/** A name with so many letters wrong means anything. */
const NEAR = 3

export const layerInstrumentsApi = HttpApiBuilder.group(Api, "instruments", (handlers) =>
  Effect.gen(function* () {
    const catalog = yield* Catalog
    const instruments = yield* Instruments
    const settings = yield* Settings

    const nameOf = (reference: ExchangeId | string) =>
      typeof reference === "string"
        ? Effect.succeed(reference)
        : Effect.map(catalog.exchange(reference), ({ name }) => name)

    /** None where the catalog does not know the exchange, or does not answer. */
    const marketsOf = (exchange: string): Effect.Effect<ReadonlyArray<Market>> =>
      catalog.exchange(exchange).pipe(
        Effect.flatMap(({ id }) => catalog.markets({ exchange_id: id })),
        Effect.catchTags({
          NotFound: () => Effect.succeed([]),
          Ambiguous: () => Effect.succeed([]),
          CatalogUnavailable: () => Effect.succeed([])
        })
      )

    return handlers.handleAll({
      list: Effect.fnUntraced(
        function* ({ params, query, request }) {
          const exchange = yield* nameOf(params.id)
          if (!describeExchange(exchange).supported) return yield* notFollowed(exchange)
          const types = query.market_type === undefined ? undefined : [query.market_type]
          const asked = instruments.list(exchange, types).pipe(
            Effect.catchTag("ListingUnavailable", (failure) => {
              const known = query.stale === true ? instruments.known(exchange, types) : null
              return known === null ? Effect.fail(failure) : Effect.succeed(known)
            })
          )
          const [listed, markets] = yield* Effect.all([asked, marketsOf(exchange)], { concurrency: "unbounded" })
          const { more, rows } = pageOf(exchange, listed.instruments, marketIds(settings, markets), {
            ...query,
            limit: query.limit ?? DEFAULT_LIMIT
          })
          const age = Math.max(0, Math.floor(((yield* Clock.currentTimeMillis) * 1000 - listed.at) / 1_000_000))
          const last = rows.at(-1)
          const link = more && last !== undefined ? { link: nextPage(request.url, last) } : {}
          return HttpApiSchema.withHeaders({ body: rows, headers: { age, ...link } })
        },
        Effect.catchTags({
          NotFound: notFound,
          Ambiguous: ambiguous,
          CatalogUnavailable: catalogUnavailable,
          ListingUnavailable: listingUnavailable
        })
      )
    })
  })
)

const notFollowed = (exchange: string) => {
  const followed = exchangeNames()
  const near = followed.find((name) => distanceOf(folded(name), folded(exchange), NEAR) < NEAR)
  const hint = near === undefined ? "" : ` Did you mean ${near}?`
  const detail = `level4 follows no ${exchange}.${hint} It can follow ${followed.join(", ")}.`
  return new ExchangeNotFollowedProblem({ exchange, followed, detail })
}

/** The same question, after this row. */
const nextPage = (url: string, row: { readonly market_type: string; readonly native_symbol: string }): string => {
  const { pathname, searchParams } = new URL(url, "http://level4")
  searchParams.set("cursor", `${row.market_type}:${row.native_symbol}`)
  return `<${pathname}?${searchParams.toString()}>; rel="next"`
}
