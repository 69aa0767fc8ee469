// Owns the proof of what BitMEX lists where its address is overridden, and of what it listed last: rows of each kind,
// status words, what is no listing, and the simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { bitmex } from "../../../src/schemes/bitmex/BitMEX.ts"
import { bitmexInverse, bitmexPerp, bitmexSpot } from "../../../src/simulator/venues/BitMEX.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

/** From shared/instruments.md. */
const INVERSE = {
  symbol: "XBTUSD",
  rootSymbol: "XBT",
  state: "Open",
  typ: "FFWCSX",
  listing: "2016-05-13T12:00:00.000Z",
  underlying: "XBT",
  quoteCurrency: "USD",
  settlCurrency: "XBt",
  lotSize: 100,
  tickSize: 0.1,
  multiplier: -100_000_000,
  isQuanto: false,
  isInverse: true,
  fundingInterval: "2000-01-01T08:00:00.000Z"
}
const DATED = {
  symbol: "XRPU21",
  state: "Open",
  typ: "FFCCSX",
  expiry: "2021-09-24T12:00:00.000Z",
  positionCurrency: "XRP",
  underlying: "XRP",
  quoteCurrency: "XBT",
  lotSize: 1,
  tickSize: 1e-8,
  multiplier: 100_000_000,
  settlCurrency: "XBt",
  underlyingToPositionMultiplier: 1
}
const LINEAR = {
  ...INVERSE,
  symbol: "SOLUSDT",
  underlying: "SOL",
  quoteCurrency: "USDT",
  settlCurrency: "USDt",
  lotSize: 1000,
  tickSize: 0.01,
  underlyingToPositionMultiplier: 10_000,
  isInverse: false
}
const SPOT = { ...LINEAR, symbol: "SOL_USDT", typ: "IFXXXP" }
const QUANTO = { ...INVERSE, symbol: "ETHUSD", underlying: "ETH", isQuanto: true, isInverse: false, lotSize: 1 }

const listing = listingOf(bitmex)
const [request] = listing.requests(["PERP"])
const read = (rows: unknown, at?: number, status = 200) =>
  listing.read(request!, status, typeof rows === "string" ? rows : JSON.stringify(rows), at)
const micros = (text: string) => Date.parse(text) * 1000

describe("what BitMEX lists", () => {
  it("is read row by row, each kind by what it says of itself", () => {
    assert.deepStrictEqual(request, { path: "/api/v1/instrument/active", weight: 1 })
    const page = read([INVERSE, DATED])!
    assert.deepInclude(page, { unread: 0, next: [] })
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "XBTUSD",
        base: "BTC",
        quote: "USD",
        settle: "BTC",
        market_type: "INVERSE",
        price_tick: "0.1",
        size_step: "100",
        min_size: "100",
        min_notional: null,
        size_unit: "contracts",
        contract_value: "1 USD",
        status: "trading",
        listed_at: micros("2016-05-13T12:00:00Z"),
        expires_at: null
      },
      {
        native_symbol: "XRPU21",
        base: "XRP",
        quote: "BTC",
        settle: "BTC",
        market_type: "FUTURE",
        price_tick: "0.00000001",
        size_step: "1",
        min_size: "1",
        min_notional: null,
        size_unit: "contracts",
        contract_value: "1 XRP",
        status: "trading",
        listed_at: null,
        expires_at: micros("2021-09-24T12:00:00Z")
      }
    ])
    assertSpelled(bitmex, page.instruments)
  })

  it("has contracts of base units where a row says how many, and no value of a quanto's", () => {
    const { instruments } = read([LINEAR, SPOT, QUANTO, { ...LINEAR, underlyingToPositionMultiplier: 3 }])!
    assert.deepStrictEqual(
      instruments.map((one) => [one.native_symbol, one.market_type, one.settle, one.size_step, one.contract_value]),
      [
        ["SOLUSDT", "PERP", "USDT", "1000", "0.0001 SOL"],
        ["SOL_USDT", "SPOT", null, "1000", "0.0001 SOL"],
        ["ETHUSD", "PERP", "BTC", "1", null],
        ["SOLUSDT", "PERP", "USDT", "1000", null]
      ]
    )
    assertSpelled(bitmex, instruments)
  })

  it("leaves out what is no market of level4", () => {
    const others = ["MRCXXX", "MRBXXX", "FFMCSX", "FFICSX", "OCECCS", "OPECCS"].map((typ) => ({ symbol: ".X", typ }))
    assert.deepStrictEqual(read(others), { instruments: [], unread: 0, next: [] })
  })

  it("has all status words, and launches that lie ahead", () => {
    const at = micros("2016-05-01T00:00:00Z")
    const statusOf = (state: string, at?: number) => read([{ ...INVERSE, state }], at)!.instruments[0]?.status
    assert.deepStrictEqual(
      ["Open", "Closed", "Settled", "Delisted", "Unlisted", "NewWord"].map((word) => statusOf(word)),
      ["trading", "halted", "delisted", "delisted", "delisted", "halted"]
    )
    assert.strictEqual(statusOf("Unlisted", at), "pre_launch")
  })

  it("loses a row that can't be read, and no other", () => {
    const { underlying: _, ...baseless } = INVERSE
    const page = read([null, {}, baseless, { ...INVERSE, tickSize: "much" }, { ...INVERSE, symbol: "" }, INVERSE])!
    assert.deepStrictEqual([page.unread, page.instruments.length], [5, 1])
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", '{"error":{"message":"Rate limit exceeded","name":"RateLimitError"}}'])
      assert.isNull(read(text), text)
    assert.isNull(read([INVERSE], undefined, 503))
  })

  it("is read from the simulated venue, in every state", () => {
    for (const venue of [bitmexSpot, bitmexPerp, bitmexInverse]) assertReadsSimulated(venue, bitmex)
  })
})

describe("what BitMEX listed last", () => {
  const closed = listing.closed ?? []

  it("is named by recordings and the sheet, of every kind, once, and is over", () => {
    for (const name of ["SOLUSDT", "ADAUSDT", "XBTUSD", "XBT_USDT", "XRPU21"])
      assert.include(
        closed.map(({ native_symbol }) => native_symbol),
        name
      )
    assert.strictEqual(new Set(closed.map(({ native_symbol }) => native_symbol)).size, closed.length)
    assert.sameMembers([...new Set(closed.map(({ market_type }) => market_type))], [...bitmex.marketTypes])
    assert.isTrue(closed.every(({ status }) => status === "delisted"))
    assertSpelled(bitmex, closed)
  })

  it("has the figures that a source gives, and no others", () => {
    const named = (name: string) => closed.find(({ native_symbol }) => native_symbol === name)
    assert.deepInclude(named("XBTUSD"), { price_tick: "0.1", min_size: "100", contract_value: "1 USD", settle: "BTC" })
    assert.deepInclude(named("ADAUSDT"), { price_tick: null, size_step: null, settle: null, contract_value: null })
    assert.strictEqual(named("ETHUSDT")?.expires_at, micros("2026-09-23T04:00:00Z"))
    assert.strictEqual(named("XRPU21")?.expires_at, micros("2021-09-24T12:00:00Z"))
  })
})
