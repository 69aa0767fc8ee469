// Owns the proof that a simulation has one price an asset: the same for every venue and run of a seed, without jumps,
// and consistent over currencies; and that the books of all venues stand about it side by side.
import { assert, describe, it } from "@effect/vitest"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { ReferencePrices } from "../../src/simulator/ReferencePrices.ts"
import type { Listing } from "../../src/simulator/Venue.ts"
import { venues } from "../../src/simulator/Venues.ts"

const BEGIN = 1_795_000_000_000_000
const SECOND = 1_000_000

const listing = (base: string, quote: string, price = 1): Listing => ({
  symbol: `${base}${quote}`,
  base,
  quote,
  price,
  priceDecimals: 2,
  size: 1,
  sizeDecimals: 4
})

const priceOf = (prices: ReferencePrices, base: string, quote: string, at = BEGIN) =>
  (prices.of(listing(base, quote)) ?? assert.fail(`${base}-${quote} has no price`))(at)

describe("ReferencePrices", () => {
  it("gives the same price for the same seed and time, and another for another seed", () => {
    const [one, same, other] = [new ReferencePrices("1"), new ReferencePrices("1"), new ReferencePrices("2")]
    for (let at = BEGIN; at < BEGIN + 100 * SECOND; at += 7 * SECOND)
      assert.strictEqual(priceOf(one, "BTC", "USD", at), priceOf(same, "BTC", "USD", at))
    assert.notStrictEqual(priceOf(one, "BTC", "USD"), priceOf(other, "BTC", "USD"))
  })

  it("agrees with itself over pairs of three", () => {
    const prices = new ReferencePrices("1")
    const price = (base: string, quote: string) => priceOf(prices, base, quote)
    for (const currency of ["EUR", "JPY", "GBP", "USDT"]) {
      const over = price("BTC", currency) * price(currency, "USD")
      assert.approximately(over / price("BTC", "USD"), 1, 1e-12, currency)
    }
    assert.approximately(price("ETH", "BTC") * price("BTC", "USD"), price("ETH", "USD"), 1e-6)
    assert.approximately(price("USDT", "USD"), 1, 0.001)
  })

  it("takes an asset that nobody knows as its first listing prices it, for all venues", () => {
    const prices = new ReferencePrices("1")
    const first = prices.of(listing("NEW", "EUR", 100))
    const second = prices.of(listing("NEW", "USD", 7))
    assert.approximately(first!(BEGIN), 100, 1.2)
    assert.approximately(second!(BEGIN), 116, 1.4)
    assert.isNull(prices.of(listing("NEW", "NOWHERE")))
  })

  it("moves, without a jump, and stays near where it stands", () => {
    const price = new ReferencePrices("1").of(listing("BTC", "USD"))!
    const seen = new Set<number>()
    for (let at = BEGIN, last = price(at); at < BEGIN + 6 * 3_600 * SECOND; at += SECOND) {
      const now = price(at)
      assert.isBelow(Math.abs(now / last - 1), 0.000_2)
      assert.isBelow(Math.abs(now / 82_600 - 1), 0.012)
      seen.add(Math.round(now))
      last = now
    }
    assert.isAbove(seen.size, 300)
  })
})

describe("the markets of all venues", () => {
  it("stand side by side: never crossed where each moves five times a second", () => {
    const prices = new ReferencePrices("1")
    const markets = venues.flatMap(({ exchange, marketType, listings }) =>
      listings.map((one) => {
        const reference = prices.of(one) ?? assert.fail(`${exchange} lists ${one.symbol}, whose quote has no price`)
        const begun = { ...one, price: reference(BEGIN) }
        const engine = new MatchingEngine(begun, `1/${exchange}/${marketType}`, 0, reference)
        return { pair: `${marketType} ${one.base}-${one.quote}`, engine, reference }
      })
    )
    const pairs = [...Map.groupBy(markets, ({ pair }) => pair)].filter(([, { length }]) => length > 1)
    assert.isAtLeast(pairs.length, 8)
    for (let turn = 0; turn < 600; turn++) {
      const at = BEGIN + turn * 40_000
      for (const [index, { engine }] of markets.entries()) if (index % 5 === turn % 5) engine.step(at)
      if (turn < 5) continue
      for (const [pair, sharing] of pairs) {
        const bids = sharing.map(({ engine }) => Number(engine.bids[0]!.price))
        const asks = sharing.map(({ engine }) => Number(engine.asks[0]!.price))
        assert.isBelow(Math.max(...bids), Math.min(...asks), `${pair}: ${bids.join(" ")} / ${asks.join(" ")}`)
        // side by side, too: the best of each is within half a per cent of the others', or a few of its ticks
        for (const { engine } of sharing) {
          const tick = engine.priceStep / 10 ** engine.priceDecimals
          const near = Math.max(Math.max(...bids) * 0.005, tick * 60)
          assert.isBelow(Math.max(...bids) - Number(engine.bids[0]!.price), near, pair)
        }
      }
    }
  })

  it("leave no order on the wrong side of the reference, however far it went between two moves", () => {
    const prices = new ReferencePrices("1")
    const one = listing("BTC", "USD", 82_600)
    const reference = prices.of(one)!
    const market = new MatchingEngine(one, "7", 0, reference)
    for (let at = BEGIN; at < BEGIN + 100 * 900 * SECOND; at += 900 * SECOND) {
      market.step(at)
      assert.isBelow(Number(market.bids[0]!.price), reference(at))
      assert.isAbove(Number(market.asks[0]!.price), reference(at))
    }
  })
})
