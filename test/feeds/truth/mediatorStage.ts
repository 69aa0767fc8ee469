// Owns the stage of the mediator's tests: a venue of the test's own, its scheme, and a mediator whose clock is the
// test's hand. What is shown on it is left to the tests.
import { MarketId } from "../../../src/domain/Market.ts"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { FeedExchange } from "../../../src/feeds/core/FeedExchange.ts"
import { MarketMemory } from "../../../src/feeds/truth/MarketMemory.ts"
import { Mediator } from "../../../src/feeds/truth/Mediator.ts"
import { defineScheme } from "../../../src/schemes/defineScheme.ts"
import type { Instruction, Levels, SnapshotInstruction } from "../../../src/schemes/Instruction.ts"
import type { SchemeDefinition } from "../../../src/schemes/SchemeDefinition.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"

export const SECOND = 1_000_000

/** A venue whose proof is the number of its bids, and whose repair is to say "again". */
export const definition: SchemeDefinition<never, null, null> = {
  exchange: "Test",
  protocol: "test",
  alternative: null,
  status: "live",
  marketTypes: ["SPOT"],
  guarantee: "the number of bids",
  lines: [{ name: "all", url: "ws://127.0.0.1" }],
  rest: null,
  audit: null,
  keepalive: { ping: { every: 1_000, text: null }, socketSilence: 10_000, marketSilence: 5_000 },
  limits: {
    connects: { count: 1, perMs: 1 },
    messages: { count: 1, perMs: 1 },
    rest: null,
    marketsPerSocket: 1
  },
  keepsText: false,
  window: null,
  tradeIds: "dense",
  crossedGrace: 1,
  unreadable: "reconnect",
  toNative: () => "X",
  fromNative: () => null,
  sizeUnit: () => ({ size_unit: "base", contract_value: null }),
  socket: () => null,
  member: () => null,
  subscribe: () => [],
  unsubscribe: () => [],
  decode: { read: () => undefined, judge: (text) => new Unreadable("not asked for", text) },
  translate: () => [],
  answer: () => [],
  prove: (_member, book, proof) =>
    book.bidLevels === proof ? null : { reason: "checksum", detail: `${book.bidLevels} bids, not ${proof}` },
  repair: (_state, symbol, trouble) => [{ type: "resubscribe", symbol, ...trouble, send: ["again"] }]
}

export const snapshot = (bids: Levels, asks: Levels, proof?: number): SnapshotInstruction => ({
  type: "snapshot",
  symbol: "X",
  bids,
  asks,
  time: null,
  ...(proof === undefined ? {} : { proof })
})
export const changes = (bids: Levels, asks: Levels, proof?: number): Instruction => ({
  ...snapshot(bids, asks, proof),
  type: "changes"
})
export const trade = (id: number): Instruction => ({
  type: "trades",
  symbol: "X",
  trades: [{ id, price: "1", size: "1", side: "buy", time: null }]
})

/** What of a market outlives its connection. */
interface Earlier {
  readonly exchange: FeedExchange
  readonly memory: MarketMemory
}

/** `earlier`: the stage of the connection before. */
export const stage = (over: Partial<typeof definition> = {}, isConnected = true, earlier?: Earlier) => {
  const scheme = defineScheme({ ...definition, ...over })
  const events: Array<FeedEvent> = []
  const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
  const exchange = earlier?.exchange ?? new FeedExchange(MarketId.make(1), "TEST", sink, 0)
  const memory = earlier?.memory ?? new MarketMemory()
  const book = new OrderBook(false)
  const given: Array<string> = []
  const said: Array<string> = []
  const send = (text: string) => void said.push(text)
  const ports = {
    fetch: () => {},
    reconnect: ({ reason }: { reason: string }) => void given.push(reason),
    reject: (detail: string) => void given.push(detail),
    ask: ({ doubted, detail }: { doubted: string; detail: string }) =>
      void given.push(`ask about ${doubted}: ${detail}`),
    refuse: (detail: string) => void given.push(`for now: ${detail}`)
  }
  const mediator = new Mediator(scheme, "X", book, exchange, ports, 0, memory)
  const session = scheme.session("all")
  session.join(["X"])
  exchange.signal("dial", null, 0)
  if (isConnected) mediator.connected(0)
  return {
    events,
    exchange,
    memory,
    mediator,
    book,
    given,
    said,
    do: (at: number, ...instructions: ReadonlyArray<Instruction>) => {
      mediator.execute(instructions, at, session, send)
      return exchange.status()
    },
    watch: (at: number) => {
      mediator.watch(at, session, send)
      return exchange.status()
    }
  }
}

/** A venue that promises no frame of a market. */
export const QUIET = { keepalive: { ...definition.keepalive, marketSilence: null } }
