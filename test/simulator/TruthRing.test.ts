// What an observer can learn: a book of now, a late one with its age, a wrong one; however its decimals are written.
import { assert, describe, it } from "@effect/vitest"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { TRUTH_DEPTH, TruthRing } from "../../src/simulator/TruthRing.ts"

const LISTING = { symbol: "X", base: "X", quote: "USD", priceDecimals: 2, sizeDecimals: 3, price: 100, size: 20 }
const MS = 1_000

const run = (steps: number) => {
  const market = new MatchingEngine(LISTING, "truth")
  const ring = new TruthRing()
  const past = [{ bids: market.bids, asks: market.asks }]
  ring.see(market.bids, market.asks, 0)
  for (let n = 1; n <= steps; n++) {
    market.step(n * MS)
    ring.see(market.bids, market.asks, n * MS)
    past.push({ bids: market.bids, asks: market.asks })
  }
  return { ring, past, at: steps * MS }
}

describe("TruthRing", () => {
  it("knows every book of the past, and how long ago it was true", () => {
    const { ring, past, at } = run(300)
    const tops = past.map(({ bids, asks }) => JSON.stringify([bids.slice(0, 10), asks.slice(0, 10)]))
    for (const [n, { bids, asks }] of past.entries()) {
      const last = tops.lastIndexOf(tops[n]!)
      const age = last === 300 ? 0 : 300 - last - 1
      assert.strictEqual(ring.age(bids.slice(0, TRUTH_DEPTH), asks.slice(0, TRUTH_DEPTH), at), age, `version ${n}`)
    }
  })

  it("does not mind how decimals are written", () => {
    const { ring, past, at } = run(3)
    const padded = (side: (typeof past)[0]["bids"]) =>
      side.slice(0, 10).map(({ price, size }) => ({ price: `0${price}000`, size: `${size}00` }))
    assert.strictEqual(ring.age(padded(past[3]!.bids), padded(past[3]!.asks), at), 0)
  })

  it("knows a book that never was by any digit of it", () => {
    const { ring, past, at } = run(50)
    const { bids, asks } = past[50]!
    for (let rank = 0; rank < TRUTH_DEPTH; rank++) {
      const wrong = bids.map((level, n) => (n === rank ? { ...level, size: `${level.size}1` } : level))
      assert.isNull(ring.age(wrong, asks, at))
      assert.isNull(ring.age(asks, wrong, at))
    }
    assert.isNull(ring.age(bids.slice(0, 9), asks, at))
    assert.isNull(ring.age(asks, bids, at))
  })

  it("knows what lies between two versions, and nothing that lies between none", () => {
    const { ring, past, at } = run(60)
    let seen = 0
    for (let n = 30; n < 60; n++) {
      const [before, after] = [past[n]!, past[n + 1]!]
      // the bids of the step are told, its asks not yet
      if (ring.age(after.bids, before.asks, at) !== null) continue
      seen++
      assert.strictEqual(ring.ageBetween(after.bids, before.asks, at), 60 - n - 1)
    }
    assert.isAbove(seen, 3)
    const { bids, asks } = past[60]!
    assert.isNull(
      ring.ageBetween(
        bids.map((level) => ({ ...level, size: "9" })),
        asks,
        at
      )
    )
    assert.isNull(ring.ageBetween(bids.slice(1), asks, at))
    assert.isNull(ring.ageBetween(bids.slice(0, 9), asks, at))
    assert.isNull(ring.ageBetween(past[5]!.bids, past[50]!.asks, at))
  })

  it("forgets in the end", () => {
    const { ring, past, at } = run(6_000)
    assert.isNull(ring.age(past[0]!.bids, past[0]!.asks, at))
    assert.isNotNull(ring.age(past[5_900]!.bids, past[5_900]!.asks, at))
  })
})
