// Owns what a client that sees only the best levels has to be sent when the book moved: the levels of the new window
// that are new or changed, and as removals (size zero, 0 orders) those that left it, whether gone or pushed out. A
// venue that does not send what was pushed out asks with `pushedOut` false. Invariant: the old window, these changes
// applied and cut to the depth, is the new window.
import type { SimLevel } from "./Venue.ts"

export interface TopOfBook {
  readonly bids: ReadonlyArray<SimLevel>
  readonly asks: ReadonlyArray<SimLevel>
}

/** Each side best first. `before` and `now`: whole books or windows of at least `depth`, as SimMarket gives them. */
export const topChanges = (before: TopOfBook, now: TopOfBook, depth: number, pushedOut = true): TopOfBook => ({
  bids: sideChanges(before.bids, now.bids, depth, pushedOut, -1),
  asks: sideChanges(before.asks, now.asks, depth, pushedOut, 1)
})

const sideChanges = (
  before: ReadonlyArray<SimLevel>,
  now: ReadonlyArray<SimLevel>,
  depth: number,
  pushedOut: boolean,
  sign: 1 | -1
): ReadonlyArray<SimLevel> => {
  if (before === now) return []
  const changes: Array<SimLevel> = []
  const oldEnd = Math.min(depth, before.length)
  const newEnd = Math.min(depth, now.length)
  const edge = newEnd === depth ? sign * Number(now[newEnd - 1]?.price) : Infinity
  let i = 0
  let j = 0
  while (i < oldEnd || j < newEnd) {
    const old = i < oldEnd ? before[i]! : null
    const level = j < newEnd ? now[j]! : null
    if (old !== null && level !== null && old.price === level.price) {
      if (old !== level && (old.size !== level.size || old.orders !== level.orders)) changes.push(level)
      i++
      j++
    } else if (level === null || (old !== null && sign * (Number(old.price) - Number(level.price)) < 0)) {
      if (pushedOut || sign * Number(old!.price) <= edge) changes.push(removed(old!))
      i++
    } else {
      changes.push(level)
      j++
    }
  }
  return changes
}

const removed = ({ price, size }: SimLevel): SimLevel => {
  const point = size.indexOf(".")
  return { price, size: point < 0 ? "0" : `0.${"0".repeat(size.length - point - 1)}`, orders: 0 }
}
