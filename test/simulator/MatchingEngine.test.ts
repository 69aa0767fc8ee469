// The simulated market against its promises: never crossed, never thin, its steps fold to its book, its trades are
// explained by the levels they left, and the same seed tells the same story.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { MatchingEngine, MAX_LEVELS, MIN_LEVELS } from "../../src/simulator/MatchingEngine.ts"
import type { Listing, SimLevel } from "../../src/simulator/Venue.ts"

const BTC: Listing = {
  symbol: "BTCUSDT",
  base: "BTC",
  quote: "USDT",
  priceDecimals: 2,
  sizeDecimals: 5,
  price: 64_000,
  size: 0.1
}
/** Few ticks, whole contracts in hundreds, and a tick of half a unit. */
const COARSE: Listing = {
  ...BTC,
  symbol: "COARSE",
  price: 500,
  priceDecimals: 1,
  sizeDecimals: 0,
  size: 300,
  priceStep: 5,
  sizeStep: 100
}

const Seed = Schema.Int

/** A price to follow: it goes up and down, and far at once now and then. */
const moving =
  ({ price }: Listing) =>
  (at: number): number =>
    price * (1 + 0.0002 * Math.sin(at / 3) + (at % 50 > 40 ? 0.01 : 0))

const fold = (side: ReadonlyArray<SimLevel>, changes: ReadonlyArray<SimLevel>, sign: number): Array<SimLevel> => {
  const levels = new Map(side.map((level) => [level.price, level]))
  for (const change of changes) {
    if (change.orders === 0) assert.isTrue(levels.delete(change.price), `${change.price} was there to be removed`)
    else levels.set(change.price, change)
  }
  return [...levels.values()].sort((a, b) => sign * (Number(a.price) - Number(b.price)))
}

const MARKETS = [BTC, COARSE].flatMap((listing) => [
  { name: `${listing.symbol} by itself`, listing, reference: null },
  { name: `${listing.symbol} after a reference`, listing, reference: moving(listing) }
])

describe.each(MARKETS)("a market of $name", ({ listing, reference }) => {
  it.prop(
    "is never crossed, never thin, and every step leads from book to book",
    [Seed],
    ([seed]) => {
      const market = new MatchingEngine(listing, String(seed), 0, reference)
      let { bids, asks } = market
      for (let n = 1; n <= 200; n++) {
        const step = market.step(n)
        assert.isAbove(step.bids.length + step.asks.length, 0)
        assert.strictEqual(new Set(step.bids.map(({ price }) => price)).size, step.bids.length)
        bids = fold(bids, step.bids, -1)
        asks = fold(asks, step.asks, 1)
        assert.deepStrictEqual(market.bids, bids)
        assert.deepStrictEqual(market.asks, asks)
        assert.isBelow(Number(bids[0]!.price), Number(asks[0]!.price))
        for (const { length } of [bids, asks]) assert.isTrue(length >= MIN_LEVELS && length <= MAX_LEVELS)
        assert.strictEqual(step.version, n)
        assert.strictEqual(market.version, n)
      }
    },
    { arbitrary: { runs: 20 } }
  )

  it("writes decimals as listed, in the steps of the listing", () => {
    const market = new MatchingEngine(listing, "7", 0, reference)
    const price = new RegExp(`^\\d+\\.\\d{${listing.priceDecimals}}$`)
    const size = listing.sizeDecimals === 0 ? /^\d+$/ : new RegExp(`^\\d+\\.\\d{${listing.sizeDecimals}}$`)
    for (let n = 0; n < 500; n++) {
      const step = market.step(n)
      for (const level of [...step.bids, ...step.asks, ...step.trades]) {
        assert.match(level.price, price)
        assert.match(level.size, size)
        assert.strictEqual(Math.round(Number(level.price) * 10 ** listing.priceDecimals) % (listing.priceStep ?? 1), 0)
        assert.strictEqual(Math.round(Number(level.size) * 10 ** listing.sizeDecimals) % (listing.sizeStep ?? 1), 0)
      }
    }
  })

  it("trades at prices that were there, with the taker's side, and numbers its trades without a hole", () => {
    const market = new MatchingEngine(listing, "trades", 0, reference)
    let id = 0
    let sides = 0
    let known = 0
    for (let n = 1; n <= 5_000; n++) {
      const { bids, asks } = market
      const { trades } = market.step(n)
      for (const trade of trades) {
        assert.strictEqual(trade.id, ++id)
        assert.strictEqual(trade.at, n)
        assert.isAbove(Number(trade.size), 0)
        sides |= trade.side === "buy" ? 1 : 2
        const side = trade.side === "buy" ? asks : bids
        if (side.some(({ price }) => price === trade.price)) known++
      }
    }
    // the rest took an order that came to rest in the same step
    assert.isAbove(known / id, 0.9)
    assert.strictEqual(sides, 3)
    assert.isAbove(id, 200)
    assert.isAtMost(market.trades.length, 2_000)
    assert.strictEqual(market.trades.at(-1)!.id, id)
  })
})

describe("MatchingEngine", () => {
  it.prop("tells the same story for the same seed, and another for another", [Seed], ([seed]) => {
    const story = (listing: Listing, seed: string) => {
      const market = new MatchingEngine(listing, seed)
      return JSON.stringify(Array.from({ length: 60 }, (_, n) => market.step(n)))
    }
    assert.strictEqual(story(BTC, String(seed)), story(BTC, String(seed)))
    assert.notStrictEqual(story(BTC, String(seed)), story(BTC, `${seed}.`))
    assert.notStrictEqual(story(BTC, String(seed)), story({ ...BTC, symbol: "ETHUSDT" }, String(seed)))
  })

  it("never changes a list of levels that was read", () => {
    const market = new MatchingEngine(BTC, "1")
    const { bids } = market
    const before = JSON.stringify(bids)
    for (let n = 0; n < 200; n++) market.step(n)
    assert.strictEqual(JSON.stringify(bids), before)
  })

  it("refuses a listing whose price has no room for two sides", () => {
    assert.throws(() => new MatchingEngine({ ...BTC, price: 0.5 }, "1"), /ticks are too few/)
  })
})
