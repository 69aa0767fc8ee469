// Owns Binance's update ids and the depth streams made of them: what changed since a stream's last event, gathered for
// its interval, made once for all clients. Invariants: ids of a stream follow on from event to event (`U` is one more
// than the last `u` on spot, `pu` is the last `u` on futures), and a snapshot's id says exactly which changes it holds.
import type { SimLevel, SimMarket, SimStep } from "../Venue.ts"
import type { BinanceSystem } from "./BinanceSystem.ts"

interface DepthStream {
  readonly market: SimMarket
  readonly everyMs: number
  readonly bids: Map<string, SimLevel>
  readonly asks: Map<string, SimLevel>
  first: number
  previous: number
  sentAt: number
}

export class BinanceDepth {
  private readonly system: BinanceSystem
  private readonly ids = new Map<string, number>()
  /** What is added to the ids of a market that began again; ids are kept without it. */
  private readonly shifts = new Map<string, number>()
  private readonly streams = new Map<string, DepthStream>()
  private readonly byMarket = new Map<string, Array<DepthStream>>()
  private readonly events = new Map<string, string>()
  private newest: number
  private flushedAt = 0

  constructor(system: BinanceSystem, markets: Iterable<string>, rand: () => number) {
    this.system = system
    this.newest = Math.floor(1e9 + rand() * 1e11)
    for (const symbol of markets) {
      this.ids.set(symbol, system.sharedIds ? this.newest : Math.floor(1e8 + rand() * 1e10))
    }
  }

  /** The id up to which the book of now reaches. */
  lastId(symbol: string): number {
    return this.id(symbol) + this.shift(symbol)
  }

  /** A market's ids begin again, so many lower or (null) at 1. */
  renumber(symbol: string, back: number | null): void {
    const last = this.lastId(symbol)
    const first = back === null ? 1 : Math.max(1, last - back)
    this.shifts.set(symbol, this.shift(symbol) + first - last)
  }

  private id(symbol: string): number {
    return this.ids.get(symbol) ?? 0
  }

  private shift(symbol: string): number {
    return this.shifts.get(symbol) ?? 0
  }

  step(market: SimMarket, step: SimStep): void {
    const before = this.id(market.symbol)
    const base = this.system.sharedIds ? this.newest : before
    const last = base + step.bids.length + step.asks.length + step.trades.length
    this.newest = last
    this.ids.set(market.symbol, last)
    for (const stream of this.byMarket.get(market.symbol) ?? []) {
      if (stream.bids.size + stream.asks.size === 0) stream.first = base + 1
      for (const level of step.bids) stream.bids.set(level.price, level)
      for (const level of step.asks) stream.asks.set(level.price, level)
    }
  }

  /** Begins to gather for a stream; does nothing when it does already. */
  open(name: string, market: SimMarket, everyMs: number): void {
    if (this.streams.has(name)) return
    const previous = this.id(market.symbol)
    const stream = { market, everyMs, bids: new Map(), asks: new Map(), first: 0, previous, sentAt: 0 }
    this.streams.set(name, stream)
    const others = this.byMarket.get(market.symbol)
    if (others === undefined) this.byMarket.set(market.symbol, [stream])
    else others.push(stream)
  }

  /** The events that are due at this tick, by stream. */
  due(at: number): ReadonlyMap<string, string> {
    if (at === this.flushedAt) return this.events
    this.flushedAt = at
    this.events.clear()
    for (const [name, stream] of this.streams) {
      if (stream.bids.size + stream.asks.size === 0 || at - stream.sentAt < stream.everyMs * 1000) continue
      this.events.set(name, this.event(stream, at))
    }
    return this.events
  }

  private event(stream: DepthStream, at: number): string {
    const { market, bids, asks } = stream
    const last = this.id(market.symbol)
    const shift = this.shift(market.symbol)
    const [first, previous] = [stream.first + shift, stream.previous + shift]
    const levels = { bids: this.rows(bids), asks: this.rows(asks) }
    const text = this.system.depth(market, at, { first, last: last + shift, previous, ...levels })
    bids.clear()
    asks.clear()
    stream.previous = last
    stream.sentAt = at
    return text
  }

  private rows(levels: ReadonlyMap<string, SimLevel>): string {
    return [...levels.values()]
      .sort((a, b) => Number(a.price) - Number(b.price))
      .map(this.system.level)
      .join(",")
  }
}
