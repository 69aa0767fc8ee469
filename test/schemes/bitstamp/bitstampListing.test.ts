// Owns the proof of what Bitstamp lists: rows of spot and perpetuals, status words, what is no listing, and the
// simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"
import { bitstampPerp, bitstampSpot } from "../../../src/simulator/venues/Bitstamp.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

/** From shared/instruments.md. */
const SPOT = {
  name: "BTC/USD",
  market_symbol: "btcusd",
  base_currency: "BTC",
  base_decimals: 8,
  counter_currency: "USD",
  counter_decimals: 0,
  minimum_order_value: "10",
  trading: "Enabled",
  market_type: "SPOT"
}
const PERP = {
  ...SPOT,
  name: "BTC/USD-PERP",
  market_symbol: "btcusd-perp",
  base_decimals: 5,
  minimum_order_amount: "0.00001000",
  market_type: "PERPETUAL",
  payoff_type: "Linear",
  contract_size: "1.00000000",
  underlying_asset: "Kaiko BTC Benchmark Reference Rate"
}
const [request] = listingOf(bitstamp).requests(["SPOT"])
const read = (rows: unknown, status = 200) =>
  listingOf(bitstamp).read(request!, status, typeof rows === "string" ? rows : JSON.stringify(rows))

describe("what Bitstamp lists", () => {
  it("is read row by row, spot and perpetuals", () => {
    assert.deepStrictEqual(request, { path: "/api/v2/markets/", weight: 1 })
    const page = read([SPOT, PERP])!
    assert.deepInclude(page, { unread: 0, next: [] })
    const common = { base: "BTC", quote: "USD", price_tick: "1", min_notional: "10", size_unit: "base" } as const
    const silent = { contract_value: null, status: "trading", listed_at: null, expires_at: null } as const
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "btcusd",
        ...common,
        settle: null,
        market_type: "SPOT",
        size_step: "0.00000001",
        min_size: null,
        ...silent
      },
      {
        native_symbol: "btcusd-perp",
        ...common,
        settle: "USD",
        market_type: "PERP",
        size_step: "0.00001",
        min_size: "0.00001",
        ...silent
      }
    ])
    assertSpelled(bitstamp, page.instruments)
  })

  it("has two status words", () => {
    const statusOf = (trading: string) => read([{ ...SPOT, trading }])!.instruments[0]?.status
    assert.strictEqual(statusOf("Disabled"), "halted")
    assert.strictEqual(statusOf("new word"), "halted")
  })

  it("loses a row that can't be read, and no other; other kinds are left out", () => {
    const broken = [null, {}, { ...SPOT, base_decimals: undefined }, { ...SPOT, counter_decimals: 1.5 }]
    const page = read([...broken, { ...SPOT, base_currency: "" }, { ...SPOT, market_type: "INDEX" }, SPOT])!
    assert.strictEqual(page.unread, 5)
    assert.strictEqual(page.instruments.length, 1)
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", '{"status":"error","reason":"Not found."}'])
      assert.isNull(read(text), text)
    assert.isNull(read([SPOT], 403))
  })

  it("is read from the simulated venue, in every state; it has no word for a launch ahead", () => {
    assertReadsSimulated(bitstampSpot, bitstamp, { pre_launch: "halted" })
    assertReadsSimulated(bitstampPerp, bitstamp, { pre_launch: "halted" })
  })
})
