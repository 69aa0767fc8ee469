// Owns the proof of what Kraken's two spot protocols say alike: a refusal costs the market that it names alone,
// whatever the letters of its name spell, and a halt is told and ended.
import { assert, describe, it } from "@effect/vitest"
import { krakenRefusal, krakenStatus } from "../../../src/schemes/kraken/krakenNotices.ts"

const members = new Map(["PIRATE/USD", "RATE/USD", "ANT/USD", "T/USD", "BTC/USD"].map((symbol) => [symbol, null]))
const refusal = (detail: string, field?: string) => krakenRefusal(members, field, detail)

describe("a refusal", () => {
  for (const symbol of ["PIRATE/USD", "RATE/USD", "ANT/USD", "T/USD"]) {
    const detail = `Currency pair not supported ${symbol}`
    it(`of ${symbol} rejects it alone, named by field or as a word, whatever ends the sentence`, () => {
      assert.deepStrictEqual(refusal(detail, symbol), [{ type: "rejected", symbol, detail }])
      assert.deepStrictEqual(refusal(detail), [{ type: "rejected", symbol, detail }])
      assert.deepStrictEqual(refusal(`${detail}.`), [{ type: "rejected", symbol, detail: `${detail}.` }])
    })
  }
  it("in the other known words rejects as well", () => {
    const detail = "Currency pair not in ISO 4217-A3 format BTC/USD"
    assert.deepStrictEqual(refusal(detail), [{ type: "rejected", symbol: "BTC/USD", detail }])
  })
  it("of a market that has left costs nobody anything", () => {
    assert.deepStrictEqual(refusal("Currency pair not supported GRATE/USD"), [])
    assert.deepStrictEqual(refusal("Currency pair not supported GRATE/USD", "GRATE/USD"), [])
    assert.deepStrictEqual(refusal("Internal error", "GRATE/USD"), [])
  })
  it("for another reason than an unknown pair is no evidence: asked again", () => {
    for (const detail of ["Subscription depth not supported", "Exceeded msg rate", "EService:Unavailable"]) {
      assert.deepStrictEqual(refusal(detail, "RATE/USD"), [{ type: "refused", symbol: "RATE/USD", detail }])
    }
    const detail = "Market of RATE/USD not ready"
    assert.deepStrictEqual(refusal(detail), [{ type: "refused", symbol: "RATE/USD", detail }])
  })
  it("that names nobody is of the socket, a rate limit only by the word itself", () => {
    const type = (detail: string) =>
      refusal(detail).map((one) => (one.type === "reconnect" ? [one.reason, one.retryAfter] : one))
    assert.deepStrictEqual(type("Exceeded msg rate"), [["rate_limited", 10_000]])
    assert.deepStrictEqual(type("Operation aborted, generate a token"), [["refused", undefined]])
    assert.deepStrictEqual(type("Malformed request"), [["refused", undefined]])
  })
  it("of what holds already changes nothing", () => {
    for (const detail of ["Already subscribed", "Subscription Not Found"]) {
      assert.deepStrictEqual(refusal(detail, "BTC/USD"), [])
      assert.deepStrictEqual(refusal(detail), [])
    }
  })
})

describe("the system's status", () => {
  const state = () => ({ socket: { system: "online" }, members: new Map([["A/B", null]]) })
  const halted = (detail: string) => [{ type: "halted" as const, symbol: null, detail }]
  it("halts all markets in a maintenance, until a new socket after it", () => {
    const of = state()
    assert.deepStrictEqual(krakenStatus(of, "maintenance"), halted("the venue is under maintenance"))
    assert.deepStrictEqual(krakenStatus(of, "post_only"), halted("the venue takes no orders that would trade at once"))
    assert.deepStrictEqual(krakenStatus(of, "online"), [
      { type: "reconnect", reason: "maintenance", detail: "the maintenance has ended", retryAfter: 5_000 }
    ])
    assert.deepStrictEqual(krakenStatus(of, "online"), [])
  })
  it("halts them where nothing trades, and ends it without a new socket", () => {
    for (const [status, detail] of [
      ["cancel_only", "the venue takes nothing but cancellations"],
      ["post_only", "the venue takes no orders that would trade at once"]
    ] as const) {
      const of = state()
      assert.deepStrictEqual(krakenStatus(of, status), halted(detail))
      assert.deepStrictEqual(krakenStatus(of, "online"), [
        { type: "changes", symbol: "A/B", bids: [], asks: [], time: null }
      ])
    }
  })
  it("of another kind means nothing", () => {
    assert.deepStrictEqual(krakenStatus(state(), "constructor"), [])
    assert.deepStrictEqual(krakenStatus(state(), "online"), [])
  })
})
