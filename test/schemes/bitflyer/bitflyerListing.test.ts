// Owns the proof of what bitFlyer lists: rows of instruments.md, all regions, the state of one product, and the
// simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { bitflyer } from "../../../src/schemes/bitflyer/BitFlyer.ts"
import { MatchingEngine } from "../../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../../src/simulator/Random.ts"
import type { ListingState } from "../../../src/simulator/Venue.ts"
import { bitFlyerPerp, bitFlyerSpot } from "../../../src/simulator/venues/BitFlyer.ts"
import { assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

/** As captured in 2021-12. */
const ROWS = [
  { product_code: "BTC_JPY", market_type: "Spot" },
  { product_code: "FX_BTC_JPY", market_type: "FX" },
  { product_code: "BTCJPY24DEC2021", alias: "BTCJPY_MAT2WK", market_type: "Futures" }
]
const { requests, read, one } = listingOf(bitflyer)
const [list] = requests(["SPOT", "PERP"])
const readList = (rows: ReadonlyArray<unknown>) => read(list!, 200, JSON.stringify(rows))!

describe("what bitFlyer lists", () => {
  it("is asked for in all three regions, whose products trade on one socket", () => {
    assert.deepStrictEqual(
      requests(["SPOT"]).map(({ path }) => path),
      ["/v1/getmarkets", "/v1/getmarkets/usa", "/v1/getmarkets/eu"]
    )
  })

  it("is read without what no list says; steps of prices are as they were seen", () => {
    const { instruments, unread } = readList([...ROWS, { product_code: "ELF_JPY", market_type: "Spot" }])
    assert.strictEqual(unread, 0)
    const spot = {
      native_symbol: "BTC_JPY",
      base: "BTC",
      quote: "JPY",
      settle: null,
      market_type: "SPOT",
      price_tick: "1",
      size_step: null,
      min_size: null,
      min_notional: null,
      size_unit: "base",
      contract_value: null,
      status: "trading",
      listed_at: null,
      expires_at: null
    } as const
    assert.deepStrictEqual(factsOf(instruments), [
      spot,
      { ...spot, native_symbol: "FX_BTC_JPY", settle: "JPY", market_type: "PERP" },
      { ...spot, native_symbol: "ELF_JPY", base: "ELF", price_tick: null }
    ])
    assertSpelled(bitflyer, instruments)
    const fine = readList([{ product_code: "BCH_BTC", market_type: "Spot" }]).instruments
    assert.strictEqual(fine[0]?.price_tick, "0.00001")
  })

  it("has the state of one product, which its own answer does not name", () => {
    const [spot, perp] = readList(ROWS).instruments
    const request = one!(perp!)
    assert.deepStrictEqual(request, { path: "/v1/getboardstate?product_code=FX_BTC_JPY", weight: 1 })
    const answer = (state: string) => read(request, 200, JSON.stringify({ health: "NORMAL", state }))
    assert.deepStrictEqual(answer("RUNNING"), { instruments: [perp!], unread: 0, next: [] })
    for (const state of ["CLOSED", "STARTING", "PREOPEN", "CIRCUIT BREAK", "NEWS"])
      assert.strictEqual(answer(state)?.instruments[0]?.status, "halted", state)
    assert.deepStrictEqual(read(one!(spot!), 200, '{"health":"BUSY","state":"RUNNING"}')?.instruments, [spot!])
    for (const text of [...NO_LISTINGS, "[]", '{"status":-100,"error_message":"Invalid product"}'])
      assert.isNull(read(request, 200, text), text)
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = [null, {}, { product_code: "BTCJPY", market_type: "Spot" }, { ...ROWS[0], market_type: "Option" }]
    const page = readList([...broken, ...ROWS])
    assert.deepStrictEqual([page.unread, page.instruments.length], [broken.length, 2])
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", '{"status":-500}']) assert.isNull(read(list!, 200, text), text)
    assert.isNull(read(list!, 503, JSON.stringify(ROWS)))
  })

  for (const venue of [bitFlyerSpot, bitFlyerPerp]) {
    it(`is read from the simulated venue, in every state: ${venue.marketType}`, () => {
      for (const state of ["trading", "pre_launch", "halted", "dropped"] satisfies ReadonlyArray<ListingState>) {
        const engines = venue.listings.map((each) => new MatchingEngine(each, "listing"))
        for (const engine of engines) engine.state = state
        const gateway = venue.gateway(new Map(engines.map((each) => [each.symbol, each])), randomOf("listing"))
        const pages = requests([venue.marketType]).map((each) => read(each, 200, gateway.rest(each.path, 0)!.body)!)
        const found = pages.flatMap(({ instruments }) => instruments)
        assert.strictEqual(
          pages.reduce((sum, { unread }) => sum + unread, 0),
          0
        )
        const listed = state === "trading" || state === "halted" ? venue.listings : []
        assert.deepStrictEqual(
          found.map((each) => [each.native_symbol, each.base, each.quote, each.market_type]),
          listed.map((each) => [each.symbol, each.base, each.quote, venue.marketType])
        )
        assertSpelled(bitflyer, found)
        for (const instrument of found) {
          const request = one!(instrument)
          const now = read(request, 200, gateway.rest(request.path, 0)!.body)!.instruments[0]
          assert.deepStrictEqual(factsOf([now!]), [
            { ...factsOf([instrument])[0]!, status: state === "halted" ? "halted" : "trading" }
          ])
          const { priceDecimals } = venue.listings.find(({ symbol }) => symbol === instrument.native_symbol)!
          const tick = (10 ** -priceDecimals).toFixed(priceDecimals)
          if (instrument.price_tick !== null) assert.strictEqual(instrument.price_tick, tick)
        }
      }
    })
  }
})
