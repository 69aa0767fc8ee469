// Owns Kraken's spot REST book (`/0/public/Depth`), which both websocket protocols are held against: its address for a
// market, and what its answer says. Source: shared/venues/kraken.md sections 3, 4 and 8, read 2026-11-28.
// Surprises: REST keeps the old codes and writes no slash; tokenised stocks (`AAPLx`) are found in their own asset
// class alone; refusals come with status 200 and an empty or no result.
import { Schema } from "effect"
import { krakenOldSpelling } from "./krakenNames.ts"
import type { Audit } from "../TranslationScheme.ts"
import { parse } from "../../wire/Wire.ts"

const Side = Schema.Array(Schema.TupleWithRest(Schema.Tuple([Schema.String, Schema.String]), [Schema.Unknown]))
const decodeDepth = parse(
  Schema.Struct({ result: Schema.Record(Schema.String, Schema.Struct({ bids: Side, asks: Side })) })
)

/** A tokenised stock's code ends in a small x. */
const TOKENISED = /x\//

const pathOf = (symbol: string, count: number): string => {
  const pair = symbol.split("/").map(krakenOldSpelling).join("")
  const assetClass = TOKENISED.test(symbol) ? "&asset_class=tokenized_asset" : ""
  return `/0/public/Depth?pair=${encodeURIComponent(pair)}&count=${count}${assetClass}`
}

/** The best `count` levels a side. */
export const krakenDepth = (count: number): Audit => ({
  path: (symbol) => pathOf(symbol, count),
  weight: 1,
  read: (body) => {
    const [book] = Object.values(decodeDepth(body)?.result ?? {})
    return book === undefined ? null : { bids: book.bids, asks: book.asks, complete: false }
  }
})

export const KRAKEN_REST = "https://api.kraken.com"
/** About one public call a second for an address. */
export const KRAKEN_REST_LIMIT = { weight: 1, perMs: 1_000 }
