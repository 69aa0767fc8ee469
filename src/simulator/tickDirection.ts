// Owns the word by which derivative venues say how a trade's price moved against the trades before it.
import type { SimTrade } from "./Venue.ts"

export type TickDirection = "PlusTick" | "ZeroPlusTick" | "MinusTick" | "ZeroMinusTick"

/**
 * The direction of the trade at `index`: of the last other price before it, `Zero…` where its neighbour traded as high.
 */
export const tickDirection = (trades: ReadonlyArray<SimTrade>, index: number): TickDirection => {
  const { price } = trades[index]!
  let before = index - 1
  while (before >= 0 && trades[before]!.price === price) before--
  const up = before < 0 || Number(trades[before]!.price) < Number(price)
  const zero = before < index - 1
  if (up) return zero ? "ZeroPlusTick" : "PlusTick"
  return zero ? "ZeroMinusTick" : "MinusTick"
}
