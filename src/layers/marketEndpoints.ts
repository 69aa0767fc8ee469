// Owns which addresses the settings put in place of a venue's own, market by market: what the hub's labels need of the
// settings, given to it where the service is composed.
import { Effect } from "effect"
import type { Market } from "../domain/Market.ts"
import { endpointsOf, Settings } from "./Settings.ts"

export const marketEndpoints = Effect.map(
  Settings,
  (settings) => (market: Market) => endpointsOf(settings, market.exchange.name, market.market_type)
)
