// Owns the proof of what Bitfinex lists: rows of instruments.md, codes by the scheme's table and the venue's map, paper
// trading left out, and the simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import { MatchingEngine } from "../../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../../src/simulator/Random.ts"
import type { ListingState } from "../../../src/simulator/Venue.ts"
import { bitfinexPerp, bitfinexSpot } from "../../../src/simulator/venues/Bitfinex.ts"
import { assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

const limits = [null, null, null, "0.02", "5000.0", null, null, null, null, null, null, null]
const SPOT = ["AAVE:USD", limits]
const PERP = ["AAVEF0:USTF0", [null, null, null, "0.02", "5000.0", null, null, null, 0.01, 0.005]]
const MAP = [
  ["AAA", "TESTAAA"],
  ["DOG", "SOMETHING"],
  ["NEW", "NEWCOIN"],
  ["UST", "USDt"]
]
const { requests, read: reads } = listingOf(bitfinex)
const [request] = requests(["SPOT", "PERP"])
const read = (spot: ReadonlyArray<unknown>, futures: ReadonlyArray<unknown> = [], map: ReadonlyArray<unknown> = MAP) =>
  reads(request!, 200, JSON.stringify([spot, futures, map]))!
const row = (name: string) => [name, limits]

describe("what Bitfinex lists", () => {
  it("is asked for in one call: spot, futures and the map of codes", () => {
    assert.deepStrictEqual(requests(["PERP"]), [
      { path: "/v2/conf/pub:info:pair,pub:info:pair:futures,pub:map:currency:sym", weight: 1 }
    ])
  })

  it("is read of both kinds, without a tick and without a state", () => {
    const { instruments, unread } = read([SPOT], [PERP])
    assert.strictEqual(unread, 0)
    const spot = {
      native_symbol: "tAAVE:USD",
      base: "AAVE",
      quote: "USD",
      settle: null,
      market_type: "SPOT",
      price_tick: null,
      size_step: "0.00000001",
      min_size: "0.02",
      min_notional: null,
      size_unit: "base",
      contract_value: null,
      status: "trading",
      listed_at: null,
      expires_at: null
    } as const
    assert.deepStrictEqual(factsOf(instruments), [
      spot,
      { ...spot, native_symbol: "tAAVEF0:USTF0", quote: "USDT", settle: "USDT", market_type: "PERP" }
    ])
    assertSpelled(bitfinex, instruments)
  })

  it("has common codes: by our table first, then by the venue's map, and without the futures' F0", () => {
    const names = ["BTCUST", "DOGUSD", "UDCUSD", "LUNA2:USD", "NEWBTC"]
    const { instruments } = read(names.map(row), ["ALGF0:USTF0", "ETHF0:BTCF0", "NEWF0:USTF0"].map(row))
    assert.deepStrictEqual(
      instruments.map(({ native_symbol, base, quote }) => `${native_symbol} ${base}-${quote}`),
      [
        "tBTCUST BTC-USDT",
        "tDOGUSD MDOGE-USD",
        "tUDCUSD USDC-USD",
        "tLUNA2:USD LUNA-USD",
        "tNEWBTC NEWCOIN-BTC",
        "tALGF0:USTF0 ALGO-USDT",
        "tETHF0:BTCF0 ETH-BTC",
        "tNEWF0:USTF0 NEWCOIN-USDT"
      ]
    )
    assertSpelled(
      bitfinex,
      instruments.filter(({ base }) => base !== "NEWCOIN")
    )
  })

  it("has no paper trading, also not under a plain name", () => {
    const page = read(["TESTBTC:TESTUSD", "AAA:USD"].map(row), ["TESTBTCF0:TESTUSDTF0"].map(row))
    assert.deepStrictEqual(page, { instruments: [], unread: 0, next: [] })
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = [null, "BTCUSD", [], ["BTCUSD"], row("BTC"), row("btcusd"), ["BTCUSD", [0, 0, 0, {}]]]
    const page = read([...broken, ["BTCUSD", [null, null, null, "much"]], SPOT, ["BTCUSD", []]], [], ["junk", 7])
    assert.strictEqual(page.unread, broken.length + 1)
    assert.deepStrictEqual(
      page.instruments.map(({ native_symbol, min_size }) => [native_symbol, min_size]),
      [
        ["tAAVE:USD", "0.02"],
        ["tBTCUSD", null]
      ]
    )
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", "[]", "[[],[]]", '["error",11010,"ratelimit: error"]'])
      assert.isNull(reads(request!, 200, text), text)
    assert.isNull(reads(request!, 429, JSON.stringify([[SPOT], [], []])))
  })

  for (const venue of [bitfinexSpot, bitfinexPerp]) {
    it(`is read from the simulated venue, in every state: ${venue.marketType}`, () => {
      for (const state of ["trading", "pre_launch", "halted", "dropped"] satisfies ReadonlyArray<ListingState>) {
        const engines = venue.listings.map((one) => new MatchingEngine(one, "listing"))
        for (const engine of engines) engine.state = state
        const gateway = venue.gateway(new Map(engines.map((one) => [one.symbol, one])), randomOf("listing"))
        const page = reads(request!, 200, gateway.rest(request!.path, 0)!.body)!
        assert.strictEqual(page.unread, 0)
        // no list says a state: what is halted is on it like the others
        const listed = state === "trading" || state === "halted" ? venue.listings : []
        assert.deepStrictEqual(
          page.instruments.map((one) => [one.native_symbol, one.base, one.quote, one.market_type, one.status]),
          listed.map((one) => [one.symbol, one.base, one.quote, venue.marketType, "trading"])
        )
        assertSpelled(bitfinex, page.instruments)
      }
    })
  }
})
