// Owns HitBTC's server side: API v3's public socket (SPOT and PERP on one protocol) and the public REST book and
// symbols, as the sheet of api.hitbtc.com shows them (probed 2026-09-23, read 2026-11-23) and as a capture of the
// sister venue FMFW holds. Channels served: `orderbook/full` and `trades`; the others of v3 (top-N books, tickers,
// candles) are refused as unknown. Surprises kept: an acknowledgement lists every active symbol of its channel, and an
// unknown symbol is only missing from it; a second subscription is acknowledged and brings no second snapshot; a
// removal is `"0"` without padding; every change of a market counts its sequence up by one, an empty update now and
// then as well; history of trades comes only where a `limit` asks for it. No heartbeat and no maintenance frame: the
// socket closes.
import { Schema } from "effect"
import { isoTime } from "../isoTime.ts"
import { jsonOf } from "../jsonOf.ts"
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimLevel, SimMarket } from "../Venue.ts"
import type { SimStep, SimTrade, Venue } from "../Venue.ts"

const Request = Schema.Struct({
  method: Schema.String,
  ch: Schema.optionalKey(Schema.String),
  params: Schema.optionalKey(
    Schema.Struct({
      symbols: Schema.optionalKey(Schema.Array(Schema.String)),
      limit: Schema.optionalKey(Schema.Number)
    })
  ),
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number]))
})
type Request = typeof Request.Type
const fits = Schema.is(Request)

const BOOK = "orderbook/full"
const TRADES = "trades"
/** The share of steps that are followed by an update without a level. */
const EMPTY_SHARE = 0.003

/** Where a symbol's sequence stands, and what its last step said. */
interface Sequence {
  s: number
  updates: ReadonlyArray<string>
}

class HitBtcGateway implements Gateway {
  readonly markets: ReadonlyMap<string, SimMarket>
  private readonly rand: () => number
  private readonly sequences = new Map<string, Sequence>()

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.rand = rand
  }

  sequence(symbol: string): Sequence {
    let sequence = this.sequences.get(symbol)
    if (sequence === undefined) {
      sequence = { s: 1_000 + Math.floor(this.rand() * 10_000_000), updates: [] }
      this.sequences.set(symbol, sequence)
    }
    return sequence
  }

  step({ symbol }: SimMarket, { at, bids, asks }: SimStep): void {
    const sequence = this.sequence(symbol)
    const updates = [bookFrame("update", symbol, at, ++sequence.s, bids, asks)]
    if (this.rand() < EMPTY_SHARE) updates.push(bookFrame("update", symbol, at, ++sequence.s, [], []))
    sequence.updates = updates
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    return path.split("?")[0] === "/api/3/ws/public" ? new HitBtcConversation(this, client, at) : "not found"
  }

  rest(path: string, at: number): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/api/3/public/symbol") {
      const listed = [...this.markets.values()].filter(({ state }) => state !== "dropped")
      const rows = Object.fromEntries(listed.map((market) => [market.symbol, symbolRow(market)]))
      return ok(listed.some(({ symbol }) => symbol.endsWith("_PERP")) ? { ...rows, ...EXPIRED } : rows)
    }
    const [, symbol] = /^\/api\/3\/public\/orderbook\/([^/]+)$/.exec(pathname) ?? []
    if (symbol === undefined) return null
    const market = this.markets.get(symbol)
    if (market === undefined) return { status: 400, body: errorOf(2001, "Symbol not found", "") }
    const depth = Number(searchParams.get("depth") ?? 10) || Infinity
    const { bids, asks } = market
    return ok({ timestamp: isoTime(at, 3), ask: pairs(asks.slice(0, depth)), bid: pairs(bids.slice(0, depth)) })
  }

  /** The venue has no such frame: it closes the socket. */
  maintenance(): void {}

  renumber(symbol: string, back: number | null): boolean {
    const sequence = this.sequence(symbol)
    sequence.s = back === null ? 1 : Math.max(1, sequence.s - back)
    return true
  }
}

class HitBtcConversation implements Conversation {
  private readonly gateway: HitBtcGateway
  private readonly client: Client
  private readonly active = new Map([
    [BOOK, new Set<string>()],
    [TRADES, new Set<string>()]
  ])
  private at: number

  constructor(gateway: HitBtcGateway, client: Client, at: number) {
    this.gateway = gateway
    this.client = client
    this.at = at
  }

  text(text: string): void {
    const request = jsonOf(text)
    if (request === undefined) return this.refuse(undefined, 1, "Invalid json", "JSON request is corrupted.")
    if (!fits(request)) return this.refuse(undefined, 10001, "Validation error", "Request is not valid.")
    const { method, ch = "", params, id } = request
    if (method !== "subscribe" && method !== "unsubscribe") {
      return this.refuse(id, 404, "Unsupported API method", `Method is not supported: ${method}`)
    }
    const active = this.active.get(ch)
    if (active === undefined) return this.refuse(id, 2003, "Unknown channel", `Channel is not supported: ${ch}`)
    const symbols = (params?.symbols ?? []).filter((symbol) => this.gateway.markets.has(symbol))
    const fresh = method === "subscribe" ? symbols.filter((symbol) => !active.has(symbol)) : []
    if (method === "unsubscribe") for (const symbol of symbols) active.delete(symbol)
    else for (const symbol of symbols) active.add(symbol)
    this.client.send("acknowledgement", null, JSON.stringify({ result: { ch, subscriptions: [...active] }, id }))
    for (const symbol of fresh) this.begin(ch, this.gateway.markets.get(symbol)!, params?.limit ?? 0)
  }

  step({ symbol }: SimMarket, { at, trades }: SimStep): void {
    this.at = at
    if (trades.length > 0 && this.active.get(TRADES)!.has(symbol)) {
      this.client.send("trade", symbol, JSON.stringify({ ch: TRADES, update: { [symbol]: trades.map(tradeRow) } }))
    }
    if (!this.active.get(BOOK)!.has(symbol)) return
    for (const update of this.gateway.sequence(symbol).updates) this.client.send("book", symbol, update)
  }

  tick(at: number): void {
    this.at = at
  }

  private begin(ch: string, { symbol, bids, asks, trades }: SimMarket, limit: number): void {
    if (ch === BOOK) {
      const text = bookFrame("snapshot", symbol, this.at, this.gateway.sequence(symbol).s, bids, asks)
      return this.client.send("snapshot", symbol, text)
    }
    if (limit <= 0) return
    const history = trades.slice(-Math.min(limit, 1_000)).map(tradeRow)
    this.client.send("trade", symbol, JSON.stringify({ ch, snapshot: { [symbol]: history } }))
  }

  private refuse(id: Request["id"], code: number, message: string, description: string): void {
    this.client.send("error", null, errorOf(code, message, description, id))
  }
}

const bookFrame = (
  kind: "snapshot" | "update",
  symbol: string,
  at: number,
  s: number,
  bids: ReadonlyArray<SimLevel>,
  asks: ReadonlyArray<SimLevel>
): string =>
  JSON.stringify({ ch: BOOK, [kind]: { [symbol]: { t: Math.floor(at / 1000), s, a: pairs(asks), b: pairs(bids) } } })

const pairs = (levels: ReadonlyArray<SimLevel>): ReadonlyArray<readonly [string, string]> =>
  levels.map(({ price, size, orders }) => [price, orders === 0 ? "0" : size])

const tradeRow = ({ id, price, size, side, at }: SimTrade) => ({
  t: Math.floor(at / 1000),
  i: id,
  p: price,
  q: size,
  s: side
})

const errorOf = (code: number, message: string, description: string, id?: Request["id"]): string =>
  JSON.stringify({ error: { code, message, description }, id })

const ok = (body: unknown): RestAnswer => ({ status: 200, body: JSON.stringify(body) })

/** A word that is not documented, of a perpetual that ended in 2022. */
const EXPIRED = {
  LUNAUSDT_PERP: {
    type: "futures",
    contract_type: "perpetual",
    expiry: null,
    underlying: "LUNA",
    base_currency: null,
    quote_currency: "USDT",
    status: "expired",
    quantity_increment: "0.01",
    tick_size: "0.001"
  }
}

const symbolRow = ({ symbol, base, quote, priceDecimals, sizeDecimals, state }: SimMarket) => ({
  ...(symbol.endsWith("_PERP")
    ? { type: "futures", contract_type: "perpetual", expiry: null, underlying: base, base_currency: null }
    : { type: "spot", base_currency: base }),
  quote_currency: quote,
  status: state === "trading" ? "working" : "suspended",
  quantity_increment: (10 ** -sizeDecimals).toFixed(sizeDecimals),
  tick_size: (10 ** -priceDecimals).toFixed(priceDecimals)
})

const listed = (
  base: string,
  quote: string,
  priceDecimals: number,
  sizeDecimals: number,
  price: number,
  size: number,
  suffix = ""
): Listing => ({ symbol: base + quote + suffix, base, quote, priceDecimals, sizeDecimals, price, size })

const numbered = (n: number): string => `S${String(n).padStart(3, "0")}`

const common = {
  exchange: "HitBTC",
  history: false,
  ping: { everyMs: 30_000, pongWithinMs: 30_000 },
  limits: {
    // the sheet knows 100 connections an address and no rate of connecting
    connects: { count: 100, perMs: 5_000 },
    // 10 a second with a burst of 10 more
    messages: { count: 20, perMs: 1_000 },
    // 30 a second with a burst of 50
    rest: { weight: 50, perMs: 1_000, weightOf: () => 1 },
    // no cap is published
    marketsPerSocket: 1_170,
    ban: { status: 429, ms: 1_000 }
  },
  gateway: (markets: ReadonlyMap<string, SimMarket>, rand: () => number) => new HitBtcGateway(markets, rand)
} as const

export const hitBtcSpot: Venue = {
  ...common,
  marketType: "SPOT",
  listings: [
    listed("BTC", "USDT", 2, 5, 30_881.96, 0.3),
    listed("ETH", "USDT", 3, 4, 1_873.415, 2.5),
    listed("ETH", "BTC", 6, 4, 0.060684, 1.2),
    listed("NEO", "BTC", 7, 2, 0.0008788, 43),
    listed("XRP", "USDT", 5, 0, 0.60215, 1_500)
  ],
  listing: (n) => listed(numbered(n), "USDT", 4, 2, 10 + n, 20)
}

export const hitBtcPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [
    listed("BTC", "USDT", 2, 5, 30_879.42, 0.2, "_PERP"),
    listed("ETH", "USDT", 3, 4, 1_873.105, 2, "_PERP"),
    listed("ZRX", "USDT", 5, 1, 0.12484, 2_300, "_PERP")
  ],
  listing: (n) => listed(numbered(n), "USDT", 4, 2, 10 + n, 20, "_PERP")
}
