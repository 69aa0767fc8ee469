// Owns bitFlyer's server side: the Lightning Realtime API, JSON-RPC 2.0 over a websocket (SPOT, and the one PERP
// FX_BTC_JPY) and the public REST board, board state and markets, as the sheet of bf-lightning-api.readme.io shows them
// (probed 2026-09-23, read 2026-11-23) and as captured in 2021. Channels served: `lightning_board_snapshot_`,
// `lightning_board_` and `lightning_executions_`; tickers are accepted and silent. Surprises kept: nothing is sent on
// subscribing, a board of 300 levels a side comes about every 5 s for every product; numbers are JSON numbers, whole
// ones with `.0`; a call without an id is not answered; an unknown product is acknowledged and stays silent; some
// products' snapshot bids come worst first; `mid_price` is the mean of best bid and ask, cut to the tick. No time, no
// id, no heartbeat, no maintenance frame.
import { Schema } from "effect"
import { jsonOf } from "../jsonOf.ts"
import { unpadded } from "../unpadded.ts"
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimLevel, SimMarket } from "../Venue.ts"
import type { SimStep, SimTrade, Venue } from "../Venue.ts"

const Call = Schema.Struct({
  jsonrpc: Schema.optionalKey(Schema.String),
  method: Schema.String,
  params: Schema.optionalKey(Schema.Struct({ channel: Schema.optionalKey(Schema.String) })),
  id: Schema.optionalKey(Schema.Union([Schema.String, Schema.Number, Schema.Null]))
})
type Call = typeof Call.Type
const fits = Schema.is(Schema.Union([Call, Schema.Array(Call)]))

const SNAPSHOT = "lightning_board_snapshot_"
const BOARD = "lightning_board_"
const EXECUTIONS = "lightning_executions_"
const TICKER = "lightning_ticker_"
/** Levels a side of a snapshot. */
const DEPTH = 300
/** Between two snapshots of a product, in microseconds. */
const PERIOD = 5_000_000
/** Products whose snapshots were not seen with ascending bids. */
const BEST_FIRST = new Set(["BTC_JPY", "ETH_JPY", "XRP_JPY", "XLM_JPY", "FX_BTC_JPY"])

class BitFlyerGateway implements Gateway {
  readonly markets: ReadonlyMap<string, SimMarket>
  private readonly rand: () => number
  private readonly phases = new Map<string, number>()
  /** What the last step of a product said. */
  readonly deltas = new Map<string, string>()

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.rand = rand
  }

  step(market: SimMarket, { bids, asks }: SimStep): void {
    this.deltas.set(market.symbol, message(BOARD + market.symbol, board(market, bids, asks)))
  }

  /** Counts the snapshots of a product that were due until `at`: every product has its own moment within the period. */
  period(symbol: string, at: number): number {
    let phase = this.phases.get(symbol)
    if (phase === undefined) this.phases.set(symbol, (phase = Math.floor(this.rand() * PERIOD)))
    return Math.floor((at + phase) / PERIOD)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    return path.split("?")[0] === "/json-rpc" ? new BitFlyerConversation(this, client, at) : "not found"
  }

  rest(path: string): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/v1/getmarkets") return { status: 200, body: JSON.stringify(listedOf(this.markets.values())) }
    // the other regions' products are none of the simulation
    if (pathname === "/v1/getmarkets/usa" || pathname === "/v1/getmarkets/eu") return { status: 200, body: "[]" }
    if (pathname !== "/v1/getboard" && pathname !== "/v1/getboardstate") return null
    const market = this.markets.get(searchParams.get("product_code") ?? "BTC_JPY")
    if (market === undefined || !isListed(market)) return { status: 404, body: INVALID_PRODUCT }
    if (pathname === "/v1/getboard") return { status: 200, body: board(market, market.bids, market.asks) }
    const state = market.state === "halted" ? "CLOSED" : "RUNNING"
    return { status: 200, body: JSON.stringify({ health: "NORMAL", state }) }
  }

  /** The venue is not known to announce anything: it closes the socket. */
  maintenance(): void {}
}

class BitFlyerConversation implements Conversation {
  private readonly gateway: BitFlyerGateway
  private readonly client: Client
  private readonly channels = new Set<string>()
  /** The period of the last snapshot, or of the subscription, by product. */
  private readonly periods = new Map<string, number>()
  private at: number

  constructor(gateway: BitFlyerGateway, client: Client, at: number) {
    this.gateway = gateway
    this.client = client
    this.at = at
  }

  text(text: string): void {
    const calls = jsonOf(text)
    if (calls === undefined) return this.answer(unnamed(-32700, "Parse error", "Invalid JSON"), "error")
    if (!fits(calls)) return this.answer(unnamed(-32600, "Invalid Request"), "error")
    if ("method" in calls) {
      const result = this.call(calls)
      return result === null ? undefined : this.answer(result, "error" in result ? "error" : "acknowledgement")
    }
    const results = calls.flatMap((call) => this.call(call) ?? [])
    if (results.length > 0) this.answer(results, "acknowledgement")
  }

  step({ symbol }: SimMarket, { at, trades }: SimStep): void {
    this.at = at
    if (trades.length > 0 && this.channels.has(EXECUTIONS + symbol)) {
      const text = message(EXECUTIONS + symbol, `[${trades.map(execution).join(",")}]`)
      this.client.send("trade", symbol, text)
    }
    const delta = this.gateway.deltas.get(symbol)
    if (delta !== undefined && this.channels.has(BOARD + symbol)) this.client.send("book", symbol, delta)
  }

  tick(at: number): void {
    this.at = at
    for (const [symbol, last] of this.periods) {
      const period = this.gateway.period(symbol, at)
      if (period <= last) continue
      this.periods.set(symbol, period)
      const market = this.gateway.markets.get(symbol)
      if (market !== undefined) this.client.send("snapshot", symbol, snapshot(market))
    }
  }

  /** Does one call; gives what is answered, null where the caller gave no id. */
  private call({ method, params, id }: Call): object | null {
    const outcome = this.outcome(method, params?.channel ?? "")
    return id === undefined || id === null ? null : { jsonrpc: "2.0", id, ...outcome }
  }

  private outcome(method: string, channel: string): object {
    if (method !== "subscribe" && method !== "unsubscribe") return failure(-32601, "Method not found")
    if (![BOARD, EXECUTIONS, TICKER].some((prefix) => channel.startsWith(prefix)))
      return failure(-32602, "invalid channel")
    const product = channel.startsWith(SNAPSHOT) ? channel.slice(SNAPSHOT.length) : null
    if (method === "unsubscribe") {
      this.channels.delete(channel)
      if (product !== null) this.periods.delete(product)
      return { result: true }
    }
    if (this.channels.has(channel)) return failure(-32009, "already subscribed")
    this.channels.add(channel)
    if (product !== null && this.gateway.markets.has(product)) {
      this.periods.set(product, this.gateway.period(product, this.at))
    }
    return { result: true }
  }

  private answer(frame: unknown, kind: "acknowledgement" | "error"): void {
    this.client.send(kind, null, JSON.stringify(frame))
  }
}

const failure = (code: number, message: string, data?: string) => ({ error: { code, message, ...(data && { data }) } })

/** The answer to what has no readable id. */
const unnamed = (code: number, message: string, data?: string) => ({
  jsonrpc: "2.0",
  ...failure(code, message, data),
  id: null
})

/** As the venue writes a decimal: no padding, whole numbers with `.0`. */
const numeral = (decimal: string): string => {
  const bare = unpadded(decimal)
  return bare.includes(".") ? bare : `${bare}.0`
}

const levels = (list: ReadonlyArray<SimLevel>): string =>
  `[${list.map(({ price, size }) => `{"price":${numeral(price)},"size":${numeral(size)}}`).join(",")}]`

const board = (market: SimMarket, bids: ReadonlyArray<SimLevel>, asks: ReadonlyArray<SimLevel>): string =>
  `{"mid_price":${middle(market)},"bids":${levels(bids)},"asks":${levels(asks)}}`

/** The mean of best bid and ask, cut to the tick: exact, in units of the last price decimal. */
const middle = ({ bids, asks, priceDecimals }: SimMarket): string => {
  const units = ({ price }: SimLevel): number => Number(price.replace(".", ""))
  const [bid, ask] = [bids[0], asks[0]]
  if (bid === undefined || ask === undefined) return "0.0"
  const text = String(Math.floor((units(bid) + units(ask)) / 2)).padStart(priceDecimals + 1, "0")
  const point = text.length - priceDecimals
  return numeral(priceDecimals === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`)
}

const snapshot = (market: SimMarket): string => {
  const bids = market.bids.slice(0, DEPTH)
  const text = board(market, BEST_FIRST.has(market.symbol) ? bids : bids.reverse(), market.asks.slice(0, DEPTH))
  return message(SNAPSHOT + market.symbol, text)
}

const message = (channel: string, text: string): string =>
  `{"jsonrpc":"2.0","method":"channelMessage","params":{"channel":"${channel}","message":${text}}}`

const execution = ({ id, price, size, side, at }: SimTrade): string => {
  const day = new Date(at / 1000).toISOString()
  const order = `JRF${day.slice(0, 10).replaceAll("-", "")}-${day.slice(11, 19).replaceAll(":", "")}`
  // seven digits of a second, without trailing zeros, as the venue's clock prints them
  const time = `${day.slice(0, 20)}${String(at % 1_000_000).padStart(6, "0")}${(id % 9) + 1}Z`
  const acceptance = (n: number): string => `${order}-${String(n % 1_000_000).padStart(6, "0")}`
  return (
    `{"id":${id},"side":"${side.toUpperCase()}","price":${numeral(price)},"size":${numeral(size)},` +
    `"exec_date":"${time}",` +
    `"buy_child_order_acceptance_id":"${acceptance(2 * id)}",` +
    `"sell_child_order_acceptance_id":"${acceptance(2 * id + 1)}"}`
  )
}

const typeOf = (code: string): string => (code.startsWith("FX_") ? "FX" : "Spot")

/** No list says a state: what is halted is on it, what does not trade yet is not. */
const isListed = ({ state }: SimMarket): boolean => state === "trading" || state === "halted"

/** As of 2021-12, when there were dated futures. */
const DATED = { product_code: "BTCJPY24DEC2021", alias: "BTCJPY_MAT2WK", market_type: "Futures" }

const listedOf = (markets: Iterable<SimMarket>): ReadonlyArray<object> => [
  ...[...markets].filter(isListed).map(({ symbol }) => ({ product_code: symbol, market_type: typeOf(symbol) })),
  DATED
]

const INVALID_PRODUCT = JSON.stringify({ status: -100, error_message: "Invalid product", data: null })

const listed = (
  base: string,
  quote: string,
  priceDecimals: number,
  sizeDecimals: number,
  price: number,
  size: number,
  prefix = ""
): Listing => ({ symbol: `${prefix}${base}_${quote}`, base, quote, priceDecimals, sizeDecimals, price, size })

const numbered = (n: number): string => `S${String(n).padStart(3, "0")}`

const common = {
  exchange: "bitFlyer",
  history: false,
  ping: { everyMs: 15_000, pongWithinMs: 3_000 },
  limits: {
    // the sheet knows no number, only that rapid reconnecting restricts an address
    connects: { count: 30, perMs: 60_000 },
    messages: { count: 300, perMs: 1_000 },
    rest: { weight: 500, perMs: 300_000, weightOf: () => 1 },
    marketsPerSocket: 1_000,
    ban: { status: 429, ms: 60_000 }
  },
  gateway: (markets: ReadonlyMap<string, SimMarket>, rand: () => number) => new BitFlyerGateway(markets, rand)
} as const

export const bitFlyerSpot: Venue = {
  ...common,
  marketType: "SPOT",
  listings: [
    listed("BTC", "JPY", 0, 8, 13_633_748, 0.05),
    listed("ETH", "JPY", 0, 7, 471_328, 0.75),
    listed("XRP", "JPY", 2, 6, 312.45, 400),
    listed("XLM", "JPY", 3, 6, 31.512, 900),
    listed("ETH", "BTC", 5, 7, 0.03457, 0.6)
  ],
  listing: (n) => listed(numbered(n), "JPY", 2, 6, 100 + n, 20)
}

export const bitFlyerPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [listed("BTC", "JPY", 0, 8, 13_635_210, 0.04, "FX_")],
  listing: (n) => listed(numbered(n), "JPY", 2, 6, 100 + n, 20, "FX_")
}
