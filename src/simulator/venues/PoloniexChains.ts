// Owns the numbering of one simulated Poloniex gateway: one chain of ids a market, and the frame of each market's last
// change, which all clients share. Surprises kept: ids chain but are not dense, and a snapshot's own previous id means
// nothing.
// Invariant: an update's previous id is the id of the update, or of any snapshot, before it.
import type { SimLevel, SimMarket, SimStep } from "../Venue.ts"
import { WindowChanges } from "../WindowChanges.ts"
import type { Ids, PoloniexPlatform } from "./PoloniexPlatform.ts"

/** Levels a side that the venue shows. */
const DEPTH = 20

/** Where a market's chain stands. */
interface Chain {
  ids: Ids
  /** When the window last moved, in microseconds. */
  at: number
  /** The frame of that move, and of which version of the market. */
  frame: string | null
  version: number
}

export class PoloniexChains {
  private readonly platform: PoloniexPlatform
  private readonly rand: () => number
  private readonly windows: WindowChanges
  private readonly chains = new Map<string, Chain>()

  constructor(platform: PoloniexPlatform, markets: ReadonlyMap<string, SimMarket>, rand: () => number) {
    this.platform = platform
    this.rand = rand
    this.windows = new WindowChanges(markets, true)
    for (const { symbol, trades } of markets.values()) this.begin(symbol, trades.at(-1)?.at ?? 0)
  }

  added(market: SimMarket): void {
    this.windows.added(market)
    this.begin(market.symbol, 0)
  }

  private begin(symbol: string, at: number): void {
    const id = 1_000 + Math.floor(this.rand() * 5_000_000)
    this.chains.set(symbol, { ids: { last: id - 1, id }, at, frame: null, version: 0 })
  }

  step(market: SimMarket, step: SimStep): void {
    this.windows.step(market)
    const { symbol } = market
    const chain = this.chains.get(symbol)
    const { bids, asks } = this.windows.of(symbol, DEPTH)
    if (chain === undefined || bids.length + asks.length === 0) return
    const last = chain.ids.id
    chain.ids = { last, id: last + (this.rand() < 0.9 ? 1 : 2 + Math.floor(this.rand() * 14)) }
    chain.at = step.at
    chain.version = step.version
    chain.frame = this.frame("update", symbol, this.sides(bids, asks), chain.ids, step.at, step.at + 5_000)
  }

  /** A market's ids begin again, so many lower or (null) at 1. */
  renumber(symbol: string, back: number | null): boolean {
    const chain = this.chains.get(symbol)
    if (chain === undefined) return false
    const id = back === null ? 1 : Math.max(1, chain.ids.id - back)
    chain.ids = { last: id - 1, id }
    return true
  }

  /** The frame of a market's last change; null where this version of it changed nothing in the window. */
  change(symbol: string, version: number): string | null {
    const chain = this.chains.get(symbol)
    return chain?.version === version ? chain.frame : null
  }

  /** The last change, whenever it was. */
  lastChange(symbol: string): string | null {
    return this.chains.get(symbol)?.frame ?? null
  }

  snapshot(market: SimMarket, now: number): string {
    const { symbol, bids, asks } = market
    const { ids, at } = this.chains.get(symbol) ?? { ids: { last: 0, id: 0 }, at: now }
    const sides = this.sides(bids.slice(0, DEPTH), asks.slice(0, DEPTH))
    return this.frame("snapshot", symbol, sides, { last: ids.id - 1, id: ids.id }, at || now, now)
  }

  private sides(bids: ReadonlyArray<SimLevel>, asks: ReadonlyArray<SimLevel>): string {
    const side = (levels: ReadonlyArray<SimLevel>): string =>
      levels
        .map(({ price, size, orders }) => {
          const amount = orders === 0 ? "0" : this.platform.text(size, this.rand)
          return `["${this.platform.text(price, () => 1)}","${amount}"]`
        })
        .join(",")
    return `"asks":[${side(asks)}],"bids":[${side(bids)}]`
  }

  private frame(action: string, symbol: string, sides: string, ids: Ids, at: number, now: number): string {
    return `{"channel":"book_lv2","data":[${this.platform.book(symbol, sides, ids, at, now)}],"action":"${action}"}`
  }
}
