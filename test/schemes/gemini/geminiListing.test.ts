// Owns the proof of what Gemini lists: the answer with all details, the way round where it is not given, one symbol
// alone, both protocols' names, and the simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { gemini } from "../../../src/schemes/gemini/Gemini.ts"
import { geminiV2 } from "../../../src/schemes/gemini/GeminiV2.ts"
import type { ListingRequest } from "../../../src/schemes/Listing.ts"
import { geminiPerp, geminiSpot } from "../../../src/simulator/venues/Gemini.ts"
import { bareTalk, BEGIN } from "../../simulator/bareTalk.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

/** From shared/instruments.md; the numbers stand as the venue writes them. */
const BTCUSD =
  '{"symbol":"BTCUSD","base_currency":"BTC","quote_currency":"USD","tick_size":1E-8,"quote_increment":0.01,' +
  '"min_order_size":"0.00001","status":"open","product_type":"spot","contract_type":"vanilla",' +
  '"contract_price_currency":"USD","wrap_enabled":false}'
const PERP =
  '{"symbol":"BTCGUSDPERP","base_currency":"BTC","quote_currency":"GUSD","tick_size":0.0001,"quote_increment":0.5,' +
  '"min_order_size":"0.0001","status":"open","product_type":"swap","contract_type":"linear"}'

const listing = listingOf(gemini)
const [ALL] = listing.requests(["SPOT", "PERP"])
const NAMES: ListingRequest = { path: "/v1/symbols", weight: 1 }

describe("what Gemini lists", () => {
  it("is read with step and tick the right way round", () => {
    assert.deepStrictEqual(ALL, { path: "/v1/symbols/details/all", weight: 1 })
    const page = listing.read(ALL!, 200, `[${BTCUSD},${PERP}]`)!
    assert.deepInclude(page, { unread: 0, next: [] })
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "btcusd",
        base: "BTC",
        quote: "USD",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.01",
        size_step: "0.00000001",
        min_size: "0.00001",
        min_notional: null,
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      },
      {
        native_symbol: "btcgusdperp",
        base: "BTC",
        quote: "GUSD",
        settle: "GUSD",
        market_type: "PERP",
        price_tick: "0.5",
        size_step: "0.0001",
        min_size: "0.0001",
        min_notional: null,
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      }
    ])
    assertSpelled(gemini, page.instruments)
    const archived = listingOf(geminiV2).read(ALL!, 200, `[${BTCUSD},${PERP}]`)!.instruments
    assert.deepStrictEqual(
      archived.map(({ native_symbol }) => native_symbol),
      ["BTCUSD", "BTCGUSDPERP"]
    )
    assertSpelled(geminiV2, archived)
  })

  it("has all status words: no order that would trade is a halt", () => {
    for (const word of ["closed", "cancel_only", "post_only", "limit_only", "new_word"]) {
      const page = listing.read(ALL!, 200, `[${BTCUSD.replace("open", word)}]`)!
      assert.strictEqual(page.instruments[0]?.status, "halted", word)
    }
  })

  it("is asked for by names alone where the venue has no answer with all, and not where it is in trouble", () => {
    for (const [status, body] of [
      [400, '{"result":"error","reason":"InvalidSymbol","message":"Invalid symbol: all"}'],
      [404, ""],
      [200, BTCUSD]
    ] as const)
      assert.deepStrictEqual(listing.read(ALL!, status, body), { instruments: [], unread: 0, next: [NAMES] })
    for (const status of [429, 500, 503]) assert.isNull(listing.read(ALL!, status, "[]"), String(status))
  })

  it("is read out of names, without ticks, prediction contracts left out", () => {
    const page = listing.read(NAMES, 200, '["btcusd","paxgusd","xrpgusd","btcusdcperp","GEMI-BTC2612","nosuchpair",7]')!
    assert.strictEqual(page.unread, 2)
    assert.deepStrictEqual(
      page.instruments.map((one) => [one.native_symbol, one.base, one.quote, one.settle, one.market_type]),
      [
        ["btcusd", "BTC", "USD", null, "SPOT"],
        ["paxgusd", "PAXG", "USD", null, "SPOT"],
        ["xrpgusd", "XRP", "GUSD", null, "SPOT"],
        ["btcusdcperp", "BTC", "USDC", "USDC", "PERP"]
      ]
    )
    for (const one of page.instruments)
      assert.deepInclude(one, { price_tick: null, size_step: null, min_size: null, status: "trading" })
    assertSpelled(gemini, page.instruments)
    for (const text of [...NO_LISTINGS, "{}"]) assert.isNull(listing.read(NAMES, 200, text), text)
    assert.isNull(listing.read(NAMES, 429, "[]"))
  })

  it("gives the details of one that somebody asks for", () => {
    const [one] = listing.read(NAMES, 200, '["btcusd"]')!.instruments
    const request = listing.one!(one!)
    assert.deepStrictEqual(request, { path: "/v1/symbols/details/btcusd", weight: 1 })
    const page = listing.read(request, 200, BTCUSD)!
    assert.deepStrictEqual(page.instruments[0], listing.read(ALL!, 200, `[${BTCUSD}]`)!.instruments[0])
    assert.isNull(listing.read(request, 400, '{"result":"error"}'))
    assert.strictEqual(listing.read(request, 200, '{"result":"error"}')?.unread, 1)
    const archived = listingOf(geminiV2)
    assert.deepStrictEqual(archived.one!(archived.read(NAMES, 200, '["btcusd"]')!.instruments[0]!), request)
  })

  it("loses a row that can't be read, and no other; what is neither spot nor perpetual is left out", () => {
    const broken = ["null", "{}", BTCUSD.replace('"base_currency":"BTC",', ""), BTCUSD.replace("0.01", '"x"')]
    const other = BTCUSD.replace('"product_type":"spot"', '"product_type":"event"')
    const page = listing.read(ALL!, 200, `[${[...broken, other, BTCUSD].join(",")}]`)!
    assert.strictEqual(page.unread, 4)
    assert.strictEqual(page.instruments.length, 1)
  })

  it("is read from the simulated venue, in every state, of which it has no word for a launch ahead", () => {
    for (const venue of [geminiSpot, geminiPerp]) assertReadsSimulated(venue, gemini, { pre_launch: "halted" })
    const { gateway } = bareTalk(geminiSpot, "/")
    const names = listing.read(NAMES, 200, gateway.rest(NAMES.path, BEGIN)!.body)!.instruments
    assert.strictEqual(names.length, geminiSpot.listings.length)
    const request = listing.one!(names[0]!)
    const [details] = listing.read(request, 200, gateway.rest(request.path, BEGIN)!.body)!.instruments
    assert.deepInclude(details, { native_symbol: "btcusd", price_tick: "0.01", size_step: "0.00000001" })
    const archived = listingOf(geminiV2).read(ALL!, 200, gateway.rest(ALL!.path, BEGIN)!.body)!.instruments
    assert.deepStrictEqual(
      archived.map(({ native_symbol }) => native_symbol),
      names.map(({ native_symbol }) => native_symbol.toUpperCase())
    )
  })
})
