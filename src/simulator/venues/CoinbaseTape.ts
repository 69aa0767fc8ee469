// Owns what Coinbase has sent of its products: their numbering, and the frames of the last step, made once for all
// clients. Who hears them is CoinbaseConversation's. From venues/coinbase.md: `match.side` is the maker's; sizes and
// prices of matches are unpadded where those of levels are padded; `sequence` counts all orders of a product and so
// skips.
import { isoTime } from "../isoTime.ts"
import { seededUuid } from "../seededUuid.ts"
import { unpadded } from "../unpadded.ts"
import type { SimLevel, SimMarket, SimStep, SimTrade } from "../Venue.ts"

/** Seen on valid changes of the real feed, now and then. */
const NO_TIME = "0001-01-01T00:00:00.000000Z"

interface Change {
  readonly side: "buy" | "sell"
  readonly price: string
  readonly size: string
}

export interface Product {
  sequence: number
  /** Levels that the last step changed. */
  changes: ReadonlyArray<Change>
  matches: ReadonlyArray<string>
  /** The newest trade from its `trade_id` on, without an opening brace and type. */
  last: { readonly id: number; readonly rest: string } | null
  /** Of the newest change. */
  time: string
}

export class CoinbaseTape {
  readonly markets: ReadonlyMap<string, SimMarket>
  private readonly rand: () => number
  private readonly products = new Map<string, Product>()

  constructor(markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.markets = markets
    this.rand = rand
  }

  product(symbol: string): Product {
    let product = this.products.get(symbol)
    if (product === undefined) {
      product = { sequence: 1e8 + Math.floor(this.rand() * 1e9), changes: [], matches: [], last: null, time: NO_TIME }
      this.products.set(symbol, product)
    }
    return product
  }

  step(market: SimMarket, step: SimStep): void {
    const product = this.product(market.symbol)
    product.sequence += step.bids.length + step.asks.length + Math.floor(this.rand() * 3)
    product.changes = [...step.bids.map(change("buy")), ...step.asks.map(change("sell"))]
    product.time = this.rand() < 0.002 ? NO_TIME : isoTime(step.at, 6)
    product.matches = step.trades.map((trade) => `{"type":"match",${this.match(market.symbol, product, trade)}`)
  }

  /** The newest trade of a market as `last_match` tells it, or null before the first. */
  lastMatch(market: SimMarket): string | null {
    const product = this.product(market.symbol)
    const newest = market.trades.at(-1)
    if (newest !== undefined && product.last?.id !== newest.id) this.match(market.symbol, product, newest)
    return product.last === null ? null : `{"type":"last_match",${product.last.rest}`
  }

  private match(symbol: string, product: Product, { id, price, size, side, at }: SimTrade): string {
    const rest =
      `"trade_id":${id},"maker_order_id":"${seededUuid(this.rand)}","taker_order_id":"${seededUuid(this.rand)}",` +
      `"side":"${makerSide(side)}","size":"${unpadded(size)}","price":"${unpadded(price)}","product_id":"${symbol}",` +
      `"sequence":${++product.sequence},"time":"${isoTime(at, 6)}"}`
    product.last = { id, rest }
    return rest
  }
}

export const makerSide = (taker: SimTrade["side"]): "buy" | "sell" => (taker === "buy" ? "sell" : "buy")

const change =
  (side: Change["side"]) =>
  ({ price, size }: SimLevel): Change => ({ side, price, size })
