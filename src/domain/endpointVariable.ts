// Owns the names of the settings that replace what a venue's protocol is reached by: its addresses and which of its
// protocols is spoken. What such a setting may hold is layers/EndpointOverrides.ts's. Pure. Invariant: a name is made
// of capital letters, digits and underscores, whatever the exchange is called.
import type { MarketType } from "./MarketType.ts"

export type EndpointKind = "WS" | "REST"

const prefixOf = (exchange: string, marketType: MarketType): string =>
  `LEVEL4_${exchange.toUpperCase().replace(/[^\p{L}\p{N}]+/gu, "_")}_${marketType}`

/** The variable that overrides an endpoint, e.g. `LEVEL4_BINANCE_PERP_REST_URL`, `LEVEL4_GATE_IO_SPOT_WS_URL`. */
export const endpointVariable = (exchange: string, marketType: MarketType, kind: EndpointKind): string =>
  `${prefixOf(exchange, marketType)}_${kind}_URL`

/** The variable that picks a venue's second protocol, e.g. `LEVEL4_KRAKEN_SPOT_PROTOCOL=v1`. */
export const protocolVariable = (exchange: string, marketType: MarketType): string =>
  `${prefixOf(exchange, marketType)}_PROTOCOL`
