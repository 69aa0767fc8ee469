// Owns the proof of what Kraken's derivatives list: rows of today and of 2021, steps of thousands, status, and the
// simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { krakenFutures } from "../../../src/schemes/kraken/KrakenFutures.ts"
import { krakenInverse, krakenPerp } from "../../../src/simulator/venues/KrakenFutures.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

const INVERSE = {
  symbol: "PI_XBTUSD",
  type: "futures_inverse",
  underlying: "rr_xbtusd",
  tickSize: 0.5,
  contractSize: 1,
  tradeable: true,
  postOnly: false,
  openingDate: "2018-08-31T00:00:00Z",
  contractValueTradePrecision: 0,
  base: "BTC",
  quote: "USD",
  pair: "BTC:USD"
}
const LINEAR = {
  ...INVERSE,
  symbol: "PF_PEPEUSD",
  type: "flexible_futures",
  tickSize: 1e-10,
  contractValueTradePrecision: -3,
  base: "PEPE"
}
/** As in the answers of 2021: lower case, and neither base nor precision. */
const DATED = {
  symbol: "fi_xbtusd_210924",
  type: "futures_inverse",
  lastTradingTime: "2021-09-24T15:00:00.000Z",
  tickSize: 0.5,
  contractSize: 1,
  tradeable: true
}
const [request] = listingOf(krakenFutures).requests(["PERP"])
const body = (instruments: ReadonlyArray<unknown>) =>
  JSON.stringify({ result: "success", instruments, serverTime: "2026-11-29T00:00:00.000Z" })
const read = (text: string, status = 200) => listingOf(krakenFutures).read(request!, status, text)
const micros = (text: string) => Date.parse(text) * 1000

describe("what Kraken's derivatives list", () => {
  it("is read row by row: perpetuals of both kinds and dated contracts, indices and options left out", () => {
    const page = read(body([INVERSE, LINEAR, DATED, { symbol: "in_xbtusd", type: "spot index", tradeable: false }]))!
    assert.strictEqual(page.unread, 0)
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "PI_XBTUSD",
        base: "BTC",
        quote: "USD",
        settle: "BTC",
        market_type: "INVERSE",
        price_tick: "0.5",
        size_step: "1",
        min_size: null,
        min_notional: null,
        size_unit: "contracts",
        contract_value: "1 USD",
        status: "trading",
        listed_at: micros("2018-08-31T00:00:00Z"),
        expires_at: null
      },
      {
        native_symbol: "PF_PEPEUSD",
        base: "PEPE",
        quote: "USD",
        settle: "USD",
        market_type: "PERP",
        price_tick: "0.0000000001",
        size_step: "1000",
        min_size: null,
        min_notional: null,
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: micros("2018-08-31T00:00:00Z"),
        expires_at: null
      },
      {
        native_symbol: "FI_XBTUSD_210924",
        base: "BTC",
        quote: "USD",
        settle: "BTC",
        market_type: "FUTURE",
        price_tick: "0.5",
        size_step: null,
        min_size: null,
        min_notional: null,
        size_unit: "contracts",
        contract_value: "1 USD",
        status: "trading",
        listed_at: null,
        expires_at: micros("2021-09-24T15:00:00Z")
      }
    ])
    assertSpelled(krakenFutures, page.instruments)
  })

  it("keeps the case of tokenised names, and calls a linear dated contract a future", () => {
    const rows = [
      { ...LINEAR, symbol: "PF_AAPLxUSD", base: "AAPLx" },
      { ...LINEAR, symbol: "FF_XBTUSD_261225", base: "BTC", lastTradingTime: "2026-12-25T08:00:00.000Z" }
    ]
    const page = read(body(rows))!
    assertSpelled(krakenFutures, page.instruments)
    assert.deepStrictEqual(
      page.instruments.map(({ native_symbol, market_type, settle }) => [native_symbol, market_type, settle]),
      [
        ["PF_AAPLxUSD", "PERP", "USD"],
        ["FF_XBTUSD_261225", "FUTURE", "USD"]
      ]
    )
  })

  it("tells a launch that lies ahead from a halt by the server's time", () => {
    const statusOf = (more: object) => read(body([{ ...LINEAR, ...more }]))!.instruments[0]?.status
    assert.strictEqual(statusOf({ tradeable: false }), "halted")
    assert.strictEqual(statusOf({ postOnly: true }), "halted")
    assert.strictEqual(statusOf({ tradeable: false, openingDate: "2026-12-01T00:00:00Z" }), "pre_launch")
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = [null, {}, { ...LINEAR, symbol: "PV_XRPUSD" }, { ...LINEAR, tickSize: "much" }]
    const page = read(body([...broken, { ...LINEAR, contractValueTradePrecision: 0.5 }, LINEAR]))!
    assert.strictEqual(page.unread, 5)
    assert.strictEqual(page.instruments.length, 1)
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", '{"result":"error","error":"apiLimitExceeded"}'])
      assert.isNull(read(text), text)
    assert.isNull(read(body([LINEAR]), 500))
  })

  it("is read from the simulated venue, in every state", () => {
    assertReadsSimulated(krakenPerp, krakenFutures)
    assertReadsSimulated(krakenInverse, krakenFutures)
  })
})
