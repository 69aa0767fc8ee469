// Owns the proof that all spellings which a venue takes for one market are one name, and others are not.
import { assert, describe, it } from "@effect/vitest"
import type { MarketType } from "../../src/domain/MarketType.ts"
import { effectiveSymbol } from "../../src/schemes/effectiveSymbol.ts"

const name = (exchange: string, market_type: MarketType, base: string, quote: string, native: string | null = null) =>
  effectiveSymbol({ exchange, market_type, base, quote, native_symbol: native })

describe("the name by which a venue knows a market", () => {
  for (const [exchange, type, base, quote, spellings] of [
    ["Bitfinex", "SPOT", "BTC", "USD", ["tBTCUSD", "BTCUSD", "tbtcusd"]],
    ["Bitfinex", "PERP", "BTC", "USDT", ["tBTCF0:USTF0", "BTCF0:USTF0"]],
    ["Kraken", "SPOT", "LUNA", "EUR", ["LUNA2/EUR"]],
    ["Kraken", "PERP", "XBT", "USD", ["PF_XBTUSD", "pf_xbtusd"]],
    ["Binance", "SPOT", "BTC", "USDT", ["BTCUSDT", "btcusdt"]],
    ["BitMEX", "INVERSE", "XBT", "USD", ["XBTUSD", "xbtusd"]],
    ["Bitstamp", "SPOT", "BTC", "USD", ["btcusd", "BTCUSD"]],
    ["Bybit", "PERP", "BTC", "USDC", ["BTCPERP"]],
    ["Gemini", "PERP", "BTC", "GUSD", ["btcgusdperp", "BTCGUSDPERP"]]
  ] as const) {
    it(`is one for ${exchange}'s ${spellings.join(", ")} and the rule's own`, () => {
      const ruled = name(exchange, type, base, quote)
      for (const native of spellings) assert.strictEqual(name(exchange, type, base, quote, native), ruled)
    })
  }

  it("is another for another market, whatever it looks like", () => {
    assert.notStrictEqual(name("Bitfinex", "SPOT", "UST", "USD"), name("Bitfinex", "SPOT", "USDT", "USD"))
    assert.notStrictEqual(
      name("Bitfinex", "SPOT", "TRX", "USD", "TRXUSD"),
      name("Bitfinex", "SPOT", "RX", "USD", "RXUSD")
    )
    assert.notStrictEqual(name("Kraken", "SPOT", "AAPLx", "USD"), name("Kraken", "SPOT", "AAPLX", "USD"))
    assert.notStrictEqual(name("Gemini", "PERP", "BTC", "GUSD"), name("Gemini", "PERP", "BTC", "USDC"))
  })
})
