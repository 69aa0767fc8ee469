// Owns the proof of what Binance's three systems list: rows of instruments.md, words of status, a system at rest, the
// stream of contracts, and the simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import type { Listing } from "../../../src/schemes/Listing.ts"
import { binanceInverse, binanceLinear, binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import * as simulated from "../../../src/simulator/venues/Binance.ts"
import { BEGIN, bareTalk } from "../../simulator/bareTalk.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

const SPOT = {
  symbol: "ETHBTC",
  status: "TRADING",
  baseAsset: "ETH",
  quoteAsset: "BTC",
  isSpotTradingAllowed: true,
  filters: [
    { filterType: "PRICE_FILTER", tickSize: "0.00000100" },
    { filterType: "LOT_SIZE", minQty: "0.00010000", stepSize: "0.00010000" },
    { filterType: "NOTIONAL", minNotional: "0.00010000" }
  ]
}
/** As captured in 2021-07. */
const LINEAR = {
  symbol: "BTCUSDT",
  pair: "BTCUSDT",
  contractType: "PERPETUAL",
  deliveryDate: 4133404800000,
  onboardDate: 1569398400000,
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  marginAsset: "USDT",
  pricePrecision: 2,
  quantityPrecision: 3,
  filters: [
    { filterType: "PRICE_FILTER", tickSize: "0.01" },
    { filterType: "LOT_SIZE", stepSize: "0.001", minQty: "0.001" },
    { filterType: "MARKET_LOT_SIZE", stepSize: "0.1", minQty: "0.1" },
    { filterType: "MIN_NOTIONAL", notional: "5" }
  ]
}
const { status: _status, ...contract } = LINEAR
const INVERSE = {
  ...contract,
  symbol: "BTCUSD_PERP",
  pair: "BTCUSD",
  onboardDate: 1597042800000,
  contractStatus: "TRADING",
  contractSize: 100,
  marginAsset: "BTC",
  quoteAsset: "USD",
  filters: [
    { filterType: "PRICE_FILTER", tickSize: "0.1" },
    { filterType: "LOT_SIZE", stepSize: "1", minQty: "1" }
  ]
}
const NOW = Date.parse("2026-11-29T00:00:00Z")

const reader =
  (listing: Listing) =>
  (symbols: ReadonlyArray<unknown>, status = 200) =>
    listing.read(listing.requests([])[0]!, status, JSON.stringify({ timezone: "UTC", serverTime: NOW, symbols }))
const spot = reader(listingOf(binanceSpot))
const linear = reader(listingOf(binanceLinear))
const inverse = reader(listingOf(binanceInverse))

describe("what Binance lists", () => {
  it("is asked for in one call a system, of its own weight", () => {
    assert.deepStrictEqual(
      [binanceSpot, binanceLinear, binanceInverse].flatMap((scheme) => listingOf(scheme).requests(scheme.marketTypes)),
      [
        { path: "/api/v3/exchangeInfo?showPermissionSets=false", weight: 20 },
        { path: "/fapi/v1/exchangeInfo", weight: 1 },
        { path: "/dapi/v1/exchangeInfo", weight: 1 }
      ]
    )
  })

  it("is read of spot by the types of its filters, wherever they stand", () => {
    const old = { filterType: "MIN_NOTIONAL", minNotional: "10.00000000" }
    const off = { filterType: "PRICE_FILTER", tickSize: "0.00000000" }
    const { instruments, unread } = spot([
      SPOT,
      { ...SPOT, symbol: "ETHUSDT", quoteAsset: "USDT", filters: [old, off] }
    ])!
    assert.strictEqual(unread, 0)
    assert.deepStrictEqual(factsOf(instruments), [
      {
        native_symbol: "ETHBTC",
        base: "ETH",
        quote: "BTC",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.000001",
        size_step: "0.0001",
        min_size: "0.0001",
        min_notional: "0.0001",
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      },
      {
        native_symbol: "ETHUSDT",
        base: "ETH",
        quote: "USDT",
        settle: null,
        market_type: "SPOT",
        price_tick: null,
        size_step: null,
        min_size: null,
        min_notional: "10",
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      }
    ])
    assertSpelled(binanceSpot, instruments)
  })

  it("is read of contracts: linear ones in the base asset, coin-margined ones in contracts of dollars", () => {
    const dated = { ...LINEAR, symbol: "BTCUSDT_261225", contractType: "CURRENT_QUARTER", deliveryDate: 1798185600000 }
    const page = linear([LINEAR, dated, { ...LINEAR, symbol: "1000SHIBUSDT", baseAsset: "1000SHIB" }])!
    const common = {
      native_symbol: "BTCUSDT",
      base: "BTC",
      quote: "USDT",
      settle: "USDT",
      market_type: "PERP",
      price_tick: "0.01",
      size_step: "0.001",
      min_size: "0.001",
      min_notional: "5",
      size_unit: "base",
      contract_value: null,
      status: "trading",
      listed_at: 1_569_398_400_000_000,
      expires_at: null
    } as const
    assert.deepStrictEqual(factsOf(page.instruments), [
      common,
      { ...common, native_symbol: "BTCUSDT_261225", market_type: "FUTURE", expires_at: 1_798_185_600_000_000 },
      { ...common, native_symbol: "1000SHIBUSDT", base: "1000SHIB" }
    ])
    assertSpelled(binanceLinear, page.instruments)
    const coin = { ...INVERSE, symbol: "LINKUSD_261225", baseAsset: "LINK", marginAsset: "LINK", contractSize: 10 }
    const coins = inverse([INVERSE, { ...coin, contractType: "NEXT_QUARTER", deliveryDate: 1798185600000 }])!
    const coinCommon = {
      ...common,
      native_symbol: "BTCUSD_PERP",
      quote: "USD",
      settle: "BTC",
      market_type: "INVERSE",
      price_tick: "0.1",
      size_step: "1",
      min_size: "1",
      min_notional: null,
      size_unit: "contracts",
      contract_value: "100 USD",
      listed_at: 1_597_042_800_000_000
    } as const
    const link = { native_symbol: "LINKUSD_261225", base: "LINK", settle: "LINK", contract_value: "10 USD" }
    assert.deepStrictEqual(factsOf(coins.instruments), [
      coinCommon,
      { ...coinCommon, ...link, market_type: "FUTURE", expires_at: 1_798_185_600_000_000 }
    ])
    assertSpelled(binanceInverse, coins.instruments)
  })

  it("has its words of status: what keeps a word of settling is over on its day", () => {
    const spotly = (status: string) => spot([SPOT, { ...SPOT, status }])!.instruments[1]?.status
    assert.deepStrictEqual(["TRADING", "HALT", "END_OF_DAY", "CANCEL_ONLY", "NEWS", "BREAK"].map(spotly), [
      "trading",
      "halted",
      "halted",
      "halted",
      "halted",
      "delisted"
    ])
    const linearly = (status: string, deliveryDate = LINEAR.deliveryDate) =>
      linear([{ ...LINEAR, status, deliveryDate }])!.instruments[0]?.status
    assert.deepStrictEqual(
      ["PENDING_TRADING", "TRADING", "TRADING_HALT", "SETTLING", "DELIVERED", "CLOSE"].map((word) => linearly(word)),
      ["pre_launch", "trading", "halted", "halted", "delisted", "delisted"]
    )
    assert.strictEqual(linearly("SETTLING", NOW - 1), "delisted")
    assert.strictEqual(linearly("TRADING", NOW - 1), "trading")
    const doomed = linear([{ ...LINEAR, deliveryDate: NOW + 86_400_000 }])!.instruments[0]
    assert.deepInclude(doomed, { status: "trading", market_type: "PERP", expires_at: (NOW + 86_400_000) * 1000 })
  })

  it("has types by their words, also of what is settling, and no pair without a spot book", () => {
    const typeOf = (contractType: string, symbol = "BTCUSDT") =>
      linear([{ ...LINEAR, contractType, symbol }])!.instruments[0]?.market_type
    assert.strictEqual(typeOf("TRADIFI_PERPETUAL"), "PERP")
    assert.strictEqual(typeOf("PERPETUAL DELIVERING"), "PERP")
    assert.strictEqual(typeOf("CURRENT_MONTH"), "FUTURE")
    assert.strictEqual(typeOf("NEXT_QUARTER DELIVERING"), "FUTURE")
    assert.strictEqual(typeOf("", "BTCUSDT_210924"), "FUTURE")
    assert.strictEqual(typeOf(""), "PERP")
    assert.deepStrictEqual(linear([{ ...LINEAR, contractType: "OPTION" }]), { instruments: [], unread: 1, next: [] })
    const margin = { ...SPOT, isSpotTradingAllowed: false }
    assert.deepStrictEqual(spot([margin]), { instruments: [], unread: 0, next: [] })
  })

  it("is not said by a spot system at rest, whose pairs all have BREAK", () => {
    const resting = { ...SPOT, status: "BREAK" }
    assert.isNull(spot([resting, { ...resting, symbol: "BTCUSDT" }]))
    assert.strictEqual(spot([resting, SPOT])?.instruments.length, 2)
  })

  it("loses a row that can't be read, and no other", () => {
    const { filters: _filters, ...bare } = LINEAR
    const broken = [null, "BTCUSDT", {}, bare, { ...LINEAR, status: undefined }, { ...LINEAR, baseAsset: "B C" }]
    const page = linear([...broken, { ...LINEAR, filters: [{ filterType: "LOT_SIZE", stepSize: "-1" }] }, LINEAR])!
    assert.deepStrictEqual([page.unread, page.instruments.length], [broken.length + 1, 1])
    assert.strictEqual(inverse([{ ...INVERSE, contractSize: 0 }])!.unread, 1)
  })

  it("is never read out of a refusal or of something else", () => {
    for (const scheme of [binanceSpot, binanceLinear, binanceInverse]) {
      const { read, requests } = listingOf(scheme)
      for (const text of [...NO_LISTINGS, "{}", "[]", '{"symbols":{}}', '{"code":-1003,"msg":"Too many requests"}'])
        assert.isNull(read(requests([])[0]!, 200, text), text)
    }
    assert.isNull(linear([LINEAR], 418))
  })

  it("is read from the simulated venue, in every state", () => {
    assertReadsSimulated(simulated.binanceSpot, binanceSpot, { pre_launch: null }, ["HSRBTC"])
    assertReadsSimulated(simulated.binancePerp, binanceLinear, {}, ["BTCUSDT_260925"])
    assertReadsSimulated(simulated.binanceInverse, binanceInverse, {}, ["BTCUSD_260925"])
  })
})

describe("changes that Binance pushes", () => {
  const [push] = listingOf(binanceLinear).push!

  it("are a contract's state, kind and day; brackets alone change nothing", () => {
    const frame = { e: "contractInfo", E: 1, s: "IOTAUSDT", ps: "IOTAUSDT", ct: "PERPETUAL", dt: 4133404800000, ot: 2 }
    const words = (more: object) => push!.read(JSON.stringify({ stream: "!contractInfo", data: { ...frame, ...more } }))
    const trading = words({ cs: "TRADING" })
    assert.deepStrictEqual([...trading.keys()], ["IOTAUSDT"])
    assert.deepStrictEqual(words({ cs: "TRADING", bks: [{ bs: 1 }], E: 9 }), trading)
    assert.notDeepEqual(words({ cs: "SETTLING" }), trading)
    assert.notDeepEqual(words({ cs: "TRADING", dt: 1798185600000 }), trading)
    assert.deepStrictEqual(push!.read(JSON.stringify({ ...frame, cs: "TRADING" })), trading)
    for (const other of [
      '{"result":null,"id":1}',
      "nonsense",
      '{"stream":"!ticker@arr","data":[]}',
      '{"e":"contractInfo"}'
    ])
      assert.strictEqual(push!.read(other).size, 0)
  })

  it("are sent by the simulated venue to who asked for them, where the trades are", () => {
    for (const [venue, scheme, path, symbol] of [
      [simulated.binancePerp, binanceLinear, "/market/stream", "BTCUSDT"],
      [simulated.binanceInverse, binanceInverse, "/stream", "BTCUSD_PERP"]
    ] as const) {
      const { markets, sent, say, talk } = bareTalk(venue, path)
      const market = markets.get(symbol)!
      const change = (state: typeof market.state): ReadonlyArray<string> => {
        const before = sent.length
        market.state = state
        talk.listing!(market, BEGIN)
        return sent.slice(before)
      }
      assert.deepStrictEqual(change("halted"), [])
      const [one] = listingOf(scheme).push!
      assert.deepStrictEqual(say(one!.subscribe[0]!), ['{"result":null,"id":1}'])
      assert.isTrue(one!.url.endsWith(path))
      const words = (["trading", "halted", "pre_launch", "dropped"] as const).map((state) =>
        one!.read(change(state)[0]!).get(symbol)
      )
      assert.strictEqual(new Set(words).size, 4, words.join())
      assert.isFalse(words.includes(undefined))
    }
    const { markets, say, sent, talk } = bareTalk(simulated.binancePerp, "/public/stream")
    say(push!.subscribe[0]!)
    talk.listing!(markets.get("BTCUSDT")!, BEGIN)
    assert.deepStrictEqual(sent, ['{"result":null,"id":1}'], "the wrong path acknowledges and stays silent")
  })
})
