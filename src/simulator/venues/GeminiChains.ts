// Owns the ids of Gemini's differential depth, and the frames made of them: one range of ids for all symbols of a
// gateway, in which each symbol's event begins (`U`) where its own last one ended (`u`). An event gathers what changed
// in 100 ms, now and then less (the frames of 2026-09-30: 44 to 135 ms). Who hears of it is GeminiConversation's.
// Invariant: a snapshot's id says exactly which changes it holds, so that the event after it may overlap it.
import type { SimLevel, SimMarket, SimStep } from "../Venue.ts"

/** Microseconds that an event gathers for. */
const EVERY = 100_000
/** How often a change does not wait for the others: 100 ms are no floor. */
const EARLY = 1 / 16

interface GeminiChain {
  /** Id of the newest change, and of a snapshot of now. */
  last: number
  /** `u` of the last event, and when it was sent. */
  sent: number
  sentAt: number
  readonly bids: Map<string, SimLevel>
  readonly asks: Map<string, SimLevel>
  /** The event that the last step brought about at once; else null. */
  now: string | null
  /** What is added to the gateway's ids since this chain began again. */
  shift: number
}

export class GeminiChains {
  private readonly rand: () => number
  private readonly chains = new Map<string, GeminiChain>()
  private readonly events = new Map<string, string>()
  private flushedAt = 0
  private id: number

  constructor(rand: () => number) {
    this.rand = rand
    this.id = 1_764_527_600_000_000 + Math.floor(rand() * 4_000_000_000)
  }

  step({ symbol }: SimMarket, { at, bids, asks }: SimStep): void {
    const chain = this.of(symbol)
    chain.last = this.nextId() + chain.shift
    for (const level of bids) chain.bids.set(level.price, level)
    for (const level of asks) chain.asks.set(level.price, level)
    chain.now = at - chain.sentAt >= EVERY || this.rand() < EARLY ? this.event(symbol, chain, at) : null
  }

  /** The event that the last step of a market brought about; null where its change still waits. */
  now(symbol: string): string | null {
    return this.of(symbol).now
  }

  /** The events that are due at this tick, by symbol. */
  due(at: number): ReadonlyMap<string, string> {
    if (at === this.flushedAt) return this.events
    this.flushedAt = at
    this.events.clear()
    for (const [symbol, chain] of this.chains) {
      if (chain.last !== chain.sent && at - chain.sentAt >= EVERY)
        this.events.set(symbol, this.event(symbol, chain, at))
    }
    return this.events
  }

  /** The id of the book of now where an event ended there; null while changes wait. */
  settled(symbol: string): number | null {
    const { last, sent } = this.of(symbol)
    return last === sent ? last : null
  }

  /** A symbol's ids begin again, so many lower or (null) at 1; what waits to be said goes on from there. */
  renumber(symbol: string, back: number | null): void {
    const chain = this.of(symbol)
    const waits = chain.last !== chain.sent
    chain.sent = back === null ? 1 : Math.max(1, chain.last - back)
    chain.last = chain.sent + (waits ? 1 : 0)
    chain.shift = chain.last - this.id
  }

  /** The book of now as an event that begins where it ends: a snapshot has no other mark. */
  snapshot({ symbol, bids, asks }: SimMarket, depth: number, at: number): string {
    const { last } = this.of(symbol)
    return depthUpdate(symbol, at, last, last, bids.slice(0, depth), asks.slice(0, depth))
  }

  /** The best levels of now. */
  partial({ symbol, bids, asks }: SimMarket, depth: number): string {
    const [b, a] = [pairs(bids.slice(0, depth)), pairs(asks.slice(0, depth))]
    return `{"lastUpdateId":${this.of(symbol).last},"symbol":"${symbol}","bids":${b},"asks":${a}}`
  }

  private of(symbol: string): GeminiChain {
    let chain = this.chains.get(symbol)
    if (chain === undefined) {
      const last = this.nextId()
      chain = { last, sent: last, sentAt: 0, shift: 0, bids: new Map(), asks: new Map(), now: null }
      this.chains.set(symbol, chain)
    }
    return chain
  }

  private event(symbol: string, chain: GeminiChain, at: number): string {
    const { sent, last, bids, asks } = chain
    const text = depthUpdate(symbol, at, sent, last, [...bids.values()], [...asks.values()])
    bids.clear()
    asks.clear()
    chain.sent = last
    chain.sentAt = at
    return text
  }

  private nextId(): number {
    this.id += 1 + Math.floor(this.rand() * 400)
    return this.id
  }
}

/** Nanoseconds, which no double holds: the text of the microseconds and three digits more. */
export const nanos = (micros: number): string => `${micros}${String(micros % 997).padStart(3, "0")}`

const pairs = (levels: ReadonlyArray<SimLevel>): string =>
  JSON.stringify(levels.map(({ price, size }) => [price, size]))

const depthUpdate = (
  symbol: string,
  at: number,
  first: number,
  last: number,
  bids: ReadonlyArray<SimLevel>,
  asks: ReadonlyArray<SimLevel>
): string =>
  `{"e":"depthUpdate","E":${nanos(at)},"s":"${symbol}","U":${first},"u":${last},"b":${pairs(bids)},"a":${pairs(asks)}}`
