// Owns the examples of the OpenAPI document for each call and its parameters; problems have ProblemExamples.ts. The
// shapes are the domain's own types, so that an example that no longer fits does not compile; the document's linter
// holds them to its schemas once more. Where they go is left to Document.ts.
import type { Asset } from "../domain/Asset.ts"
import type { Consolidated } from "../domain/Consolidated.ts"
import type { Book, MarketEvent } from "../domain/Event.ts"
import type { ListedExchange } from "../domain/Exchange.ts"
import { FeedCounters, FeedState } from "../domain/FeedState.ts"
import type { ListedInstrument } from "../domain/Instrument.ts"
import type { ListedMarket } from "../domain/Market.ts"
import { BULK_CALLS } from "./BulkExamples.ts"
import { marketQuote, pairQuote, tree } from "./QuoteExamples.ts"

type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }

const SINCE = 1_795_436_108_318_013
export const TAG = "KRAKEN.SPOT:BTC-USD"

const btc: typeof Asset.Encoded = { id: 1, symbol: "BTC" }
const usd: typeof Asset.Encoded = { id: 2, symbol: "USD" }

const kraken: typeof ListedExchange.Encoded = {
  id: 1,
  name: "Kraken",
  supported: true,
  status: "live",
  market_types: ["SPOT"],
  offers: [
    {
      market_type: "SPOT",
      protocol: "spot websocket v2",
      alternative: null,
      size_unit: "base",
      guarantee: "CRC32 of the ten best levels with every change"
    }
  ]
}

export const truth = {
  state: "live",
  reason: null,
  reason_code: null,
  since: SINCE,
  epoch: 1,
  seq: 1_795_436_100_192,
  next_retry: null
} as const

const counters = Object.fromEntries(Object.keys(FeedCounters.fields).map((name) => [name, 0])) as Mutable<
  typeof FeedCounters.Encoded
>
Object.assign(counters, { frames: 226, bytes: 48_213, trades: 31, connects: 1 })

const market: typeof ListedMarket.Encoded = {
  id: 1,
  exchange: { id: 1, name: "Kraken" },
  base_symbol: btc,
  quote_symbol: usd,
  market_type: "SPOT",
  native_symbol: "BTC/USD",
  level4_feed_enabled: true,
  unverified: false,
  exchange_id: 1,
  base_symbol_id: 1,
  quote_symbol_id: 2,
  tag: TAG,
  size_unit: "base",
  contract_value: null,
  settle: null,
  price_tick: "0.1",
  size_step: "0.00000001",
  min_size: "0.00005",
  min_notional: "0.5",
  listing_status: "trading",
  expires_at: null,
  feed: { ...truth, ts_exchange: SINCE + 29_000_000, ts_received: SINCE + 29_041_217, counters, unknown_sample: null }
}

const listed: typeof ListedInstrument.Encoded = {
  native_symbol: "BTC/USD",
  base: "BTC",
  quote: "USD",
  settle: null,
  market_type: "SPOT",
  price_tick: "0.1",
  size_step: "0.00000001",
  min_size: "0.00005",
  min_notional: "0.5",
  size_unit: "base",
  contract_value: null,
  status: "trading",
  listed_at: null,
  expires_at: null,
  tag: TAG,
  market_id: 1
}

const book: typeof Book.Encoded = {
  market_id: 1,
  tag: TAG,
  ...truth,
  ts_exchange: SINCE + 29_000_000,
  ts_received: SINCE + 29_041_217,
  depth: 2,
  bid_levels: 1000,
  ask_levels: 1000,
  bids: [
    ["64212.1", "0.41"],
    ["64212", "1.5"]
  ],
  asks: [
    ["64212.2", "0.07"],
    ["64213", "2"]
  ]
}

const trade: typeof MarketEvent.Encoded = {
  type: "trade",
  market_id: 1,
  tag: TAG,
  epoch: 1,
  seq: truth.seq,
  ts_exchange: SINCE,
  ts_received: SINCE + 41_217,
  id: "8201735",
  price: "64212.2",
  size: "0.07",
  side: "buy"
}

const bid = { price: "64212.1", size: "0.41", exchange: "Kraken", market_id: 1 }
const ask = { price: "64212", size: "0.2", exchange: "Coinbase", market_id: 7 }
const place = { epoch: 1, seq: truth.seq, ts_exchange: SINCE, ts_received: SINCE + 41_217 }
export const left = { market_id: 9, tag: "BITSTAMP.SPOT:BTC-USD", exchange: "Bitstamp" }

export const consolidated: typeof Consolidated.Encoded = {
  pair: "BTC-USD",
  market_type: "SPOT",
  size_unit: "base",
  depth: 1,
  crossed: true,
  fees_included: false,
  best_bid: bid,
  best_ask: ask,
  bids: [bid],
  asks: [ask],
  feeds: [
    { market_id: 1, tag: TAG, exchange: "Kraken", ...place },
    { market_id: 7, tag: "COINBASE.SPOT:BTC-USD", exchange: "Coinbase", ...place }
  ],
  left_out: [{ ...left, state: "resyncing", reason: "gap: 4711 follows 4709", reason_code: "gap" }]
}

const states = { ...Object.fromEntries(FeedState.literals.map((state) => [state, 0])), live: 1, stale: 1 }
const silent = { state: "stale", reason: "silent: no change for 58.0 s", reason_code: "silent", since: SINCE }
const not_live = [{ market_id: 9, tag: left.tag, ...silent }]
export const feeds = { running: 2, live: 1, enabled: 2, states, not_live }

/** By operation: what is sent, and what a good answer is. */
export const CALL_EXAMPLES: Readonly<Record<string, { readonly request?: unknown; readonly answer?: unknown }>> = {
  "symbols.create": { request: { symbol: "BTC" }, answer: btc },
  "symbols.list": { answer: [btc, usd] },
  "symbols.find": { answer: btc },
  "symbols.remove": {},
  "exchanges.create": { request: { name: "Kraken" }, answer: kraken },
  "exchanges.list": { answer: [kraken] },
  "exchanges.find": { answer: kraken },
  "exchanges.remove": {},
  "instruments.list": { answer: [listed] },
  "markets.create": {
    request: { exchange_id: 1, base_symbol_id: 1, quote_symbol_id: 2, market_type: "SPOT" },
    answer: market
  },
  "markets.list": { answer: [market] },
  "markets.find": { answer: market },
  "markets.update": { request: { level4_feed_enabled: true }, answer: market },
  "markets.updateMany": {
    request: { level4_feed_enabled: true },
    answer: [{ market_id: 1, tag: TAG, outcome: "started", detail: null }]
  },
  "markets.remove": {},
  "markets.book": { answer: book },
  "quotes.market": { answer: marketQuote },
  "quotes.pair": { answer: pairQuote },
  "tree.read": { answer: tree },
  "streams.stream": {},
  "streams.events": { answer: { id: `1-${truth.seq}`, event: "trade", data: JSON.stringify(trade) } },
  "streams.consolidated": { answer: consolidated },
  ...BULK_CALLS,
  "health.live": { answer: { status: "alive" } },
  "health.ready": { answer: { status: "ready", database: { ok: true, detail: null }, feeds } },
  "metrics.scrape": {
    answer:
      "# HELP level4_feed_live 1 while the book is good, else 0\n# TYPE level4_feed_live gauge\n" +
      `level4_feed_live{exchange="Kraken",market="${TAG}",market_id="1"} 1\n`
  }
}

/** By parameter. */
export const PARAMETER_EXAMPLES: Readonly<Record<string, unknown>> = {
  id: 1,
  exchange_id: 1,
  base_symbol_id: 1,
  quote_symbol_id: 2,
  enabled: "true",
  unchecked: "true",
  base: "BTC",
  quote: "USD",
  status: "trading",
  q: "xbt",
  limit: 1000,
  cursor: "SPOT:BTC/USD",
  stale: "true",
  market_type: "SPOT",
  tag: "KRAKEN.*",
  exchange: "Kraken",
  side: "buy",
  size: "0.5",
  depth: 25,
  require: "live",
  pair: "BTC-USD",
  channels: "spread,trade",
  "last-event-id": `1-${truth.seq}`
}
