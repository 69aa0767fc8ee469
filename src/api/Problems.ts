// Owns what failure looks like on HTTP: RFC 9457 problems, each with a stable `type`, a status, and a `detail` a person
// can act on. Part of the contract: clients decode these very classes, by their `type`. What fails and why is the
// domain's (domain/Failures.ts); problems that no endpoint can declare (unknown route, wrong method) are
// GeneralProblems.ts's.
import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { LeftOut } from "../domain/Consolidated.ts"
import { DecimalText } from "../domain/EventFields.ts"
import { FeedState, FeedStatus } from "../domain/FeedState.ts"
import { MarketId } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"

const uri = <const Name extends string>(name: Name) => `https://level4.dev/problems/${name}` as const

const detail = Schema.String.annotate({ description: "What went wrong and what to do about it" })
const Entity = Schema.Literals(["symbol", "exchange", "market"])

/** One thing that is wrong with a request. */
export const RequestFault = Schema.Struct({
  in: Schema.Literals(["body", "query", "path", "header"]).annotate({ description: "The part of the request" }),
  path: Schema.String.annotate({
    description: 'JSON pointer (RFC 6901) to the value in that part, e.g. "/symbol"; "" is the whole part'
  }),
  message: Schema.String
}).annotate({ identifier: "RequestFault" })
export type RequestFault = typeof RequestFault.Type

export class InvalidRequestProblem extends HttpApiError.Problem<InvalidRequestProblem>()(
  "InvalidRequestProblem",
  { type: uri("invalid-request"), status: 400, title: "Invalid request" },
  { detail, errors: Schema.Array(RequestFault).annotate({ description: "Every fault found, not only the first" }) }
) {}

export class UnauthorizedProblem extends HttpApiError.Problem<UnauthorizedProblem>()(
  "UnauthorizedProblem",
  { type: uri("unauthorized"), status: 401, title: "Unauthorized" },
  { detail }
) {}

export class ForbiddenProblem extends HttpApiError.Problem<ForbiddenProblem>()(
  "ForbiddenProblem",
  { type: uri("forbidden"), status: 403, title: "Forbidden" },
  { detail }
) {}

/** The request was sent to a name that is not the service's. */
export class HostNotAllowedProblem extends HttpApiError.Problem<HostNotAllowedProblem>()(
  "HostNotAllowedProblem",
  { type: uri("host-not-allowed"), status: 403, title: "Host not allowed" },
  { detail }
) {}

/** A page of another origin asked for what only listed ones may. */
export class OriginNotAllowedProblem extends HttpApiError.Problem<OriginNotAllowedProblem>()(
  "OriginNotAllowedProblem",
  { type: uri("origin-not-allowed"), status: 403, title: "Origin not allowed" },
  { detail }
) {}

const retry_after = Schema.Int.annotate({ description: "Seconds to wait, as in the Retry-After header" })

export class TooManyRequestsProblem extends HttpApiError.Problem<TooManyRequestsProblem>()(
  "TooManyRequestsProblem",
  { type: uri("too-many-requests"), status: 429, title: "Too many requests" },
  { detail, retry_after }
) {}

export class TooManyConnectionsProblem extends HttpApiError.Problem<TooManyConnectionsProblem>()(
  "TooManyConnectionsProblem",
  { type: uri("too-many-connections"), status: 429, title: "Too many connections" },
  { detail, retry_after }
) {}

/** The service stops before the answer was ready. */
export class ShuttingDownProblem extends HttpApiError.Problem<ShuttingDownProblem>()(
  "ShuttingDownProblem",
  { type: uri("shutting-down"), status: 503, title: "Shutting down" },
  { detail }
) {}

export class NotFoundProblem extends HttpApiError.Problem<NotFoundProblem>()(
  "NotFoundProblem",
  { type: uri("not-found"), status: 404, title: "Not found" },
  {
    detail,
    entity: Entity,
    id: Schema.Union([Schema.Int, Schema.String]).annotate({ description: "The number or the name that was asked for" })
  }
) {}

export class AlreadyExistsProblem extends HttpApiError.Problem<AlreadyExistsProblem>()(
  "AlreadyExistsProblem",
  { type: uri("already-exists"), status: 409, title: "Already exists" },
  { detail, entity: Entity }
) {}

/** What is to be deleted is used: by markets, or as a market by its own feed. */
export class InUseProblem extends HttpApiError.Problem<InUseProblem>()(
  "InUseProblem",
  { type: uri("in-use"), status: 409, title: "In use" },
  {
    detail,
    entity: Entity,
    users: Schema.Array(Schema.String).annotate({ description: "Tags of the markets that use it, twenty at most" }),
    count: Schema.Int.annotate({ description: "How many markets use it" })
  }
) {}

/** The book holds less than the size asked for. */
export class InsufficientDepthProblem extends HttpApiError.Problem<InsufficientDepthProblem>()(
  "InsufficientDepthProblem",
  { type: uri("insufficient-depth"), status: 409, title: "The book holds less than that" },
  {
    detail,
    size: DecimalText,
    available: DecimalText.annotate({ description: "The sizes of all levels of that side together" })
  }
) {}

/** No scheme, no such market type, a retired venue; the market's switch is off. */
export class FeedRefusedProblem extends HttpApiError.Problem<FeedRefusedProblem>()(
  "FeedRefusedProblem",
  { type: uri("feed-refused"), status: 409, title: "This feed can't run" },
  { detail, market_id: MarketId, level4_feed_enabled: Schema.Literal(false) }
) {}

export class PayloadTooLargeProblem extends HttpApiError.Problem<PayloadTooLargeProblem>()(
  "PayloadTooLargeProblem",
  { type: uri("payload-too-large"), status: 413, title: "Payload too large" },
  { detail, max_bytes: Schema.Int }
) {}

export class UnsupportedMediaTypeProblem extends HttpApiError.Problem<UnsupportedMediaTypeProblem>()(
  "UnsupportedMediaTypeProblem",
  { type: uri("unsupported-media-type"), status: 415, title: "Unsupported media type" },
  { detail }
) {}

export class UnknownReferenceProblem extends HttpApiError.Problem<UnknownReferenceProblem>()(
  "UnknownReferenceProblem",
  { type: uri("unknown-reference"), status: 422, title: "Unknown reference" },
  {
    detail,
    field: Schema.Literals(["exchange_id", "base_symbol_id", "quote_symbol_id", "exchange"]),
    id: Schema.Union([Schema.Int, Schema.String])
  }
) {}

export class InvalidMarketProblem extends HttpApiError.Problem<InvalidMarketProblem>()(
  "InvalidMarketProblem",
  { type: uri("invalid-market"), status: 422, title: "Invalid market" },
  { detail, field: Schema.String }
) {}

const Refused = Schema.Struct({ field: Schema.String, current: Schema.Json, requested: Schema.Json }).annotate({
  identifier: "RefusedChange"
})

export class ImmutableFieldProblem extends HttpApiError.Problem<ImmutableFieldProblem>()(
  "ImmutableFieldProblem",
  { type: uri("immutable-field"), status: 422, title: "Immutable field" },
  { detail, changes: Schema.Array(Refused) }
) {}

export class InternalErrorProblem extends HttpApiError.Problem<InternalErrorProblem>()(
  "InternalErrorProblem",
  { type: uri("internal-error"), status: 500, title: "Internal error" },
  { detail }
) {}

/** The database does not answer; feeds and books go on. */
export class CatalogUnavailableProblem extends HttpApiError.Problem<CatalogUnavailableProblem>()(
  "CatalogUnavailableProblem",
  { type: uri("catalog-unavailable"), status: 503, title: "Catalog unavailable" },
  { detail }
) {}

/** Answers `require=live`: the truth label of the book that is not live. */
export class BookNotLiveProblem extends HttpApiError.Problem<BookNotLiveProblem>()(
  "BookNotLiveProblem",
  { type: uri("book-not-live"), status: 503, title: "The book is not live" },
  { detail, market_id: MarketId, tag: Schema.String, ...FeedStatus.fields }
) {}

/** No book of the pair is live. */
export class PairNotLiveProblem extends HttpApiError.Problem<PairNotLiveProblem>()(
  "PairNotLiveProblem",
  { type: uri("pair-not-live"), status: 503, title: "No book of the pair is live" },
  { detail, pair: Schema.String, market_type: MarketType, excluded: Schema.Array(LeftOut) }
) {}

export class UnknownChannelProblem extends HttpApiError.Problem<UnknownChannelProblem>()(
  "UnknownChannelProblem",
  { type: uri("unknown-channel"), status: 400, title: "Unknown channel" },
  { detail, channel: Schema.String }
) {}

export class UnknownPairProblem extends HttpApiError.Problem<UnknownPairProblem>()(
  "UnknownPairProblem",
  { type: uri("unknown-pair"), status: 404, title: "No market of this pair" },
  { detail, pair: Schema.String, market_type: MarketType }
) {}

/** The address speaks websocket alone. */
export class UpgradeRequiredProblem extends HttpApiError.Problem<UpgradeRequiredProblem>()(
  "UpgradeRequiredProblem",
  { type: uri("upgrade-required"), status: 426, title: "Upgrade required" },
  { detail }
) {}

const stateCounts = Object.fromEntries(FeedState.literals.map((state) => [state, Schema.Int])) as {
  readonly [State in FeedState]: typeof Schema.Int
}

const { reason, reason_code, since, state } = FeedStatus.fields
const NotLive = Schema.Struct({ market_id: MarketId, tag: Schema.String, state, reason, reason_code, since }).annotate({
  identifier: "NotLive"
})

/** What /readyz tells, whether ready or not. */
export const readiness = {
  database: Schema.Struct({ ok: Schema.Boolean, detail: Schema.NullOr(Schema.String) }),
  feeds: Schema.Struct({
    running: Schema.Int,
    live: Schema.Int.annotate({ description: "Running feeds whose book is good at this moment" }),
    enabled: Schema.NullOr(Schema.Int).annotate({
      description: "Markets whose switch is on in the catalog; null while the catalog can't tell"
    }),
    states: Schema.Struct(stateCounts).annotate({ description: "Running feeds by state" }),
    not_live: Schema.Array(NotLive).annotate({
      description: "Why the others are not, those longest in their state first; twenty at most"
    })
  })
}

export class NotReadyProblem extends HttpApiError.Problem<NotReadyProblem>()(
  "NotReadyProblem",
  { type: uri("not-ready"), status: 503, title: "Not ready" },
  { detail, ...readiness }
) {}
