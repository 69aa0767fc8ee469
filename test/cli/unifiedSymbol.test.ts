// ccxt's symbols: which contract each names, and what is none of them.
import { assert, describe, it } from "@effect/vitest"
import { unifiedSymbol } from "../../src/cli/unifiedSymbol.ts"

const read = (text: string): string | null => {
  const symbol = unifiedSymbol(text)
  return symbol && [symbol.exchange, symbol.marketType, symbol.base, symbol.quote, symbol.expiry].join(" ").trim()
}

describe("unifiedSymbol", () => {
  it.each([
    ["BTC/USDT", "SPOT BTC USDT"],
    ["BTC/USDT:USDT", "PERP BTC USDT"],
    ["btc/usd:BTC", "INVERSE btc usd"],
    ["BTC/USDT:USDT-261225", "FUTURE BTC USDT 20261225"],
    ["BTC/USD:BTC-261225", "FUTURE BTC USD 20261225"],
    ["kraken:BTC/USD", "kraken SPOT BTC USD"],
    ["Gate IO:BTC/USDT:USDT", "Gate IO PERP BTC USDT"]
  ])("reads %s", (text, said) => {
    assert.strictEqual(read(text), said)
  })

  it.each([
    ["XBT-USD", "no slash"],
    ["KRAKEN.SPOT:BTC-USD", "a tag"],
    ["BTC/USD:ETH", "settled in a third asset: nothing that level4 lists"],
    ["BTC/USDT:USDT-261225-70000-C", "an option"],
    ["/USD", "no base"],
    ["BTC/", "no quote"],
    ["a:b:BTC/USD", "two prefixes"]
  ])("does not read %s (%s)", (text) => {
    assert.isNull(read(text))
  })
})
