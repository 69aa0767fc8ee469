// Owns what simulated Kraken spot says of its pairs: REST's AssetPairs in the old codes, and the frames of websocket
// v2's `instrument` channel in today's. Source: shared/instruments.md (2026-11) and the channel's page, 2026. Surprises
// kept: every pair has a dark pool beside it (`.d`, without `wsname`) and its American twin (`:BTNL`); stocks come by
// their own asset class alone; REST writes decimals as text, the channel as numbers with an exponent.
import type { ListingState, SimMarket } from "../Venue.ts"
import { decimalStep } from "../decimalStep.ts"

const OLD: Readonly<Record<string, string>> = { BTC: "XBT", DOGE: "XDG" }
const old = (code: string): string => OLD[code] ?? code

/** REST's name: the old codes, and no slash. */
export const altname = ({ base, quote }: Pick<SimMarket, "base" | "quote">): string => old(base) + old(quote)

/** `work_in_progress` is documented for the channel; that REST says it too is not known. */
const STATUS: Readonly<Record<Exclude<ListingState, "dropped">, string>> = {
  trading: "online",
  pre_launch: "work_in_progress",
  halted: "cancel_only"
}
const statusOf = ({ state }: SimMarket): string => (state === "dropped" ? "delisted" : STATUS[state])

/** A tokenised stock's code ends in a small x. */
export const isTokenised = ({ base }: Pick<SimMarket, "base">): boolean => base.endsWith("x")

export const assetPairs = (markets: Iterable<SimMarket>, tokenised: boolean): string => {
  const listed = [...markets].filter((one) => one.state !== "dropped" && isTokenised(one) === tokenised)
  const rows = listed.flatMap((market) => {
    const row = pairRow(market, tokenised)
    const name = altname(market)
    const { wsname, ...dark } = row
    return [
      [name, row],
      [`${name}.d`, { ...dark, altname: `${name}.d` }],
      [`${name}:BTNL`, { ...row, wsname, execution_venue: "bitnomial-exchange" }]
    ]
  })
  return JSON.stringify({ error: [], result: Object.fromEntries(rows) })
}

const pairRow = (market: SimMarket, tokenised: boolean) => ({
  altname: altname(market),
  wsname: `${old(market.base)}/${old(market.quote)}`,
  aclass_base: tokenised ? "tokenized_asset" : "currency",
  base: old(market.base),
  aclass_quote: "currency",
  quote: old(market.quote),
  lot: "unit",
  pair_decimals: market.priceDecimals,
  cost_decimals: 5,
  lot_decimals: market.sizeDecimals,
  lot_multiplier: 1,
  ordermin: decimalStep(market.sizeDecimals, 5_000),
  costmin: "0.5",
  tick_size: decimalStep(market.priceDecimals, market.priceStep),
  status: statusOf(market),
  execution_venue: "international"
})

/** A frame of the channel; of one that changed, or of all. */
export const instrumentFrame = (type: "snapshot" | "update", markets: Iterable<SimMarket>): string => {
  const pairs = [...markets].map((market) => {
    const { symbol, base, quote, priceDecimals, sizeDecimals, priceStep } = market
    return {
      symbol,
      base,
      quote,
      status: statusOf(market),
      qty_precision: sizeDecimals,
      qty_increment: Number(decimalStep(sizeDecimals)),
      price_precision: priceDecimals,
      cost_precision: 5,
      marginable: false,
      has_index: true,
      cost_min: 0.5,
      tick_size: Number(decimalStep(priceDecimals, priceStep)),
      price_increment: Number(decimalStep(priceDecimals, priceStep)),
      qty_min: Number(decimalStep(sizeDecimals, 5_000))
    }
  })
  return JSON.stringify({ channel: "instrument", type, data: { assets: [], pairs } })
}
