// Owns FTX's server side as it was until November 2022 (SPOT and PERP on one protocol): simulated history, since the
// venue is gone; after the sheet and captures of 2021 (read 2026-11-23). Channels served: `orderbook` and `trades`;
// `ticker` is refused. Books show the best 100 levels a side: what leaves that window is deleted, what enters is set,
// each frame with the CRC32 of the window after it, made of Python's text of the numbers. Surprises kept: a quiet book
// repeats its checksum in an empty update every second; trades have no history and no `partial`; JSON has Python's
// spaces; times are float seconds in books and ISO with `+00:00` in trades, without a fraction where it is zero. Texts
// of errors are unverified. Maintenance is the info frame 20001.
import { Schema } from "effect"
import { crc32 } from "node:zlib"
import { isoTime } from "../isoTime.ts"
import { jsonOf } from "../jsonOf.ts"
import { pythonFloat } from "../pythonFloat.ts"
import { topChanges, type TopOfBook } from "../topChanges.ts"
import type { Client, Conversation, Gateway, Listing, RestAnswer, SimLevel, SimMarket } from "../Venue.ts"
import type { SimStep, SimTrade, Venue } from "../Venue.ts"

const Request = Schema.Struct({
  op: Schema.String,
  channel: Schema.optionalKey(Schema.String),
  market: Schema.optionalKey(Schema.String)
})
const fits = Schema.is(Request)

/** Levels a side that clients see. */
const DEPTH = 100
/** A book that said nothing for so long says its checksum again; microseconds. */
const IDLE = 1_000_000

/** What clients saw of a market last. */
interface Shown extends TopOfBook {
  readonly checksum: number
  /** The levels of the last step's update as JSON; null where the window did not move. */
  readonly update: string | null
}

class FtxGateway implements Gateway {
  readonly markets: ReadonlyMap<string, SimMarket>
  private readonly windows = new Map<string, Shown>()

  constructor(markets: ReadonlyMap<string, SimMarket>) {
    this.markets = markets
    for (const market of markets.values()) this.added(market)
  }

  added({ symbol, bids, asks }: SimMarket): void {
    this.windows.set(symbol, shown(bids, asks, null))
  }

  shown(symbol: string): Shown {
    return this.windows.get(symbol)!
  }

  step(market: SimMarket): void {
    const before = this.shown(market.symbol)
    const { bids, asks } = topChanges(before, market, DEPTH)
    const window =
      bids.length + asks.length === 0
        ? { ...before, update: null }
        : shown(market.bids, market.asks, `"bids": ${pairs(bids)}, "asks": ${pairs(asks)}`)
    this.windows.set(market.symbol, window)
  }

  connect(path: string, client: Client, at: number): Conversation | string {
    return /^\/ws\/?(\?|$)/.test(path) ? new FtxConversation(this, client, at) : "not found"
  }

  rest(path: string): RestAnswer | null {
    const { pathname, searchParams } = new URL(path, "http://venue")
    if (pathname === "/api/markets") {
      const listed = [...this.markets.values()].filter(({ state }) => state !== "dropped").map(marketRow)
      return ok([...listed, MOVE].join(", "), true)
    }
    const [, name] = /^\/api\/markets\/(.+)\/orderbook$/.exec(decodeURIComponent(pathname)) ?? []
    if (name === undefined) return null
    const market = this.markets.get(name)
    if (market === undefined) return { status: 404, body: `{"success": false, "error": "No such market: ${name}"}` }
    const depth = Math.min(DEPTH, Number(searchParams.get("depth") ?? 20) || 20)
    const side = (levels: ReadonlyArray<SimLevel>): string => pairs(levels.slice(0, depth))
    return ok(`"bids": ${side(market.bids)}, "asks": ${side(market.asks)}`, false)
  }

  maintenance(client: Client): void {
    client.send("error", null, `{"type": "info", "code": 20001, "msg": "Please reconnect"}`)
  }

  shutdown(client: Client): void {
    this.maintenance(client)
  }
}

class FtxConversation implements Conversation {
  private readonly gateway: FtxGateway
  private readonly client: Client
  private readonly trades = new Set<string>()
  /** When each subscribed book last said something. */
  private readonly books = new Map<string, number>()
  private at: number

  constructor(gateway: FtxGateway, client: Client, at: number) {
    this.gateway = gateway
    this.client = client
    this.at = at
  }

  text(text: string): void {
    const request = jsonOf(text)
    if (request === undefined) return this.refuse(400, "Invalid JSON")
    if (!fits(request)) return this.refuse(400, "Missing parameter")
    const { op, channel = "", market = "" } = request
    if (op === "ping") return this.client.send("heartbeat", null, `{"type": "pong"}`)
    if (op !== "subscribe" && op !== "unsubscribe") return this.refuse(400, `Invalid op: ${op}`)
    if (channel !== "orderbook" && channel !== "trades") return this.refuse(400, `Invalid channel: ${channel}`)
    if (!this.gateway.markets.has(market)) return this.refuse(404, `No such market: ${market}`)
    const active = channel === "trades" ? this.trades : this.books
    if (active.has(market) === (op === "subscribe")) {
      return this.refuse(400, op === "subscribe" ? "Already subscribed" : "Not subscribed")
    }
    if (op === "unsubscribe") active.delete(market)
    else if (channel === "trades") this.trades.add(market)
    const answer = `{"type": "${op}d", "channel": "${channel}", "market": "${market}"}`
    this.client.send("acknowledgement", market, answer)
    if (op === "subscribe" && channel === "orderbook") this.begin(market)
  }

  step({ symbol }: SimMarket, { at, trades }: SimStep): void {
    this.at = at
    if (trades.length > 0 && this.trades.has(symbol)) {
      const rows = trades.map(tradeRow).join(", ")
      const text = `{"channel": "trades", "market": "${symbol}", "type": "update", "data": [${rows}]}`
      this.client.send("trade", symbol, text)
    }
    const { update } = this.gateway.shown(symbol)
    if (update !== null && this.books.has(symbol)) this.tell("book", symbol, "update", update)
  }

  tick(at: number): void {
    this.at = at
    for (const [symbol, last] of this.books) {
      if (at - last >= IDLE) this.tell("book", symbol, "update", `"bids": [], "asks": []`)
    }
  }

  private begin(symbol: string): void {
    const { bids, asks } = this.gateway.shown(symbol)
    this.tell("snapshot", symbol, "partial", `"bids": ${pairs(bids)}, "asks": ${pairs(asks)}`)
  }

  private tell(kind: "book" | "snapshot", symbol: string, type: "partial" | "update", levels: string): void {
    this.books.set(symbol, this.at)
    const checksum = this.client.checksum(symbol, this.gateway.shown(symbol).checksum)
    const data = `"time": ${pythonFloat(this.at / 1e6)}, "checksum": ${checksum}, ${levels}, "action": "${type}"`
    const text = `{"channel": "orderbook", "market": "${symbol}", "type": "${type}", "data": {${data}}}`
    this.client.send(kind, symbol, text)
  }

  private refuse(code: number, msg: string): void {
    this.client.send("error", null, `{"type": "error", "code": ${code}, "msg": ${JSON.stringify(msg)}}`)
  }
}

const shown = (bids: ReadonlyArray<SimLevel>, asks: ReadonlyArray<SimLevel>, update: string | null): Shown => {
  const window = { bids: bids.slice(0, DEPTH), asks: asks.slice(0, DEPTH) }
  return { ...window, update, checksum: checksumOf(window) }
}

const numeral = (decimal: string): string => pythonFloat(Number(decimal))

const pairs = (levels: ReadonlyArray<SimLevel>): string =>
  `[${levels.map(({ price, size }) => `[${numeral(price)}, ${numeral(size)}]`).join(", ")}]`

/** Bids and asks in turn, best first; a shorter side stops contributing. */
const checksumOf = ({ bids, asks }: TopOfBook): number => {
  const parts: Array<string> = []
  for (let i = 0; i < Math.max(bids.length, asks.length); i++) {
    for (const level of [bids[i], asks[i]])
      if (level !== undefined) parts.push(numeral(level.price), numeral(level.size))
  }
  return crc32(parts.join(":"))
}

const tradeRow = ({ id, price, size, side, at }: SimTrade): string => {
  const time = isoTime(at, 6).replace(/(\.000000)?Z$/, "+00:00")
  return (
    `{"id": ${id}, "price": ${numeral(price)}, "size": ${numeral(size)}, "side": "${side}", ` +
    `"liquidation": false, "time": "${time}"}`
  )
}

const ok = (inside: string, list: boolean): RestAnswer => ({
  status: 200,
  body: `{"success": true, "result": ${list ? `[${inside}]` : `{${inside}}`}}`
})

const marketRow = (market: SimMarket): string => {
  const { symbol, base, quote, priceDecimals, sizeDecimals, priceStep = 1, state } = market
  const perp = symbol.endsWith("-PERP")
  return JSON.stringify({
    name: symbol,
    enabled: state !== "halted",
    postOnly: state === "pre_launch",
    priceIncrement: Number(`${priceStep}e-${priceDecimals}`),
    sizeIncrement: Number(`1e-${sizeDecimals}`),
    type: perp ? "future" : "spot",
    baseCurrency: perp ? null : base,
    quoteCurrency: perp ? null : quote,
    underlying: perp ? base : null
  })
}

/** A contract on how far the price moves in a day. */
const MOVE = JSON.stringify({
  name: "BTC-MOVE-0722",
  enabled: true,
  postOnly: false,
  priceIncrement: 1,
  sizeIncrement: 0.0001,
  type: "future",
  baseCurrency: null,
  quoteCurrency: null,
  underlying: "BTC"
})

type Numbers = readonly [priceDecimals: number, sizeDecimals: number, price: number, size: number, priceStep?: number]

const listed = (
  symbol: string,
  base: string,
  [priceDecimals, sizeDecimals, price, size, priceStep]: Numbers
): Listing => ({
  symbol,
  base,
  quote: symbol.split("/")[1] ?? "USD",
  priceDecimals,
  sizeDecimals,
  price,
  size,
  ...(priceStep !== undefined && { priceStep })
})

const spot = (pair: string, numbers: Numbers): Listing => listed(pair, pair.split("/")[0]!, numbers)
const perp = (base: string, numbers: Numbers): Listing => listed(`${base}-PERP`, base, numbers)

const numbered = (n: number): string => `S${String(n).padStart(3, "0")}`

const common = {
  exchange: "FTX",
  history: true,
  limits: {
    // none is known: peers held hundreds of subscriptions on one socket
    connects: { count: 60, perMs: 60_000 },
    messages: { count: 200, perMs: 1_000 },
    rest: { weight: 30, perMs: 1_000, weightOf: () => 1 },
    marketsPerSocket: 500,
    ban: { status: 429, ms: 1_000 }
  },
  gateway: (markets: ReadonlyMap<string, SimMarket>) => new FtxGateway(markets)
} as const

export const ftxSpot: Venue = {
  ...common,
  marketType: "SPOT",
  listings: [
    spot("BTC/USD", [0, 4, 32_310, 0.2]),
    spot("ETH/USD", [1, 3, 2_021.5, 1.4]),
    spot("CHZ/USDT", [6, 0, 0.228183, 3_600]),
    spot("SHIB/USD", [8, 0, 0.00002262, 9_000_000])
  ],
  listing: (n) => spot(`${numbered(n)}/USD`, [4, 2, 10 + n, 20])
}

export const ftxPerp: Venue = {
  ...common,
  marketType: "PERP",
  listings: [
    perp("BTC", [0, 4, 32_305, 0.3]),
    perp("ETH", [1, 3, 2_020.9, 2]),
    perp("MKR", [1, 3, 2_414.5, 1.2, 5]),
    perp("FLOW", [3, 2, 16.42, 20, 5])
  ],
  listing: (n) => perp(numbered(n), [4, 2, 10 + n, 20])
}
