// Owns what Bitfinex lists: three labels of its configuration in one answer: spot pairs, futures pairs, and the map of
// its codes to common ones. Source: shared/instruments.md, 2026-11 (rows by a peer), sheet section 2.
// Surprises: nothing says a state, what is listed trades; no tick exists, since prices have five significant digits;
// sizes have eight decimals for all; `F0` comes off a code before it is looked up, since the map knows it without; the
// map has currencies of paper trading under plain names (`AAA`), and spellings in lower case (`USDt`).
// The scheme's own table of codes (bitfinexNames.ts) goes before the map: what a market was called stays so.
import { Schema } from "effect"
import type { Listing } from "../Listing.ts"
import { amount, answered, Decimal, listingRows } from "../rules/listingRows.ts"
import { bitfinexCodes, common } from "./bitfinexNames.ts"

const Row = Schema.TupleWithRest(Schema.Tuple([Schema.String, Schema.Array(Schema.Unknown)]), [Schema.Unknown])
const isAmount = Schema.is(Schema.NullOr(Decimal))
const Rows = Schema.Array(Schema.Unknown)
const isAnswer = Schema.is(Schema.TupleWithRest(Schema.Tuple([Rows, Rows, Rows]), [Schema.Unknown]))
const isEntry = Schema.is(Schema.Tuple([Schema.String, Schema.String]))

const PAPER = "TEST"
/** Where a row's list has the least size. */
const MIN_ORDER = 3
const SIZE_STEP = "0.00000001"

const rowsOf = (map: ReadonlyMap<string, string>) =>
  listingRows(Row, ([name, limits]) => {
    const native_symbol = `t${name}`
    const perp = bitfinexCodes(native_symbol, "PERP")
    const codes = perp ?? bitfinexCodes(native_symbol, "SPOT")
    if (codes === null) throw new RangeError(`no pair: ${name.slice(0, 64)}`)
    if (codes.base.startsWith(PAPER)) return null
    const base = common(codes.base, map)
    const quote = common(codes.quote, map)
    if (base.startsWith(PAPER)) return null
    const least = limits[MIN_ORDER]
    if (!isAmount(least)) throw new RangeError("a least size that is none")
    return {
      native_symbol,
      base,
      quote,
      settle: perp === null ? null : quote,
      market_type: perp === null ? "SPOT" : "PERP",
      size_step: SIZE_STEP,
      min_size: amount(least),
      size_unit: "base",
      status: "trading"
    }
  })

export const bitfinexListing: Listing = {
  requests: () => [{ path: "/v2/conf/pub:info:pair,pub:info:pair:futures,pub:map:currency:sym", weight: 1 }],
  read: (_request, status, body) => {
    const answer = answered(status, body)
    if (!isAnswer(answer)) return null
    const [spot, futures, codes] = answer
    const map = new Map(codes.filter((one) => isEntry(one)).map(([own, code]) => [own, code.toUpperCase()]))
    return { ...rowsOf(map)([...spot, ...futures]), next: [] }
  }
}
