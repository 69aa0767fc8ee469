// Owns the answers of /exchanges.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Catalog } from "../layers/Catalog.ts"
import { Api } from "./Api.ts"
import { listedExchange } from "./Listing.ts"
import { alreadyExists, ambiguous, catalogUnavailable, inUse, misleadingName, notFound } from "./Refusals.ts"

export const layerExchanges = HttpApiBuilder.group(Api, "exchanges", (handlers) =>
  Effect.map(Catalog, (catalog) =>
    handlers.handleAll({
      create: ({ payload }) =>
        catalog.createExchange(payload.name).pipe(
          Effect.map(listedExchange),
          Effect.catchTags({
            AlreadyExists: alreadyExists,
            MisleadingName: misleadingName,
            CatalogUnavailable: catalogUnavailable
          })
        ),
      list: () =>
        catalog.exchanges.pipe(
          Effect.map((exchanges) => exchanges.map(listedExchange)),
          Effect.catchTag("CatalogUnavailable", catalogUnavailable)
        ),
      find: ({ params }) =>
        catalog
          .exchange(params.id)
          .pipe(
            Effect.map(listedExchange),
            Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable })
          ),
      remove: ({ params }) =>
        Effect.flatMap(catalog.exchange(params.id), (exchange) => catalog.deleteExchange(exchange)).pipe(
          Effect.catchTags({
            NotFound: notFound,
            Ambiguous: ambiguous,
            InUse: inUse,
            CatalogUnavailable: catalogUnavailable
          })
        )
    })
  )
)
