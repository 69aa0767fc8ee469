// Owns the proof of what Kraken's spot lists: rows of AssetPairs in both protocols' names, its refusals, its channel of
// changes, and the simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { krakenSpot } from "../../../src/schemes/kraken/Kraken.ts"
import { krakenSpotV1 } from "../../../src/schemes/kraken/KrakenV1.ts"
import { krakenSpot as simulated } from "../../../src/simulator/venues/Kraken.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"
import { bareTalk, BEGIN } from "../../simulator/bareTalk.ts"

/** From shared/instruments.md, with the fields that rows of 2025 bear besides. */
const USDT = {
  altname: "XBTUSDT",
  wsname: "XBT/USDT",
  aclass_base: "currency",
  base: "XXBT",
  quote: "USDT",
  pair_decimals: 1,
  lot_decimals: 8,
  cost_decimals: 5,
  ordermin: "0.00005",
  costmin: "0.5",
  tick_size: "0.1",
  status: "online"
}
const { wsname: _, ...DARK } = USDT
const ROWS = {
  XBTUSDT: USDT,
  XDGEUR: { ...USDT, wsname: "XDG/EUR", tick_size: "0.0000001", ordermin: "13", status: "cancel_only" },
  LUNAUSD: { ...USDT, wsname: "LUNA/USD", tick_size: undefined, status: "work_in_progress" },
  "XBTUSDT.d": DARK,
  "XBTUSDT:BTNL": USDT
}
const [PAIRS, TOKENISED] = listingOf(krakenSpot).requests(["SPOT"])
const body = (result: unknown, error: ReadonlyArray<string> = []) => JSON.stringify({ error, result })
const read = (text: string, request = PAIRS!, scheme = krakenSpot, status = 200) =>
  listingOf(scheme).read(request, status, text)

describe("what Kraken's spot lists", () => {
  it("is asked for in two classes, of which the second may be unknown", () => {
    assert.deepStrictEqual(
      [PAIRS, TOKENISED],
      [
        { path: "/0/public/AssetPairs", weight: 1 },
        { path: "/0/public/AssetPairs?aclass_base=tokenized_asset", weight: 1 }
      ]
    )
    const refusal = '{"error":["EQuery:Invalid asset class"]}'
    assert.deepStrictEqual(read(refusal, TOKENISED), { instruments: [], unread: 0, next: [] })
    assert.isNull(read(refusal, PAIRS))
    assert.isNull(read('{"error":["EService:Unavailable"]}', TOKENISED))
  })

  it("is read in the names of websocket v2, dark pools and other venues left out", () => {
    const page = read(body(ROWS))!
    assert.strictEqual(page.unread, 0)
    assert.deepStrictEqual(factsOf(page.instruments), [
      {
        native_symbol: "BTC/USDT",
        base: "BTC",
        quote: "USDT",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.1",
        size_step: "0.00000001",
        min_size: "0.00005",
        min_notional: "0.5",
        size_unit: "base",
        contract_value: null,
        status: "trading",
        listed_at: null,
        expires_at: null
      },
      {
        native_symbol: "DOGE/EUR",
        base: "DOGE",
        quote: "EUR",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.0000001",
        size_step: "0.00000001",
        min_size: "13",
        min_notional: "0.5",
        size_unit: "base",
        contract_value: null,
        status: "halted",
        listed_at: null,
        expires_at: null
      },
      {
        native_symbol: "LUNA/USD",
        base: "LUNC",
        quote: "USD",
        settle: null,
        market_type: "SPOT",
        price_tick: null,
        size_step: "0.00000001",
        min_size: "0.00005",
        min_notional: "0.5",
        size_unit: "base",
        contract_value: null,
        status: "pre_launch",
        listed_at: null,
        expires_at: null
      }
    ])
    assertSpelled(krakenSpot, page.instruments)
  })

  it("keeps REST's own names for websocket v1", () => {
    const page = read(body(ROWS), PAIRS, krakenSpotV1)!
    assert.deepStrictEqual(
      page.instruments.map(({ native_symbol, base }) => [native_symbol, base]),
      [
        ["XBT/USDT", "BTC"],
        ["XDG/EUR", "DOGE"],
        ["LUNA/USD", "LUNC"]
      ]
    )
    assertSpelled(krakenSpotV1, page.instruments)
  })

  it("has stocks in their own case", () => {
    const page = read(body({ AAPLxUSD: { ...USDT, wsname: "AAPLx/USD", aclass_base: "tokenized_asset" } }), TOKENISED)!
    assert.deepInclude(page.instruments[0], { native_symbol: "AAPLx/USD", base: "AAPLx", quote: "USD" })
    assertSpelled(krakenSpot, page.instruments)
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = { A: null, B: {}, C: { ...USDT, lot_decimals: "8" }, D: { ...USDT, wsname: "XBTUSDT" } }
    const page = read(body({ ...broken, E: { ...USDT, tick_size: "-1" }, XBTUSDT: USDT }))!
    assert.strictEqual(page.unread, 5)
    assert.strictEqual(page.instruments.length, 1)
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", "[]", body(undefined), body(ROWS, ["EGeneral:Temporary lockout"])])
      assert.isNull(read(text), text)
    assert.isNull(read(body(ROWS), PAIRS, krakenSpot, 503))
  })

  it("has all status words: no order that would trade is a halt", () => {
    const statusOf = (status: string) => read(body({ P: { ...USDT, status } }))!.instruments[0]?.status
    for (const word of ["cancel_only", "post_only", "limit_only", "reduce_only", "maintenance", "new_word"])
      assert.strictEqual(statusOf(word), "halted", word)
    assert.strictEqual(statusOf("delisted"), "delisted")
  })

  it("is read from the simulated venue, in every state", () => {
    assertReadsSimulated(simulated, krakenSpot)
  })
})

describe("Kraken's channel of changes", () => {
  const [push] = listingOf(krakenSpot).push ?? []

  it("says one word a pair: its status and what it is traded in", () => {
    const pair = { symbol: "BTC/USD", status: "online", price_increment: 0.1, qty_increment: 1e-8, qty_min: 0.00005 }
    const frame = (pairs: ReadonlyArray<unknown>) =>
      JSON.stringify({ channel: "instrument", type: "update", data: { assets: [], pairs } })
    const words = push!.read(frame([pair, { symbol: 7 }, { ...pair, symbol: "ETH/USD", status: "post_only" }]))
    assert.deepStrictEqual(
      [...words],
      [
        ["BTC/USD", "online 0.1 1e-8 0.00005"],
        ["ETH/USD", "post_only 0.1 1e-8 0.00005"]
      ]
    )
  })

  it("says nothing by any other frame", () => {
    for (const text of [...NO_LISTINGS, '{"channel":"heartbeat"}', '{"method":"pong"}', '{"channel":"instrument"}'])
      assert.strictEqual(push!.read(text).size, 0, text)
  })

  it("is spoken by the simulated venue: all pairs at first, then each that changes", () => {
    const { markets, talk, say, sent } = bareTalk(simulated, "/v2")
    const [acknowledgement = "", snapshot = ""] = push!.subscribe.flatMap((text) => say(text))
    assert.match(acknowledgement, /"channel":"instrument".*"success":true/)
    const known = push!.read(snapshot)
    assert.deepStrictEqual([...known.keys()], [...markets.keys()])
    const market = markets.get("ETH/USD")!
    for (const [state, word] of [
      ["halted", "cancel_only"],
      ["dropped", "delisted"],
      ["pre_launch", "work_in_progress"]
    ] as const) {
      market.state = state
      talk.listing?.(market, BEGIN)
      const said = push!.read(sent.at(-1)!)
      assert.deepStrictEqual([...said.keys()], ["ETH/USD"])
      assert.strictEqual(said.get("ETH/USD"), known.get("ETH/USD")?.replace("online", word))
    }
  })
})
