// Owns the exchanges as the whole process uses them: feeds, listings and whatever else asks a venue go through the very
// same budgets. What a venue allows is its scheme's, or a setting's. Invariant: there is one of it a process.
import { Context, Effect, Layer } from "effect"
import { makeVenues, type Venues } from "../feeds/venue/Venues.ts"
import { Settings } from "./Settings.ts"

export class OpenVenues extends Context.Service<OpenVenues, Venues>()("level4/layers/OpenVenues") {
  static readonly layer = Layer.effect(OpenVenues)(
    Effect.gen(function* () {
      const settings = yield* Settings
      return yield* makeVenues(({ exchange, limits }) => settings.limits(exchange, limits), settings.auditInterval)
    })
  )
}
