// Owns the proof of what FTX listed: what is known without asking, and the list of an address of one's own, which the
// simulated venue gives.
import { assert, describe, it } from "@effect/vitest"
import { ftx } from "../../../src/schemes/ftx/FTX.ts"
import { ftxPerp, ftxSpot } from "../../../src/simulator/venues/FTX.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

const { requests, read: reads, closed } = listingOf(ftx)
const [request] = requests(["SPOT", "PERP", "FUTURE"])
const read = (result: ReadonlyArray<unknown>) => reads(request!, 200, JSON.stringify({ success: true, result }))!

/** Of 2021-07-22. */
const BTC_PERP = {
  name: "BTC-PERP",
  enabled: true,
  postOnly: false,
  priceIncrement: 1,
  sizeIncrement: 0.0001,
  minProvideSize: 0.001,
  type: "future",
  baseCurrency: null,
  quoteCurrency: null,
  underlying: "BTC"
}
const named = (name: string) => ({ ...BTC_PERP, name })
const PERP = {
  native_symbol: "BTC-PERP",
  base: "BTC",
  quote: "USD",
  settle: "USD",
  market_type: "PERP",
  price_tick: "1",
  size_step: "0.0001",
  min_size: "0.001",
  min_notional: null,
  size_unit: "base",
  contract_value: null,
  status: "trading",
  listed_at: null,
  expires_at: null
} as const
const NOTHING_SAID = { price_tick: null, size_step: null, min_size: null } as const

describe("what FTX listed", () => {
  it("is delisted, all of it, under the names that it had", () => {
    assert.isTrue(closed!.every(({ status }) => status === "delisted"))
    const of = (name: string) => factsOf(closed!.filter(({ native_symbol }) => native_symbol === name))[0]
    const perp = { ...PERP, ...NOTHING_SAID, status: "delisted" } as const
    assert.deepStrictEqual(of("BTC-PERP"), perp)
    assert.deepStrictEqual(of("BTC-1231"), { ...perp, native_symbol: "BTC-1231", market_type: "FUTURE" })
    assert.deepStrictEqual(of("CHZ/USDT"), {
      ...perp,
      native_symbol: "CHZ/USDT",
      base: "CHZ",
      quote: "USDT",
      settle: null,
      market_type: "SPOT"
    })
    assert.strictEqual(new Set(closed!.map(({ native_symbol }) => native_symbol)).size, 19)
    assertSpelled(ftx, closed!)
  })

  it("is read from an address of one's own, where a name tells a perpetual from a dated future", () => {
    const spot = { ...BTC_PERP, name: "SHIB/USD", type: "spot", priceIncrement: 1e-8, baseCurrency: "SHIB" }
    const others = ["BTC-MOVE-0722", "BTC-MOVE-WK-0507", "BTC-MOVE-2021Q3", "TRUMP2024"].map(named)
    const page = read([BTC_PERP, spot, { ...BTC_PERP, name: "BNB-0625" }, ...others])
    assert.strictEqual(page.unread, 0)
    assert.deepStrictEqual(factsOf(page.instruments), [
      PERP,
      {
        ...PERP,
        native_symbol: "SHIB/USD",
        base: "SHIB",
        settle: null,
        market_type: "SPOT",
        price_tick: "0.00000001"
      },
      { ...PERP, native_symbol: "BNB-0625", base: "BNB", market_type: "FUTURE" }
    ])
    assertSpelled(ftx, page.instruments)
    for (const state of [{ enabled: false }, { postOnly: true }])
      assert.strictEqual(read([{ ...BTC_PERP, ...state }]).instruments[0]?.status, "halted")
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = [null, {}, { ...BTC_PERP, type: "spot" }, { ...BTC_PERP, priceIncrement: -1 }]
    const page = read([...broken, BTC_PERP])
    assert.deepStrictEqual([page.unread, page.instruments.length], [broken.length, 1])
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", "[]", '{"success":false,"error":"Not found"}'])
      assert.isNull(reads(request!, 200, text), text)
    assert.isNull(reads(request!, 503, JSON.stringify({ success: true, result: [BTC_PERP] })))
  })

  it("is read from the simulated venue, in every state", () => {
    // both words for what does not trade mean that it takes no order now
    assertReadsSimulated(ftxSpot, ftx, { pre_launch: "halted" })
    assertReadsSimulated(ftxPerp, ftx, { pre_launch: "halted" })
  })
})

describeRecorded("what FTX listed", () => {
  it("has every market that the recording names", () => {
    const named = new Set(recorded("ftx").flatMap(({ text }) => /"market": ?"([^"]+)"/.exec(text)?.[1] ?? []))
    const known = new Set(closed!.map(({ native_symbol }) => native_symbol))
    assert.isAbove(named.size, 5)
    assert.deepStrictEqual(
      [...named].filter((name) => !known.has(name)),
      []
    )
  })
})
