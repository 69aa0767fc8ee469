// Owns the proof of what Poloniex lists: rows of spot and of perpetual contracts, launches that lie ahead, the channels
// of changes, and the simulated venue's answers and frames.
import { assert, describe, it } from "@effect/vitest"
import { poloniexPerp, poloniexSpot } from "../../../src/schemes/poloniex/Poloniex.ts"
import { poloniexPerp as simulatedPerp, poloniexSpot as simulatedSpot } from "../../../src/simulator/venues/Poloniex.ts"
import { bareTalk, BEGIN } from "../../simulator/bareTalk.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

/** From shared/instruments.md. */
const SPOT = {
  symbol: "BTS_BTC",
  baseCurrencyName: "BTS",
  quoteCurrencyName: "BTC",
  displayName: "BTS/BTC",
  state: "NORMAL",
  visibleStartTime: 1_659_018_816_626,
  tradableStartTime: 1_659_018_816_626,
  symbolTradeLimit: { priceScale: 10, quantityScale: 0, amountScale: 8, minQuantity: "100", minAmount: "0.00001" }
}
const PERP = {
  symbol: "TRX_USDT_PERP",
  bCcy: "TRX",
  qCcy: "USDT",
  sCcy: "USDT",
  ctType: "LINEAR",
  ctVal: "100",
  tSz: "0.00001",
  lotSz: 1,
  minSz: 1,
  status: "OPEN",
  alias: "",
  oDate: "1607328129000",
  tradableStartTime: "1607430600000"
}
const AT = 1_795_000_000_000_000
const spot = listingOf(poloniexSpot)
const perp = listingOf(poloniexPerp)
const readSpot = (rows: unknown, at?: number) => spot.read(spot.requests(["SPOT"])[0]!, 200, JSON.stringify(rows), at)
const readPerp = (data: unknown, at?: number) =>
  perp.read(perp.requests(["PERP"])[0]!, 200, JSON.stringify({ code: 200, msg: "Success", data }), at)

describe("what Poloniex lists", () => {
  it("is read of spot by its scales", () => {
    assert.deepStrictEqual(spot.requests(["SPOT"]), [{ path: "/markets", weight: 1 }])
    const page = readSpot([SPOT])!
    assert.deepInclude(page, { unread: 0, next: [] })
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "BTS_BTC",
        base: "BTS",
        quote: "BTC",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.0000000001",
        size_step: "1",
        min_size: "100",
        min_notional: "0.00001",
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: 1_659_018_816_626_000,
        expires_at: null
      }
    ])
    const [stellar] = readSpot([
      { ...SPOT, symbol: "STR_USDT", baseCurrencyName: "STR", quoteCurrencyName: "USDT" }
    ])!.instruments
    assertSpelled(poloniexSpot, [...page.instruments, stellar!])
    assert.strictEqual(stellar?.base, "XLM")
  })

  it("is read of perpetuals in contracts, dated and inverse ones left out", () => {
    assert.deepStrictEqual(perp.requests(["PERP"]), [{ path: "/v3/market/allInstruments", weight: 1 }])
    const page = readPerp([PERP, { ...PERP, alias: "quarter" }, { ...PERP, ctType: "INVERSE" }])!
    assert.deepInclude(page, { unread: 0, next: [] })
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "TRX_USDT_PERP",
        base: "TRX",
        quote: "USDT",
        settle: "USDT",
        market_type: "PERP",
        price_tick: "0.00001",
        size_step: "1",
        min_size: "1",
        min_notional: null,
        size_unit: "contracts",
        contract_value: "100 TRX",
        status: "trading",
        listed_at: 1_607_430_600_000_000,
        expires_at: null
      }
    ])
    assertSpelled(poloniexPerp, page.instruments)
    // in the words of the scheme, which knows the contracts of today by itself
    const { contract_value } = poloniexPerp.sizeUnit("PERP", "TRX_USDT_PERP")
    assert.strictEqual(page.instruments[0]?.contract_value, contract_value)
  })

  it("has all status words, and launches that lie ahead", () => {
    const spotStatus = (more: object, at?: number) => readSpot([{ ...SPOT, ...more }], at)!.instruments[0]?.status
    const perpStatus = (more: object, at?: number) => readPerp([{ ...PERP, ...more }], at)!.instruments[0]?.status
    for (const state of ["PAUSE", "POST_ONLY", "NEW_WORD"])
      assert.strictEqual(spotStatus({ state }, AT), "halted", state)
    for (const status of ["PAUSED", "CANCEL_ONLY", "CANCEL_CLOSE_ONLY", undefined])
      assert.strictEqual(perpStatus({ status }, AT), "halted", status)
    assert.strictEqual(perpStatus({ status: "CLOSED" }, AT), "delisted")
    const ahead = { tradableStartTime: AT / 1000 + 1 }
    assert.strictEqual(spotStatus(ahead, AT), "pre_launch")
    assert.strictEqual(spotStatus(ahead), "trading")
    assert.strictEqual(perpStatus({ ...ahead, status: "PAUSED" }, AT), "pre_launch")
    assert.strictEqual(perpStatus({ tradableStartTime: "" }, AT), "trading")
  })

  it("loses a row that can't be read, and no other", () => {
    const { symbolTradeLimit: _, ...limitless } = SPOT
    const spots = readSpot([null, {}, limitless, { ...SPOT, tradableStartTime: "soon" }, SPOT])!
    assert.deepStrictEqual([spots.unread, spots.instruments.length], [4, 1])
    const perps = readPerp([null, {}, { ...PERP, bCcy: undefined }, { ...PERP, tSz: "much" }, PERP])!
    assert.deepStrictEqual([perps.unread, perps.instruments.length], [4, 1])
  })

  it("is never read out of a refusal or of something else", () => {
    for (const [listing, type] of [
      [spot, "SPOT"],
      [perp, "PERP"]
    ] as const) {
      const request = listing.requests([type])[0]!
      for (const text of [...NO_LISTINGS, "{}", '{"code":429,"msg":"Too many requests","data":[]}'])
        assert.isNull(listing.read(request, 200, text), text)
      assert.isNull(listing.read(request, 500, JSON.stringify([SPOT])))
    }
  })

  it("is read from the simulated venues, in every state", () => {
    assertReadsSimulated(simulatedSpot, poloniexSpot)
    assertReadsSimulated(simulatedPerp, poloniexPerp)
  })
})

describe("Poloniex's channels of changes", () => {
  for (const [listing, venue, path, words] of [
    [spot, simulatedSpot, "/ws/public", ["NORMAL", "PAUSE"]],
    [perp, simulatedPerp, "/ws/v3/public", ["OPEN", "PAUSED"]]
  ] as const) {
    it(`are spoken by the simulated venue: ${venue.marketType}`, () => {
      const [push] = listing.push ?? []
      const { markets, talk, say, sent } = bareTalk(venue, path)
      const [acknowledgement = "", snapshot = ""] = push!.subscribe.flatMap((text) => say(text))
      assert.match(acknowledgement, /"event":"subscribe".*"symbols":\["all"\]/)
      assert.strictEqual(push!.read(acknowledgement).size, 0)
      const known = push!.read(snapshot)
      assert.deepStrictEqual([...known.keys()], [...markets.keys()])
      const market = [...markets.values()][1]!
      assert.include(known.get(market.symbol), words[0])
      market.state = "halted"
      talk.listing?.(market, BEGIN)
      const halted = push!.read(sent.at(-1)!)
      assert.deepStrictEqual([...halted], [[market.symbol, known.get(market.symbol)!.replace(words[0], words[1])]])
      market.state = "pre_launch"
      talk.listing?.(market, BEGIN)
      assert.notStrictEqual(push!.read(sent.at(-1)!).get(market.symbol), halted.get(market.symbol))
      say(push!.subscribe[0]!.replace("subscribe", "unsubscribe"))
      const before = sent.length
      talk.listing?.(market, BEGIN)
      assert.strictEqual(sent.length, before)
    })

    it(`say nothing by any other frame: ${venue.marketType}`, () => {
      const [push] = listing.push ?? []
      const others = ['{"event":"pong"}', '{"channel":"book_lv2","data":[]}', '{"channel":"symbols"}', "ping"]
      for (const text of [...NO_LISTINGS, ...others]) assert.strictEqual(push!.read(text).size, 0, text)
    })
  }
})
