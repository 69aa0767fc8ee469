// Owns what bitFlyer lists: one short list for each of its three regions, whose products all trade on one socket, and
// the state of one product, which is asked for alone. Source: shared/instruments.md, 2026-11 (answer of 2021-12), sheet
// sections 2 and 3.
// Surprises: no list has ticks, steps, minima or states; a product that ends is simply gone. Dated futures, gone since
// 2024, are not followed.
import { Schema } from "effect"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { bitflyerPair } from "./bitflyerNames.ts"
import { bitflyerTick } from "./bitflyerTicks.ts"
import type { Listing, ListingPage } from "../Listing.ts"
import { amount, answered, type Facts, listingRows, statusIn } from "../rules/listingRows.ts"

const Row = Schema.Struct({ product_code: Schema.String, market_type: Schema.String })
const isList = Schema.is(Schema.Array(Schema.Unknown))
const isState = Schema.is(Schema.Struct({ health: Schema.String, state: Schema.String }))

const WORDS: Readonly<Record<string, InstrumentStatus>> = { RUNNING: "trading" }

const factsOf = (code: string, market_type: MarketType, status: InstrumentStatus): Facts => {
  const pair = bitflyerPair(code, market_type)
  if (pair === null) throw new RangeError(`no product: ${code.slice(0, 64)}`)
  return {
    native_symbol: code,
    ...pair,
    settle: market_type === "PERP" ? pair.quote : null,
    market_type,
    price_tick: amount(bitflyerTick(code)),
    size_unit: "base",
    status
  }
}

const listRows = listingRows(Row, ({ product_code, market_type }) => {
  switch (market_type) {
    case "Spot":
      return factsOf(product_code, "SPOT", "trading")
    case "FX":
      return factsOf(product_code, "PERP", "trading")
    case "Futures":
      return null
    default:
      throw new RangeError(`no market type that is known: ${market_type.slice(0, 64)}`)
  }
})

const STATE = "/v1/getboardstate?product_code="

/** An answer about one product names it nowhere: the request does. */
const stateOf = (code: string, answer: unknown): ListingPage | null => {
  if (!isState(answer)) return null
  const { state } = answer
  const type = code.startsWith("FX_") ? "PERP" : "SPOT"
  const rows = listingRows(Schema.String, (product) => factsOf(product, type, statusIn(WORDS, state)))
  return { ...rows([code]), next: [] }
}

export const bitflyerListing: Listing = {
  requests: () => ["", "/usa", "/eu"].map((region) => ({ path: `/v1/getmarkets${region}`, weight: 1 })),
  one: ({ native_symbol }) => ({ path: `${STATE}${encodeURIComponent(native_symbol)}`, weight: 1 }),
  read: ({ path }, status, body) => {
    const answer = answered(status, body)
    if (path.startsWith(STATE)) return stateOf(decodeURIComponent(path.slice(STATE.length)), answer)
    return isList(answer) ? { ...listRows(answer), next: [] } : null
  }
}
