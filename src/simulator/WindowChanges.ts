// Owns what changed in the best N levels of every market of one gateway in its last step, for any N that clients asked
// for: computed once a step and depth, however many clients share it. How it is said is the venue's. Invariant: the
// changes of a depth, folded over all steps since a client's snapshot, give that window of the true book.
import { type TopOfBook, topChanges } from "./topChanges.ts"
import type { SimMarket } from "./Venue.ts"

interface Move {
  before: TopOfBook
  now: TopOfBook
  readonly byDepth: Map<number, TopOfBook>
}

const NONE: TopOfBook = { bids: [], asks: [] }

export class WindowChanges {
  private readonly pushedOut: boolean
  private readonly moves = new Map<string, Move>()

  /** `pushedOut`: whether the venue removes levels that better ones push out of the window. */
  constructor(markets: ReadonlyMap<string, SimMarket>, pushedOut: boolean) {
    this.pushedOut = pushedOut
    for (const market of markets.values()) this.added(market)
  }

  /** Begins with a market as it is now. */
  added({ symbol, bids, asks }: SimMarket): void {
    const now = { bids, asks }
    this.moves.set(symbol, { before: now, now, byDepth: new Map() })
  }

  /** A market moved. */
  step({ symbol, bids, asks }: SimMarket): void {
    const move = this.moves.get(symbol)
    if (move === undefined) return
    move.before = move.now
    move.now = { bids, asks }
    move.byDepth.clear()
  }

  /** What the last step changed in the best `depth` levels of a market. */
  of(symbol: string, depth: number): TopOfBook {
    const move = this.moves.get(symbol)
    if (move === undefined) return NONE
    let changes = move.byDepth.get(depth)
    if (changes === undefined) {
      changes = topChanges(move.before, move.now, depth, this.pushedOut)
      move.byDepth.set(depth, changes)
    }
    return changes
  }
}
