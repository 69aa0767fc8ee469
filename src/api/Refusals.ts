// Owns how each fact of domain/Failures.ts is answered on HTTP: one function a failure, for `Effect.catchTags` in
// handlers.
import type {
  AlreadyExists,
  Ambiguous,
  CatalogUnavailable,
  FeedRefused,
  InUse,
  InvalidMarket,
  MisleadingName,
  NotFound,
  UnknownReference
} from "../domain/Failures.ts"
import type { MarketId } from "../domain/Market.ts"
import {
  AlreadyExistsProblem,
  CatalogUnavailableProblem,
  FeedRefusedProblem,
  InUseProblem,
  InvalidMarketProblem,
  InvalidRequestProblem,
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
    detail:
      `There is no ${entity} ${typeof id === "number" ? `with id ${id}` : id}. ` +
      `GET ${LISTS[entity]} lists those that exist.`
  })

export const inUse = ({ count, detail, entity, users }: InUse) => new InUseProblem({ entity, users, count, detail })

/** What only the catalog can find wrong with a request, answered as the contract's own faults are. */
const faulty = (place: "path" | "body", path: string, message: string) =>
  new InvalidRequestProblem({ detail: `${place} ${path}: ${message}.`, errors: [{ in: place, path, message }] })

export const ambiguous = ({ entity, ids, name }: Ambiguous) =>
  faulty("path", "/id", `Several rows are called ${name}: name the ${entity} by its id, one of ${ids.join(", ")}`)

export const misleadingName = ({ looks_like, name }: MisleadingName) =>
  faulty(
    "body",
    "/name",
    `${JSON.stringify(name)} only looks like ${looks_like} and would not be that venue; ` +
      `expected ${looks_like}, or a name that can't be mistaken`
  )

export const unknownReference = ({ field, id }: UnknownReference) => {
  const [entity, list] = REFERENCES[field]
  return new UnknownReferenceProblem({
    field,
    id,
    detail:
      `${field} is ${id}, but there is no ${entity} with this id. ` +
      `POST ${list} creates one, GET ${list} lists them.`
  })
}

export const invalidMarket = ({ detail, field }: InvalidMarket) => new InvalidMarketProblem({ field, detail })

export const catalogUnavailable = ({ detail }: CatalogUnavailable) => new CatalogUnavailableProblem({ detail })

export const feedRefused =
  (market_id: MarketId) =>
  ({ detail }: FeedRefused) =>
    new FeedRefusedProblem({ market_id, level4_feed_enabled: false, detail })
