// Owns the check of a new market against what its venue lists: whether the venue lists this native symbol with this
// base, quote and type, by which native symbol it does where none was given, and which instruments may have been meant
// where it does not. Pure. Invariant: what is `listed` is one instrument of the listing that is not delisted, of the
// market's very base, quote and type.
import { distanceOf } from "../../domain/editDistance.ts"
import type { Instrument } from "../../domain/Instrument.ts"
import type { InstrumentStatus } from "../../domain/InstrumentStatus.ts"
import { instrumentTag } from "../../domain/instrumentTag.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { folded } from "../../domain/Names.ts"
import { type MarketName, resolve } from "../../schemes/Schemes.ts"

/** An instrument that may be meant. */
interface Near {
  readonly native_symbol: string
  readonly tag: string
  readonly base: string
  readonly quote: string
  readonly market_type: MarketType
  readonly status: InstrumentStatus
}

export interface Mismatch {
  readonly verdict: "mismatch"
  /** The field of the new market that names what is not listed so. */
  readonly field: "native_symbol" | "base_symbol_id" | "quote_symbol_id" | "market_type"
  readonly detail: string
  /** What may be meant, nearest first. */
  readonly nearest: ReadonlyArray<Near>
}

export type Checked =
  | {
      readonly verdict: "listed"
      readonly instrument: Instrument
      /** To be stored: as given, null where the scheme's rule spells it, or the listing's own. */
      readonly native_symbol: string | null
    }
  | Mismatch
  /** No scheme speaks it. */
  | { readonly verdict: "unknown" }

const NEAREST = 5

/** `listed`: of all types that are known; `protocol`: as for `resolve`. */
export const checkMarket = (
  market: MarketName,
  listed: ReadonlyArray<Instrument>,
  protocol: string | null = null
): Checked => {
  const resolved = resolve(market, protocol)
  if (typeof resolved === "string") return { verdict: "unknown" }
  const { scheme, symbol } = resolved
  const effective = (native: string) => scheme.effective(native.normalize("NFC"), market.market_type)
  const ofType = listed.filter((one) => one.market_type === market.market_type)
  const wanted = effective(symbol)
  const named = ofType.find((one) => effective(one.native_symbol) === wanted)
  const isPair = (one: Instrument) => same(one.base, market.base) && same(one.quote, market.quote)

  const refuse = (field: Mismatch["field"], says: string, fix: string): Mismatch => {
    const nearest = nearestOf({ ...market, native_symbol: symbol }, listed)
    const names = nearest.map((one) => `${one.native_symbol} (${one.market_type} ${one.base}-${one.quote})`)
    const hint = names.length === 0 ? "" : ` Nearest: ${names.join(", ")}.`
    const detail = `${scheme.exchange} ${says}.${hint} ${fix}, or repeat with ?unchecked=true.`
    return { verdict: "mismatch", field, detail, nearest }
  }
  const pair = `${market.base}-${market.quote}`

  if (named !== undefined && isPair(named) && named.status !== "delisted") {
    return { verdict: "listed", instrument: named, native_symbol: market.native_symbol }
  }
  if (market.native_symbol === null) {
    const others = ofType.filter((one) => isPair(one) && one.status !== "delisted")
    const [only] = others
    if (only !== undefined && others.length === 1) {
      return { verdict: "listed", instrument: only, native_symbol: only.native_symbol }
    }
    if (others.length > 1) {
      return refuse("native_symbol", `lists several ${market.market_type} instruments of ${pair}`, "Give native_symbol")
    }
  }
  if (named !== undefined && isPair(named)) {
    return refuse("native_symbol", `lists ${named.native_symbol} no more: it is delisted`, "Choose another market")
  }
  if (named !== undefined) {
    const says = `lists ${named.native_symbol} as ${named.base}-${named.quote}, not as ${pair}`
    return refuse("native_symbol", says, "Correct native_symbol, or base and quote")
  }
  if (market.native_symbol !== null) {
    const elsewhere = listed.find((one) => same(one.native_symbol, symbol) && one.market_type !== market.market_type)
    if (elsewhere !== undefined) {
      const says = `lists ${elsewhere.native_symbol} as ${elsewhere.market_type}, not as ${market.market_type}`
      return refuse("market_type", says, "Correct market_type or native_symbol")
    }
    return refuse("native_symbol", `lists no ${market.market_type} instrument ${symbol}`, "Correct native_symbol")
  }
  const hasBase = ofType.some((one) => same(one.base, market.base))
  return refuse(
    hasBase ? "quote_symbol_id" : "base_symbol_id",
    `lists no ${market.market_type} instrument of ${pair}`,
    "Correct base, quote or market_type"
  )
}

const same = (a: string, b: string): boolean => folded(a) === folded(b)

/**
 * What a market may have meant: the same spelling but for case, the same base, quote and type, the same base, and what
 * is spelled much alike; what trades first. Nothing that is delisted.
 */
const nearestOf = (
  market: MarketName & { readonly native_symbol: string },
  listed: ReadonlyArray<Instrument>
): ReadonlyArray<Near> => {
  const symbol = folded(market.native_symbol)
  // a name with more than a third of its letters wrong means anything
  const limit = Math.floor(symbol.length / 3) + 1
  const ranked = listed.flatMap((one) => {
    if (one.status === "delisted") return []
    const far = distanceOf(folded(one.native_symbol), symbol, limit)
    const rank = rankOf(market, one, far)
    return rank === FAR && far >= limit ? [] : [{ one, rank, far }]
  })
  return ranked
    .toSorted(
      (a, b) =>
        a.rank - b.rank ||
        Number(a.one.status !== "trading") - Number(b.one.status !== "trading") ||
        a.far - b.far ||
        (a.one.native_symbol < b.one.native_symbol ? -1 : 1)
    )
    .slice(0, NEAREST)
    .map(({ one }) => {
      const { base, market_type, native_symbol, quote, status } = one
      return { native_symbol, tag: instrumentTag(market.exchange, one), base, quote, market_type, status }
    })
}

const FAR = 5
const rankOf = (market: MarketName, one: Instrument, far: number): number => {
  const type = one.market_type === market.market_type
  const base = same(one.base, market.base)
  const quote = same(one.quote, market.quote)
  if (far === 0 && type) return 0
  if (base && quote) return type ? 1 : 2
  if (base) return type ? 3 : 4
  return FAR
}
