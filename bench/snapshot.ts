// Owns the measurement of what a large snapshot stalls the loop for: one frame decoded, translated, checked, loaded and
// sent, as it is done within a socket's handler. Cold is the first one that a process ever sees; the bound is 50 ms for
// 50,000 levels, of this thread's own time, whatever else the machine does. Run by itself: `node bench/snapshot.ts
// [LEVELS]`.
import { MarketId } from "../src/domain/Market.ts"
import { FeedExchange } from "../src/feeds/core/FeedExchange.ts"
import { MarketMemory } from "../src/feeds/truth/MarketMemory.ts"
import { Mediator } from "../src/feeds/truth/Mediator.ts"
import { OrderBook } from "../src/feeds/book/OrderBook.ts"
import { coinbaseSpot } from "../src/schemes/coinbase/Coinbase.ts"
import { Unreadable } from "../src/wire/Wire.ts"

const LEVELS = Number(process.argv[2] ?? 50_000)
const TIMES = 11
/** Microseconds since 1970. */
const NOW = 1_763_900_000_000_000

const side = (best: number, step: number): ReadonlyArray<readonly [string, string]> =>
  Array.from({ length: LEVELS / 2 }, (_, rank) => [(best + rank * step).toFixed(2), (1 + rank / 1e5).toFixed(8)])

const frame = Buffer.from(
  JSON.stringify({
    type: "snapshot",
    product_id: "BTC-USD",
    asks: side(80_000.01, 0.01),
    bids: side(80_000, -0.01),
    time: "2026-11-28T19:00:00.000000Z"
  })
)

const once = (): number => {
  const exchange = new FeedExchange(MarketId.make(1), "bench", { wanted: true, emit: () => {} }, NOW)
  const book = new OrderBook(coinbaseSpot.keepsText)
  const ports = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
  const mediator = new Mediator(coinbaseSpot, "BTC-USD", book, exchange, ports, NOW, new MarketMemory())
  const session = coinbaseSpot.session(coinbaseSpot.lines[0].name)
  session.join(["BTC-USD"])
  exchange.signal("dial", null, NOW)
  mediator.connected(NOW)
  const begun = process.threadCpuUsage()
  const instructions = session.receive(frame, NOW)
  if (instructions instanceof Unreadable) throw new Error(instructions.detail)
  mediator.execute(instructions, NOW, session, () => {})
  const { user, system } = process.threadCpuUsage(begun)
  if (book.bidLevels + book.askLevels !== LEVELS) throw new Error(`${book.bidLevels} and ${book.askLevels} levels`)
  return (user + system) / 1000
}

const [cold = 0, ...warm] = Array.from({ length: TIMES }, once)
const median = warm.toSorted((a, b) => a - b)[Math.floor(warm.length / 2)]!
console.log(
  `a snapshot of ${LEVELS} levels, ${(frame.length / 1e6).toFixed(1)} MB: ` +
    `${cold.toFixed(1)} ms cold, ${median.toFixed(1)} ms warm`
)
