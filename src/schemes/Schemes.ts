// Owns the register of translation schemes: which exchange and market type is spoken by which scheme, and what that
// offers. Pure; a scheme's own knowledge stays in its file.
import type { ExchangeStatus, Offer } from "../domain/Exchange.ts"
import type { MarketType } from "../domain/MarketType.ts"

export interface ExchangeOffer {
  readonly supported: boolean
  readonly status: ExchangeStatus
  readonly market_types: ReadonlyArray<MarketType>
  readonly offers: ReadonlyArray<Offer>
}

/** What level4 can do with an exchange of this name (compared without case). */
export const describeExchange = (_name: string): ExchangeOffer => ({
  supported: false,
  status: "unsupported",
  market_types: [],
  offers: []
})

export interface MarketOffer {
  /** The venue's spelling, by the market's own native_symbol or the scheme's rule; null when no scheme speaks it. */
  readonly native_symbol: string | null
  readonly size_unit: "base" | "quote" | "contracts" | null
  readonly contract_value: string | null
}

/** How the venue spells a market and counts its sizes; all null when no scheme speaks it. */
export const describeMarket = (_market: {
  readonly exchange: string
  readonly base: string
  readonly quote: string
  readonly market_type: MarketType
  readonly native_symbol: string | null
}): MarketOffer => ({ native_symbol: null, size_unit: null, contract_value: null })
