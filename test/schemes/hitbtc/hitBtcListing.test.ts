// Owns the proof of what HitBTC lists: rows of spot and perpetuals, status words, what is no listing, and the simulated
// venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { hitBtc } from "../../../src/schemes/hitbtc/HitBtc.ts"
import { hitBtcPerp, hitBtcSpot } from "../../../src/simulator/venues/HitBtc.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

/** From shared/instruments.md. */
const PERP = {
  type: "futures",
  contract_type: "perpetual",
  status: "working",
  expiry: null,
  underlying: "AAVE",
  base_currency: null,
  quote_currency: "USDT",
  quantity_increment: "0.01",
  tick_size: "0.001",
  fee_currency: "USDT"
}
const SPOT = {
  type: "spot",
  status: "working",
  base_currency: "MANA",
  quote_currency: "USDT",
  quantity_increment: "1",
  tick_size: "0.0000001"
}
const [request] = listingOf(hitBtc).requests(["SPOT"])
const read = (rows: unknown, status = 200) =>
  listingOf(hitBtc).read(request!, status, typeof rows === "string" ? rows : JSON.stringify(rows))

describe("what HitBTC lists", () => {
  it("is read under its keys, spot and perpetuals", () => {
    assert.deepStrictEqual(request, { path: "/api/3/public/symbol", weight: 1 })
    const page = read({ AAVEUSDT_PERP: PERP, MANAUSDT: SPOT })!
    assert.deepInclude(page, { unread: 0, next: [] })
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "AAVEUSDT_PERP",
        base: "AAVE",
        quote: "USDT",
        settle: "USDT",
        market_type: "PERP",
        price_tick: "0.001",
        size_step: "0.01",
        min_size: "0.01",
        min_notional: null,
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      },
      {
        native_symbol: "MANAUSDT",
        base: "MANA",
        quote: "USDT",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.0000001",
        size_step: "1",
        min_size: "1",
        min_notional: null,
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      }
    ])
    assertSpelled(hitBtc, page.instruments)
  })

  it("has all status words; the undocumented one ends a market", () => {
    const statusOf = (status: string) => read({ MANAUSDT: { ...SPOT, status } })!.instruments[0]?.status
    for (const word of ["suspended", "clearing", "new_word"]) assert.strictEqual(statusOf(word), "halted", word)
    assert.strictEqual(statusOf("expired"), "delisted")
  })

  it("loses a row that can't be read, and no other; dated contracts are left out", () => {
    const dated = { ...PERP, contract_type: "futures", expiry: "2026-12-25T08:00:00.000Z" }
    const broken = { A: null, B: {}, C: { ...PERP, underlying: null }, D: { ...SPOT, tick_size: "much" } }
    const page = read({ ...broken, [`X${"Y".repeat(64)}`]: SPOT, BTCUSDT_261225: dated, MANAUSDT: SPOT })!
    assert.strictEqual(page.unread, 5)
    assert.strictEqual(page.instruments.length, 1)
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "[]", '{"error":{"code":503,"message":"Service unavailable"}}'])
      assert.isNull(read(text), text)
    assert.isNull(read({ MANAUSDT: SPOT }, 504))
  })

  it("is read from the simulated venue, in every state; it has no word for a launch ahead", () => {
    assertReadsSimulated(hitBtcSpot, hitBtc, { pre_launch: "halted" })
    assertReadsSimulated(hitBtcPerp, hitBtc, { pre_launch: "halted" }, ["LUNAUSDT_PERP"])
  })
})
