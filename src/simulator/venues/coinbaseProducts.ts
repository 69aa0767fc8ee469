// Owns what simulated Coinbase says of its products, by REST and on the feed's `status` channel. Source:
// shared/instruments.md (2026-11), docs.cdp.coinbase.com (products, status channel). Surprises kept: a product that is
// `online` may take no orders, which its flags alone say; an auction's product has another one's base in its fields;
// the channel's rows are fewer in fields than REST's.
import { decimalStep } from "../decimalStep.ts"
import type { SimMarket } from "../Venue.ts"

const AUCTION = {
  id: "BTCAUCTION-USD",
  base_currency: "BTC",
  quote_currency: "USD",
  quote_increment: "0.01",
  base_increment: "0.00000001",
  min_market_funds: "1",
  status: "online",
  status_message: "",
  trading_disabled: false,
  post_only: false,
  limit_only: false,
  cancel_only: true,
  auction_mode: false,
  fx_stablecoin: false
}

const row = (market: SimMarket) => ({
  ...AUCTION,
  id: market.symbol,
  base_currency: market.base,
  quote_currency: market.quote,
  quote_increment: decimalStep(market.priceDecimals, market.priceStep),
  base_increment: decimalStep(market.sizeDecimals, market.sizeStep),
  status: market.state === "pre_launch" ? "internal" : "online",
  trading_disabled: market.state === "halted",
  cancel_only: false
})

const listed = (markets: Iterable<SimMarket>) => [...markets].filter(({ state }) => state !== "dropped").map(row)

export const products = (markets: Iterable<SimMarket>): string => JSON.stringify([...listed(markets), AUCTION])

/** Without what REST says of money, and with what the channel alone says. */
const statusRow = ({ min_market_funds: _funds, ...product }: typeof AUCTION) =>
  Object.assign(product, { type: "spot", display_name: product.id.replace("-", "/") })

export const statusFrame = (markets: Iterable<SimMarket>): string =>
  JSON.stringify({
    type: "status",
    currencies: [{ id: "USD", name: "United States Dollar", min_size: "0.01", status: "online" }],
    products: [...listed(markets), AUCTION].map(statusRow)
  })
