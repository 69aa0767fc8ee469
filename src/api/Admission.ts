// Owns who gets as far as the routes: joins the rules of names and origins (Origins.ts), of rates (ClientRates.ts) and
// of connections (ClientConnections.ts) into one answer a request, by its headers and its socket alone. Who may do what
// behind it is known by tokens. Invariant: whatever is refused is counted by its reason.
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Context, Effect, Layer } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { Server } from "node:http"
import { monotonicMillis } from "../feeds/core/Now.ts"
import { Settings } from "../layers/Settings.ts"
import { ClientConnections } from "./ClientConnections.ts"
import { ClientRates } from "./ClientRates.ts"
import { type Problem, tooManyConnections, tooManyRequests } from "./GeneralProblems.ts"
import { makeOrigins, type Origins } from "./Origins.ts"

export type Refusal = "connections" | "rate" | "host" | "origin"

export class Admission extends Context.Service<
  Admission,
  {
    /** Why this request may not pass; undefined: it may. */
    readonly admit: (request: HttpServerRequest.HttpServerRequest) => Effect.Effect<Problem | undefined>
    readonly origins: Origins
    /** Counts the connections of this server from now on. */
    readonly follow: (server: Server) => void
    readonly connections: ClientConnections
    /** Requests refused since the start, by reason. */
    readonly refused: Readonly<Record<Refusal, number>>
  }
>()("level4/api/Admission") {
  static readonly layer = Layer.effect(Admission)(
    Effect.map(Settings, (settings) => {
      const { clientConnections, clientRequestsPerSecond } = settings
      const origins = makeOrigins(settings)
      const rates = new ClientRates(clientRequestsPerSecond)
      const connections = new ClientConnections(clientConnections)
      const refused: Record<Refusal, number> = { connections: 0, rate: 0, host: 0, origin: 0 }
      const refuse = (reason: Refusal, problem: Problem) => {
        refused[reason]++
        return problem
      }
      const admit = (request: HttpServerRequest.HttpServerRequest) =>
        Effect.map(monotonicMillis, (now) => {
          const { socket } = NodeHttpServerRequest.toIncomingMessage(request)
          if (connections.isExcess(socket)) return refuse("connections", tooManyConnections)
          const wait = rates.take(socket.remoteAddress ?? "", now)
          if (wait > 0) return refuse("rate", tooManyRequests(wait))
          const refusal = origins.refusal(request)
          return refusal && refuse(refusal.reason, refusal.problem)
        })
      return Admission.of({ admit, origins, follow: (server) => connections.follow(server), connections, refused })
    })
  )
}
