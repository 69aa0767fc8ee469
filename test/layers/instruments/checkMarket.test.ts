// A new market against what its venue lists: right, spelled by the listing, or refused with what was meant.
import { assert, describe, it } from "@effect/vitest"
import { withFacts } from "../../../src/domain/Instrument.ts"
import { checkMarket } from "../../../src/layers/instruments/checkMarket.ts"
import type { MarketName } from "../../../src/schemes/Schemes.ts"
import { instrument } from "../../support/FakeInstruments.ts"

const spot = (native_symbol: string, base: string, quote: string) => instrument({ native_symbol, base, quote })
const perp = (native_symbol: string, base: string) =>
  instrument({ native_symbol, base, quote: "USD", market_type: "PERP" })

const btc = spot("BTC/USD", "BTC", "USD")
const xbtPerp = perp("PF_XBTUSD", "BTC")
const ethPerp = perp("PF_ETHUSD", "ETH")
const KRAKEN = [
  btc,
  spot("BTC/EUR", "BTC", "EUR"),
  spot("ETH/USD", "ETH", "USD"),
  instrument({ native_symbol: "LUNA/USD", base: "LUNC", quote: "USD" }),
  instrument({ native_symbol: "OLD/USD", base: "OLD", quote: "USD", status: "delisted" }),
  instrument({ native_symbol: "NEW/USD", base: "NEW", quote: "USD", status: "pre_launch" }),
  xbtPerp,
  ethPerp,
  instrument({ native_symbol: "PI_XBTUSD", base: "BTC", quote: "USD", market_type: "INVERSE" })
]

const kraken = (market: Partial<MarketName>) =>
  checkMarket(
    { exchange: "Kraken", base: "BTC", quote: "USD", market_type: "SPOT", native_symbol: null, ...market },
    KRAKEN
  )
const refused = (market: Partial<MarketName>) => {
  const checked = kraken(market)
  assert(checked.verdict === "mismatch", JSON.stringify(checked))
  return { ...checked, near: checked.nearest.map(({ native_symbol }) => native_symbol) }
}

describe("checkMarket", () => {
  it("takes what is listed so, by the scheme's spelling or a given one", () => {
    assert.deepStrictEqual(kraken({}), { verdict: "listed", instrument: btc, native_symbol: null })
    const given = kraken({ native_symbol: "BTC/USD" })
    assert.deepStrictEqual(given, { verdict: "listed", instrument: btc, native_symbol: "BTC/USD" })
    const perps = kraken({ market_type: "PERP", native_symbol: "pf_xbtusd" })
    assert.deepStrictEqual(perps, { verdict: "listed", instrument: xbtPerp, native_symbol: "pf_xbtusd" })
    assert.strictEqual(kraken({ base: "NEW" }).verdict, "listed")
    assert.strictEqual(kraken({ base: "btc", quote: "usd" }).verdict, "listed", "codes have no case")
  })

  it("refuses PF_ETHUSD under BTC, and names PF_XBTUSD", () => {
    const { detail, field, near, nearest } = refused({ market_type: "PERP", native_symbol: "PF_ETHUSD" })
    assert.strictEqual(field, "native_symbol")
    assert.strictEqual(
      detail,
      "Kraken lists PF_ETHUSD as ETH-USD, not as BTC-USD. Nearest: PF_XBTUSD (PERP BTC-USD), " +
        "PI_XBTUSD (INVERSE BTC-USD), BTC/USD (SPOT BTC-USD), BTC/EUR (SPOT BTC-EUR), PF_ETHUSD (PERP ETH-USD). " +
        "Correct native_symbol, or base and quote, or repeat with ?unchecked=true."
    )
    assert.strictEqual(near[0], "PF_XBTUSD")
    assert.deepStrictEqual(nearest[0], {
      native_symbol: "PF_XBTUSD",
      tag: "KRAKEN.PERP:BTC-USD",
      base: "BTC",
      quote: "USD",
      market_type: "PERP",
      status: "trading"
    })
  })

  it("refuses a spelling that the venue does not take, and names the right one", () => {
    for (const native_symbol of ["xbt/usd", "btc/usd", "BTCUSD"]) {
      const { detail, field, near } = refused({ native_symbol })
      assert.strictEqual(field, "native_symbol")
      assert.include(detail, `Kraken lists no SPOT instrument ${native_symbol}. Nearest: BTC/USD (SPOT BTC-USD)`)
      assert.strictEqual(near[0], "BTC/USD")
    }
    assert.strictEqual(refused({ base: "ETH", native_symbol: "eth/usd" }).near[0], "ETH/USD")
  })

  it("refuses another type, a delisted instrument, and a pair that is not listed", () => {
    const type = refused({ native_symbol: "PF_XBTUSD" })
    assert.include(type.detail, "Kraken lists PF_XBTUSD as PERP, not as SPOT.")
    assert.strictEqual(type.field, "market_type")
    const old = refused({ base: "OLD" })
    assert.match(old.detail, /^Kraken lists OLD\/USD no more: it is delisted\./)
    assert.notInclude(old.near, "OLD/USD")
    assert.deepInclude(refused({ quote: "JPY" }), { field: "quote_symbol_id" })
    assert.deepInclude(refused({ base: "NOSUCH" }), { field: "base_symbol_id", near: [] })
    assert.include(refused({ base: "XBT" }).detail, "Kraken lists BTC/USD as BTC-USD, not as XBT-USD.")
  })

  it("takes the listing's own spelling where the scheme's is not listed and one alone has this base and quote", () => {
    const usdc = spot("tUDCUSD", "USDC", "USD")
    const market = {
      exchange: "Poloniex",
      base: "USDC",
      quote: "USD",
      market_type: "SPOT",
      native_symbol: null
    } as const
    const other = { verdict: "listed", instrument: usdc, native_symbol: "tUDCUSD" } as const
    assert.deepStrictEqual(checkMarket(market, [btc, usdc]), other)
    const gone = withFacts(usdc, { native_symbol: "USDC_USD", status: "delisted" })
    assert.deepStrictEqual(checkMarket(market, [gone, usdc]), other)
    const two = checkMarket(market, [usdc, spot("tUDC:USD", "USDC", "USD")])
    assert.deepInclude(two, { verdict: "mismatch", field: "native_symbol" })
    assert.include(Object(two).detail, "Poloniex lists several SPOT instruments of USDC-USD.")
    assert.strictEqual(checkMarket({ ...market, base: "BTC" }, [usdc]).verdict, "mismatch")
  })

  it("knows nothing of what no scheme speaks, and names no more than five", () => {
    const nowhere = { exchange: "Nowhere", base: "A", quote: "B", market_type: "SPOT", native_symbol: null } as const
    assert.deepStrictEqual(checkMarket(nowhere, KRAKEN), { verdict: "unknown" })
    const many = Array.from({ length: 50 }, (_, index) => spot(`BTC/X${index}`, "BTC", `X${index}`))
    const checked = checkMarket({ ...nowhere, exchange: "Kraken", base: "BTC" }, many)
    assert.lengthOf(Object(checked).nearest, 5)
  })
})
