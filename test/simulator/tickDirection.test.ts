// Proves the four words of a trade's direction.
import { assert, it } from "@effect/vitest"
import { tickDirection } from "../../src/simulator/tickDirection.ts"
import type { SimTrade } from "../../src/simulator/Venue.ts"

it("tells up from down, and a repeated price by the move before it", () => {
  const trades = ["9.5", "10.5", "10.5", "10.0", "10.0", "10.0", "10.5"].map((price, index): SimTrade => ({
    id: index + 1,
    price,
    size: "1",
    side: "buy",
    at: 0
  }))
  assert.deepStrictEqual(
    trades.map((_, index) => tickDirection(trades, index)),
    ["PlusTick", "PlusTick", "ZeroPlusTick", "MinusTick", "ZeroMinusTick", "ZeroMinusTick", "PlusTick"]
  )
})
