// Owns how each fact of domain/Failures.ts is told on HTTP: one function a failure, for `Effect.catchTags` in handlers.
import type {
  AlreadyExists,
  CatalogUnavailable,
  FeedRefused,
  InvalidMarket,
  NotFound,
  UnknownReference
} from "../domain/Failures.ts"
import type { MarketId } from "../domain/Market.ts"
import {
  AlreadyExistsProblem,
  CatalogUnavailableProblem,
  FeedRefusedProblem,
  InvalidMarketProblem,
  NotFoundProblem,
  UnknownReferenceProblem
} from "./Problems.ts"

const LISTS = { symbol: "/symbols", exchange: "/exchanges", market: "/markets" }
const REFERENCES = {
  exchange_id: ["exchange", "/exchanges"],
  base_symbol_id: ["symbol", "/symbols"],
  quote_symbol_id: ["symbol", "/symbols"]
} as const

export const alreadyExists = ({ detail, entity }: AlreadyExists) => new AlreadyExistsProblem({ entity, detail })

export const notFound = ({ entity, id }: NotFound) =>
  new NotFoundProblem({
    entity,
    id,
    detail: `There is no ${entity} with id ${id}. GET ${LISTS[entity]} lists those that exist.`
  })

export const unknownReference = ({ field, id }: UnknownReference) => {
  const [entity, list] = REFERENCES[field]
  return new UnknownReferenceProblem({
    field,
    id,
    detail: `${field} is ${id}, but there is no ${entity} with this id. POST ${list} creates one, GET ${list} lists them.`
  })
}

export const invalidMarket = ({ detail, field }: InvalidMarket) => new InvalidMarketProblem({ field, detail })

export const catalogUnavailable = ({ detail }: CatalogUnavailable) => new CatalogUnavailableProblem({ detail })

export const feedRefused =
  (market_id: MarketId) =>
  ({ detail }: FeedRefused) =>
    new FeedRefusedProblem({ market_id, level4_feed_enabled: false, detail })
