// Owns the guards of the contract, as names and the errors they may answer with; Tokens.ts and RequestFaults.ts
// implement them, and what comes before any route (HttpPipeline.ts, Admission.ts) is declared with the latter, since
// every call can meet it. Calls that write need the operator's token and reads the reader's or the operator's, as
// `Authorization: Bearer …`, wherever the service has such tokens set.
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import {
  ForbiddenProblem,
  HostNotAllowedProblem,
  InternalErrorProblem,
  InvalidRequestProblem,
  OriginNotAllowedProblem,
  ShuttingDownProblem,
  TooManyConnectionsProblem,
  TooManyRequestsProblem,
  UnauthorizedProblem
} from "./Problems.ts"

/** Turns what the schemas refuse into problems; implemented in RequestFaults.ts. */
export class RequestFaults extends HttpApiMiddleware.Service<RequestFaults>()("level4/api/RequestFaults", {
  error: [
    InvalidRequestProblem,
    HostNotAllowedProblem,
    TooManyRequestsProblem,
    TooManyConnectionsProblem,
    InternalErrorProblem,
    ShuttingDownProblem
  ]
}) {}

/** Lets only the operator pass; implemented in Tokens.ts. */
export class Operator extends HttpApiMiddleware.Service<Operator>()("level4/api/Operator", {
  security: { operator: HttpApiSecurity.bearer },
  error: [UnauthorizedProblem, ForbiddenProblem, OriginNotAllowedProblem]
}) {}

/** Lets readers and the operator pass; implemented in Tokens.ts. */
export class Reader extends HttpApiMiddleware.Service<Reader>()("level4/api/Reader", {
  security: { reader: HttpApiSecurity.bearer },
  error: UnauthorizedProblem
}) {}
