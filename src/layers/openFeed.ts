// Owns the way from a market of the catalog to a feed that could run: its scheme, its venue's spelling and its
// addresses, or why there is none. Nothing is dialled here.
import { Effect, Option } from "effect"
import { FeedRefused } from "../domain/Failures.ts"
import type { Market } from "../domain/Market.ts"
import type { EventSink } from "../feeds/core/FeedEvent.ts"
import { LiveFeed } from "../feeds/market/LiveFeed.ts"
import { retirement, standIn } from "../feeds/market/Retired.ts"
import { resolve } from "../schemes/Schemes.ts"
import { endpointsOf, type Settings } from "./Settings.ts"

/** A feed of the market that has not begun; what leaves it goes to `sink`. */
export const openFeed = (
  market: Market,
  settings: Settings["Service"],
  sink: EventSink
): Effect.Effect<LiveFeed, FeedRefused> => {
  const { exchange, market_type, native_symbol } = market
  const base = market.base_symbol.symbol
  const quote = market.quote_symbol.symbol
  const protocol = Option.getOrNull(settings.protocol(exchange.name, market_type))
  const resolved = resolve({ exchange: exchange.name, base, quote, market_type, native_symbol }, protocol)
  if (typeof resolved === "string") return Effect.fail(new FeedRefused({ detail: resolved }))
  const { scheme, symbol } = resolved
  const set = endpointsOf(settings, scheme.exchange, market_type)
  const closed = retirement(scheme, market_type, set)
  if (closed !== null) return Effect.fail(new FeedRefused({ detail: `${scheme.exchange} is retired: ${closed}` }))
  const endpoints = standIn(scheme, set)
  return Effect.sync(() => new LiveFeed(market, scheme, symbol, endpoints, sink))
}
