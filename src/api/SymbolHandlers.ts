// Owns the answers of /symbols.
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Catalog } from "../layers/Catalog.ts"
import { Api } from "./Api.ts"
import { alreadyExists, ambiguous, catalogUnavailable, inUse, notFound } from "./Refusals.ts"

export const layerSymbols = HttpApiBuilder.group(Api, "symbols", (handlers) =>
  Effect.map(Catalog, (catalog) =>
    handlers.handleAll({
      create: ({ payload }) =>
        catalog
          .createSymbol(payload.symbol)
          .pipe(Effect.catchTags({ AlreadyExists: alreadyExists, CatalogUnavailable: catalogUnavailable })),
      list: () => catalog.symbols.pipe(Effect.catchTag("CatalogUnavailable", catalogUnavailable)),
      find: ({ params }) =>
        catalog
          .symbol(params.id)
          .pipe(Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable })),
      remove: ({ params }) =>
        Effect.flatMap(catalog.symbol(params.id), (symbol) => catalog.deleteSymbol(symbol)).pipe(
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
