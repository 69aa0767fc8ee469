// Owns the examples of the OpenAPI document for problems, one of each kind; those of calls are DocumentExamples.ts's.
import { BULK_PROBLEMS } from "./BulkExamples.ts"
import { consolidated, feeds, left, TAG, truth } from "./DocumentExamples.ts"
import { hostNotAllowed, INTERNAL, originNotAllowed, payloadTooLarge, unsupportedMediaType } from "./GeneralProblems.ts"
import { tooManyConnections, tooManyRequests } from "./GeneralProblems.ts"

const db = "The catalog's database does not answer (connection refused)."
const none = "There is no market with id 9. GET /markets lists those that exist."

/** By component, without the members that every problem of the kind has alike. */
export const PROBLEM_EXAMPLES: Readonly<Record<string, object>> = {
  InvalidRequestProblem: {
    detail: "body /symbol: Required, but missing.",
    errors: [{ in: "body", path: "/symbol", message: "Required, but missing" }]
  },
  UnauthorizedProblem: { detail: "The token sent is not the operator's token of this service." },
  ForbiddenProblem: { detail: "The reader's token can't change anything; send the operator's token." },
  HostNotAllowedProblem: hostNotAllowed("rebound.example"),
  OriginNotAllowedProblem: originNotAllowed("https://elsewhere.example"),
  NotFoundProblem: { detail: none, entity: "market", id: 9 },
  UnknownPairProblem: {
    detail:
      "The catalog has no SPOT market of BTC-XYZ. GET /markets lists what there is; a pair is spelled base-quote.",
    pair: "BTC-XYZ",
    market_type: "SPOT"
  },
  ...BULK_PROBLEMS,
  UnknownChannelProblem: { detail: "There is no channel trades; there is trade.", channel: "trades" },
  AlreadyExistsProblem: { detail: "symbol BTC exists already with id 1.", entity: "symbol" },
  FeedRefusedProblem: {
    detail:
      "FTX is retired: the venue closed: its recordings can be replayed, but a feed starts only where " +
      "LEVEL4_FTX_SPOT_WS_URL names another address, such as a playback of one or a simulator",
    market_id: 9,
    level4_feed_enabled: false
  },
  PayloadTooLargeProblem: payloadTooLarge,
  UnsupportedMediaTypeProblem: unsupportedMediaType("text/plain"),
  UnknownReferenceProblem: {
    detail:
      "exchange_id is 9, but there is no exchange with this id. POST /exchanges creates one, " +
      "GET /exchanges lists them.",
    field: "exchange_id",
    id: 9
  },
  InvalidMarketProblem: { detail: "Base and quote are the same symbol.", field: "quote_symbol_id" },
  InstrumentMismatchProblem: {
    detail:
      "Kraken lists PF_ETHUSD as ETH-USD, not as BTC-USD. Nearest: PF_XBTUSD (PERP BTC-USD). " +
      "Correct native_symbol, or base and quote, or repeat with ?unchecked=true.",
    field: "native_symbol",
    nearest: [
      {
        native_symbol: "PF_XBTUSD",
        tag: "KRAKEN.PERP:BTC-USD",
        base: "BTC",
        quote: "USD",
        market_type: "PERP",
        status: "trading"
      }
    ]
  },
  ExchangeNotFollowedProblem: {
    detail: "level4 follows no Krakem. Did you mean Kraken? It can follow Coinbase, Kraken.",
    exchange: "Krakem",
    followed: ["Coinbase", "Kraken"]
  },
  ListingUnavailableProblem: {
    detail: "Kraken does not say what it lists: no answer within 10 seconds. What it listed 1260 s ago is known.",
    exchange: "Kraken",
    age: 1260
  },
  ImmutableFieldProblem: {
    detail: "market_type can't be changed; create another market.",
    changes: [{ field: "market_type", current: "SPOT", requested: "PERP" }]
  },
  UpgradeRequiredProblem: { detail: "This address speaks websocket (RFC 6455, version 13)." },
  TooManyRequestsProblem: tooManyRequests(1),
  TooManyConnectionsProblem: tooManyConnections,
  InternalErrorProblem: { detail: INTERNAL },
  ShuttingDownProblem: { detail: "The service is stopping; try again when it runs again." },
  CatalogUnavailableProblem: { detail: db },
  BookNotLiveProblem: {
    detail:
      `The book of ${TAG} is resyncing (gap), not live. ` +
      "Try again, or read it without require=live and mind its state.",
    market_id: 1,
    tag: TAG,
    ...truth,
    state: "resyncing",
    reason: "gap: 4711 follows 4709",
    reason_code: "gap"
  },
  InUseProblem: {
    detail: `The symbol BTC is used by 1 market: ${TAG}. Delete those first: DELETE /markets/:id.`,
    entity: "symbol",
    users: [TAG],
    count: 1
  },
  InsufficientDepthProblem: {
    detail: `The asks of ${TAG} hold 2.07, less than 5. Ask for a smaller size.`,
    size: "5",
    available: "2.07"
  },
  PairNotLiveProblem: {
    detail: `No SPOT book of BTC-USD is live: ${left.tag}: gap: 4711 follows 4709.`,
    pair: "BTC-USD",
    market_type: "SPOT",
    excluded: consolidated.left_out
  },
  NotReadyProblem: { detail: db, database: { ok: false, detail: db }, feeds: { ...feeds, enabled: null } }
}
