// Owns the proof of what Coinbase lists and pushes: rows of instruments.md, its flags, the status channel, and the
// simulated venue's answers.
import { assert, describe, it } from "@effect/vitest"
import { coinbaseSpot } from "../../../src/schemes/coinbase/Coinbase.ts"
import { coinbase } from "../../../src/simulator/venues/Coinbase.ts"
import { BEGIN, bareTalk } from "../../simulator/bareTalk.ts"
import { assertReadsSimulated, assertSpelled, factsOf, listingOf, NO_LISTINGS } from "../../support/simulatedListing.ts"

const BTC = {
  id: "BTC-USD",
  base_currency: "BTC",
  quote_currency: "USD",
  quote_increment: "0.01",
  base_increment: "0.00000001",
  min_market_funds: "1",
  status: "online",
  status_message: "",
  trading_disabled: false,
  cancel_only: false,
  post_only: false,
  limit_only: false,
  auction_mode: false,
  fx_stablecoin: false
}
const AUCTION = { ...BTC, id: "BTCAUCTION-USD", cancel_only: true }
const { requests, read: reads, push } = listingOf(coinbaseSpot)
const [request] = requests(["SPOT"])
const read = (rows: ReadonlyArray<unknown>) => reads(request!, 200, JSON.stringify(rows))!

describe("what Coinbase lists", () => {
  it("is read with base and quote of the id, which the fields of an auction do not say", () => {
    assert.deepStrictEqual(requests(["SPOT"]), [{ path: "/products", weight: 1 }])
    const { instruments, unread } = read([BTC, AUCTION, { ...BTC, id: "BTC-PERP" }])
    assert.strictEqual(unread, 0)
    const spot = {
      native_symbol: "BTC-USD",
      base: "BTC",
      quote: "USD",
      settle: null,
      market_type: "SPOT",
      price_tick: "0.01",
      size_step: "0.00000001",
      min_size: null,
      min_notional: "1",
      size_unit: "base",
      contract_value: null,
      status: "trading",
      listed_at: null,
      expires_at: null
    } as const
    assert.deepStrictEqual(factsOf(instruments), [
      spot,
      { ...spot, native_symbol: "BTCAUCTION-USD", base: "BTCAUCTION", status: "halted" }
    ])
    assertSpelled(coinbaseSpot, instruments)
    assert.strictEqual(read([{ ...BTC, base_min_size: "0.0010" }]).instruments[0]?.min_size, "0.001")
  })

  it("has a status by its word and its flags", () => {
    const statusOf = (more: object) => read([{ ...BTC, ...more }]).instruments[0]?.status
    assert.deepStrictEqual(
      ["online", "offline", "internal", "delisted", "news"].map((status) => statusOf({ status })),
      ["trading", "halted", "pre_launch", "delisted", "halted"]
    )
    for (const flag of ["trading_disabled", "cancel_only", "post_only", "limit_only", "auction_mode"])
      assert.strictEqual(statusOf({ [flag]: true }), "halted", flag)
    assert.strictEqual(statusOf({ status: "delisted", trading_disabled: true }), "delisted")
  })

  it("loses a row that can't be read, and no other", () => {
    const broken = [null, {}, { ...BTC, id: "BTC" }, { ...BTC, quote_increment: "a" }, { ...BTC, cancel_only: "no" }]
    const page = read([...broken, BTC])
    assert.deepStrictEqual([page.unread, page.instruments.length], [broken.length, 1])
  })

  it("is never read out of a refusal or of something else", () => {
    for (const text of [...NO_LISTINGS, "{}", '{"message":"Slow rate limit exceeded"}'])
      assert.isNull(reads(request!, 200, text), text)
    assert.isNull(reads(request!, 429, JSON.stringify([BTC])))
  })

  it("is read from the simulated venue, in every state", () => {
    assertReadsSimulated(coinbase, coinbaseSpot, {}, ["BTCAUCTION-USD"])
  })
})

describe("changes that Coinbase pushes", () => {
  const [status] = push!

  it("are each product's status and flags, of the status channel's frame alone", () => {
    const frame = (...products: ReadonlyArray<unknown>) =>
      status!.read(JSON.stringify({ type: "status", products, currencies: [] }))
    const { trading_disabled: _disabled, auction_mode: _auction, ...bare } = BTC
    assert.deepStrictEqual(
      frame(bare, AUCTION, { id: "ETH-USD" }, null),
      new Map([
        ["BTC-USD", "online"],
        ["BTCAUCTION-USD", "online cancel_only"]
      ])
    )
    for (const other of ["", "nonsense", '{"type":"subscriptions","channels":[]}', '{"type":"status"}'])
      assert.strictEqual(status!.read(other).size, 0)
  })

  it("are sent by the simulated venue: all at once, again now and then, and when one changes", () => {
    const { markets, sent, say, talk } = bareTalk(coinbase, "/")
    const market = markets.get("SKL-USD")!
    talk.listing!(market, BEGIN)
    assert.deepStrictEqual(say(status!.subscribe[0]!), [
      '{"type":"subscriptions","channels":[{"name":"status","product_ids":[],"account_ids":null}]}'
    ])
    const words = () => status!.read(sent.at(-1)!).get("SKL-USD")
    talk.tick(BEGIN + 100_000)
    assert.strictEqual(words(), "online")
    talk.tick(BEGIN + 200_000)
    assert.lengthOf(sent, 2, "not again so soon")
    market.state = "halted"
    talk.listing!(market, BEGIN + 300_000)
    assert.strictEqual(words(), "online trading_disabled")
    market.state = "pre_launch"
    talk.tick(BEGIN + 5_300_000)
    assert.strictEqual(words(), "internal")
    market.state = "dropped"
    talk.listing!(market, BEGIN + 5_400_000)
    assert.isUndefined(words())
    assert.lengthOf(sent, 5)
    say({ type: "unsubscribe", channels: ["status"] })
    talk.listing!(market, BEGIN + 5_500_000)
    talk.tick(BEGIN + 60_000_000)
    assert.lengthOf(sent, 6)
  })
})
