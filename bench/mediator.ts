// Owns the measurement of what a change costs between scheme and listener beside the book itself: the mediator's
// checks, counters, touch and events, in a book of 1,000 levels a side, with and without anybody who listens.
import { MarketId } from "../src/domain/Market.ts"
import { FeedExchange } from "../src/feeds/core/FeedExchange.ts"
import { MarketMemory } from "../src/feeds/truth/MarketMemory.ts"
import { Mediator } from "../src/feeds/truth/Mediator.ts"
import { OrderBook } from "../src/feeds/book/OrderBook.ts"
import { binanceSpot } from "../src/schemes/binance/Binance.ts"
import type { ChangesInstruction, Level } from "../src/schemes/Instruction.ts"
import { allocated, Competition } from "./rounds.ts"

const LEVELS = 1_000
const FRAMES = 64
const REPEATS = 100
const ROUNDS = 101
const WARM = 20
/** Microseconds since 1970. */
const NOW = 1_763_900_000_000_000

const side = (best: number, step: number): ReadonlyArray<Level> =>
  Array.from({ length: LEVELS }, (_, rank) => [(best + rank * step).toFixed(2), "1.5"])
const bids = side(1_000, -0.5)
const asks = side(1_001, 0.5)

/** A bid among the best five is set; the best one, now and then, is an event of its own. */
const frames = Array.from({ length: FRAMES }, (_, i): ChangesInstruction => ({
  type: "changes",
  symbol: "X",
  bids: [[(1_000 - (i % 5) * 0.5).toFixed(2), (1 + i / 10).toFixed(2)]],
  asks: [],
  time: NOW + i
}))

const measure = (wanted: boolean) => {
  let events = 0
  const exchange = new FeedExchange(MarketId.make(1), "bench", { wanted, emit: () => void events++ }, NOW)
  const ours = new OrderBook(false)
  const alone = new OrderBook(false)
  alone.load(bids, asks)
  const ports = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
  const mediator = new Mediator(binanceSpot, "X", ours, exchange, ports, NOW, new MarketMemory())
  const session = binanceSpot.session("all")
  const send = (): void => {}
  exchange.signal("dial", null, NOW)
  mediator.connected(NOW)
  mediator.step({ type: "snapshot", symbol: "X", bids, asks, time: null }, NOW, session, send)
  const all = (): void => {
    for (let i = 0; i < FRAMES; i++) mediator.step(frames[i]!, NOW, session, send)
  }
  const took = new Competition({
    mediator: () => {
      for (let repeat = 0; repeat < REPEATS; repeat++) all()
    },
    book: () => {
      for (let repeat = 0; repeat < REPEATS; repeat++)
        for (let i = 0; i < FRAMES; i++) alone.apply(frames[i]!.bids, frames[i]!.asks)
    }
  }).play({ rounds: ROUNDS, warm: WARM })
  const each = (nanoseconds: number): number => Math.round(nanoseconds / FRAMES / REPEATS)
  return {
    heard: wanted,
    ns_per_change: each(took.time("mediator")),
    ns_above_book: each(took.time("mediator") - took.time("book")),
    allocated_bytes_per_change: Math.round(allocated(50, all) / FRAMES)
  }
}

export const measureMediator = (say: (line: string) => void) => {
  const mediator = [measure(false), measure(true)]
  for (const row of mediator) {
    const who = row.heard ? "with a listener" : "unheard"
    say(
      `mediator, ${who}: ${row.ns_above_book} ns a change above the book's own, ` +
        `${row.allocated_bytes_per_change} bytes allocated`
    )
  }
  return { mediator }
}
