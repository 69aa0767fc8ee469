// Owns the proof of what Bybit's categories list: rows of instruments.md, pages, words of status, and the simulated
// venue's answers.
import { assert, describe, it } from "@effect/vitest"
import type { ListingRequest } from "../../../src/schemes/Listing.ts"
import { bybitInverse, bybitLinear, bybitSpot } from "../../../src/schemes/bybit/Bybit.ts"
import type { TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { MatchingEngine } from "../../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../../src/simulator/Random.ts"
import * as simulated from "../../../src/simulator/venues/Bybit.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

const LINEAR = {
  symbol: "BTCUSDT",
  contractType: "LinearPerpetual",
  status: "Trading",
  baseCoin: "BTC",
  quoteCoin: "USDT",
  settleCoin: "USDT",
  launchTime: "1585526400000",
  deliveryTime: "0",
  priceFilter: { tickSize: "0.10" },
  lotSizeFilter: { minOrderQty: "0.001", qtyStep: "0.001", minNotionalValue: "5" },
  fundingInterval: 480,
  isPreListing: false,
  symbolType: ""
}
const SPOT = {
  symbol: "BTCUSDT",
  baseCoin: "BTC",
  quoteCoin: "USDT",
  status: "Trading",
  lotSizeFilter: { basePrecision: "0.000001", quotePrecision: "0.0000001", minOrderAmt: "5" },
  priceFilter: { tickSize: "0.01" }
}
const LINEAR_FACTS = {
  native_symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  settle: "USDT",
  market_type: "PERP",
  price_tick: "0.1",
  size_step: "0.001",
  min_size: "0.001",
  min_notional: "5",
  size_unit: "base",
  contract_value: null,
  status: "trading",
  listed_at: 1_585_526_400_000_000,
  expires_at: null
} as const

const body = (category: string, list: ReadonlyArray<unknown>, nextPageCursor = "") =>
  JSON.stringify({ retCode: 0, retMsg: "OK", result: { category, list, nextPageCursor }, time: 1 })
const categoryOf = (scheme: TranslationScheme) =>
  scheme === bybitSpot ? "spot" : scheme === bybitLinear ? "linear" : "inverse"
const requestsOf = (scheme: TranslationScheme) => listingOf(scheme).requests(scheme.marketTypes)
const read = (scheme: TranslationScheme, list: ReadonlyArray<unknown>, cursor?: string, request?: ListingRequest) =>
  listingOf(scheme).read(request ?? requestsOf(scheme)[0]!, 200, body(categoryOf(scheme), list, cursor))!

describe("what Bybit lists", () => {
  it("is asked for by category, and once more what is not trading yet", () => {
    const paths = (scheme: TranslationScheme) => requestsOf(scheme).map(({ path }) => path)
    assert.deepStrictEqual(paths(bybitSpot), ["/v5/market/instruments-info?category=spot&limit=1000"])
    for (const [scheme, category] of [
      [bybitLinear, "linear"],
      [bybitInverse, "inverse"]
    ] as const) {
      const path = `/v5/market/instruments-info?category=${category}&limit=1000`
      assert.deepStrictEqual(paths(scheme), [path, `${path}&status=PreLaunch`])
    }
  })

  it("is read of linear contracts", () => {
    const early = { ...LINEAR, symbol: "BIOUSDT", baseCoin: "BIO", status: "PreLaunch", isPreListing: true }
    const dated = { ...LINEAR, symbol: "BTCUSDT-26MAR27", contractType: "LinearFutures", deliveryTime: "1806048000000" }
    const usdc = { ...LINEAR, symbol: "SHIB1000PERP", baseCoin: "SHIB1000", quoteCoin: "USDC", settleCoin: "USDC" }
    const { instruments, unread } = read(bybitLinear, [LINEAR, early, dated, usdc])
    assert.strictEqual(unread, 0)
    assert.deepStrictEqual(factsOf(instruments), [
      LINEAR_FACTS,
      { ...LINEAR_FACTS, native_symbol: "BIOUSDT", base: "BIO", status: "pre_launch" },
      {
        ...LINEAR_FACTS,
        native_symbol: "BTCUSDT-26MAR27",
        market_type: "FUTURE",
        expires_at: 1_806_048_000_000_000
      },
      { ...LINEAR_FACTS, native_symbol: "SHIB1000PERP", base: "SHIB1000", quote: "USDC", settle: "USDC" }
    ])
    assertSpelled(bybitLinear, instruments)
  })

  it("is read of inverse contracts, which are one dollar each, and of spot, which has other names", () => {
    const coin = { ...LINEAR, symbol: "BTCUSD", contractType: "InversePerpetual", quoteCoin: "USD", settleCoin: "BTC" }
    const row = { ...coin, priceFilter: { tickSize: "0.50" }, lotSizeFilter: { minOrderQty: "1", qtyStep: "1" } }
    const dated = { ...row, symbol: "BTCUSDZ25", contractType: "InverseFutures", deliveryTime: "1766736000000" }
    const inverse = read(bybitInverse, [row, dated]).instruments
    const facts = {
      ...LINEAR_FACTS,
      native_symbol: "BTCUSD",
      quote: "USD",
      settle: "BTC",
      market_type: "INVERSE",
      price_tick: "0.5",
      size_step: "1",
      min_size: "1",
      min_notional: null,
      size_unit: "contracts",
      contract_value: "1 USD"
    } as const
    assert.deepStrictEqual(factsOf(inverse), [
      facts,
      { ...facts, native_symbol: "BTCUSDZ25", market_type: "FUTURE", expires_at: 1_766_736_000_000_000 }
    ])
    assertSpelled(bybitInverse, inverse)
    const spot = read(bybitSpot, [SPOT]).instruments
    assert.deepStrictEqual(factsOf(spot), [
      {
        ...LINEAR_FACTS,
        settle: null,
        market_type: "SPOT",
        price_tick: "0.01",
        size_step: "0.000001",
        min_size: null,
        listed_at: null
      }
    ])
    assertSpelled(bybitSpot, spot)
  })

  it("has its words of status, and the day on which a perpetual will be delisted", () => {
    const statusOf = (status: string) => read(bybitLinear, [{ ...LINEAR, status }]).instruments[0]?.status
    assert.deepStrictEqual(
      ["PreLaunch", "PendingOpen", "Trading", "Delivering", "Settling", "Paused", "Closed"].map(statusOf),
      ["pre_launch", "pre_launch", "trading", "halted", "halted", "halted", "delisted"]
    )
    const doomed = read(bybitLinear, [{ ...LINEAR, deliveryTime: "1797000000000" }]).instruments[0]
    assert.deepInclude(doomed, { market_type: "PERP", status: "trading", expires_at: 1_797_000_000_000_000 })
  })

  it("goes on from page to page as the venue spells it, and ends", () => {
    const [first, early] = requestsOf(bybitLinear)
    const next = (request: ListingRequest, cursor: string) => read(bybitLinear, [LINEAR], cursor, request).next
    const second = next(first!, "first%3DA%26last%3DB")
    assert.deepStrictEqual(second, [{ path: `${first!.path}&cursor=first%3DA%26last%3DB`, weight: 1 }])
    assert.deepStrictEqual(next(second[0]!, "last%3DC"), [{ path: `${first!.path}&cursor=last%3DC`, weight: 1 }])
    assert.deepStrictEqual(next(early!, "x"), [{ path: `${early!.path}&cursor=x`, weight: 1 }])
    assert.deepStrictEqual(next(first!, "a b&category=spot"), [
      { path: `${first!.path}&cursor=a%20b%26category%3Dspot`, weight: 1 }
    ])
    assert.deepStrictEqual(next(second[0]!, ""), [])
    assert.deepStrictEqual(next(second[0]!, "first%3DA%26last%3DB"), [], "a page that names itself")
    assert.deepStrictEqual(read(bybitSpot, [SPOT], "x").next, [], "spot comes whole")
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = [null, {}, { ...LINEAR, contractType: "Spread" }, { ...LINEAR, priceFilter: { tickSize: "a" } }]
    const { instruments, unread } = read(bybitLinear, [...broken, { ...LINEAR, launchTime: "soon" }, LINEAR])
    assert.deepStrictEqual([unread, instruments.length], [broken.length + 1, 1])
  })

  it("is never read out of a refusal, another category or something else", () => {
    const { read: reads, requests } = listingOf(bybitLinear)
    const [request] = requests(["PERP"])
    const refusal = '{"retCode":10006,"retMsg":"Too many visits!","result":{}}'
    for (const text of [...NO_LISTINGS, "{}", "[]", refusal, body("spot", [SPOT])])
      assert.isNull(reads(request!, 200, text), text)
    assert.isNull(reads(request!, 403, body("linear", [LINEAR])))
  })

  it("is read from the simulated venue, in every state", () => {
    // no word says that trading is halted, and none of spot that it has not begun
    assertReadsSimulated(simulated.bybitSpot, bybitSpot, { halted: "trading", pre_launch: null })
    assertReadsSimulated(simulated.bybitLinear, bybitLinear, { halted: "trading" })
    assertReadsSimulated(simulated.bybitInverse, bybitInverse, { halted: "trading" })
  })

  it("is read whole from more pages than one", () => {
    const venue = simulated.bybitLinear
    const engines = Array.from({ length: 1_203 }, (_, n) => new MatchingEngine(venue.listing(n), "pages"))
    const gateway = venue.gateway(new Map(engines.map((one) => [one.symbol, one])), randomOf("pages"))
    const names = new Set<string>()
    let asked = 0
    for (const waiting = [...requestsOf(bybitLinear)]; waiting.length > 0; asked++) {
      const request = waiting.shift()!
      const page = listingOf(bybitLinear).read(request, 200, gateway.rest(request.path, 0)!.body)!
      for (const { native_symbol } of page.instruments) names.add(native_symbol)
      waiting.push(...page.next)
    }
    assert.deepStrictEqual([asked, names.size], [3, engines.length])
  })
})
