// The mediator alone, with a scheme and a clock under the test's hand: what is proven before it is called live, how a lost
// book is repaired, when repair gives way to a new socket, and what silence means.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../src/domain/Market.ts"
import type { FeedEvent } from "../../src/feeds/FeedEvent.ts"
import { FeedExchange } from "../../src/feeds/FeedExchange.ts"
import { Mediator } from "../../src/feeds/Mediator.ts"
import { OrderBook } from "../../src/feeds/book/OrderBook.ts"
import { defineScheme } from "../../src/schemes/defineScheme.ts"
import type { Instruction, Levels, SnapshotInstruction } from "../../src/schemes/Instruction.ts"
import type { SchemeDefinition } from "../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../src/schemes/Wire.ts"

const SECOND = 1_000_000

/** A venue whose proof is the number of its bids, and whose repair is to say "again". */
const definition: SchemeDefinition<never, null, null> = {
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

const snapshot = (bids: Levels, asks: Levels, proof?: number): SnapshotInstruction => ({
  type: "snapshot",
  symbol: "X",
  bids,
  asks,
  time: null,
  ...(proof === undefined ? {} : { proof })
})
const changes = (bids: Levels, asks: Levels, proof?: number): Instruction => ({
  ...snapshot(bids, asks, proof),
  type: "changes"
})
const trade = (id: number): Instruction => ({
  type: "trades",
  symbol: "X",
  trades: [{ id, price: "1", size: "1", side: "buy", time: null }]
})

const stage = (over: Partial<typeof definition> = {}, isConnected = true, earlier?: FeedExchange) => {
  const scheme = defineScheme({ ...definition, ...over })
  const events: Array<FeedEvent> = []
  const sink = { wanted: true, emit: (event: FeedEvent) => void events.push(event) }
  const exchange = earlier ?? new FeedExchange(MarketId.make(1), "TEST", sink, 0)
  const book = new OrderBook(false)
  const given: Array<string> = []
  const said: Array<string> = []
  const send = (text: string) => void said.push(text)
  const ports = {
    fetch: () => {},
    reconnect: ({ reason }: { reason: string }) => void given.push(reason),
    reject: (detail: string) => void given.push(detail)
  }
  const mediator = new Mediator(scheme, "X", book, exchange, ports, 0)
  const session = scheme.session("all")
  session.join(["X"])
  exchange.signal("dial", null, 0)
  if (isConnected) mediator.connected(0)
  return {
    events,
    exchange,
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

describe("Mediator", () => {
  it("calls a book live only when its snapshot is proven", () => {
    const { do: step, said, exchange } = stage()
    assert.strictEqual(step(1, snapshot([["9", "1"]], [["10", "1"]], 2)).state, "resyncing")
    assert.strictEqual(exchange.status().reason, "checksum: 1 bids, not 2")
    assert.deepStrictEqual(said, ["again"])
    assert.strictEqual(exchange.counts.checksum_failures, 1)
    assert.strictEqual(exchange.epoch, 0)
    assert.strictEqual(step(2, snapshot([["9", "1"]], [["10", "1"]], 1)).state, "live")
    assert.strictEqual(exchange.epoch, 1)
  })

  it("is live as soon as it is connected, if its book came while others still subscribed", () => {
    const { do: step, mediator, exchange } = stage({}, false)
    assert.strictEqual(step(1, snapshot([["9", "1"]], [["10", "1"]], 1)).state, "connecting")
    mediator.connected(2)
    assert.strictEqual(exchange.status().state, "live")
  })

  it("shows nothing of a change that broke halfway, and takes nothing more before a new snapshot", () => {
    const { do: step, book, events, exchange } = stage()
    step(1, snapshot([["9", "1"]], [["10", "1"]], 1))
    const before = events.length
    const poison = [["8", "1"], null] as unknown as Levels
    assert.throws(() => step(2, changes([["9", "0"]], poison, 1)))
    assert.strictEqual(exchange.status().state, "resyncing")
    assert.deepStrictEqual([book.bidTexts(9), book.askTexts(9)], [[], []])
    step(3, changes([["7", "1"]], []))
    assert.deepStrictEqual(
      events.slice(before).map(({ type }) => type),
      ["status"]
    )
    assert.strictEqual(step(4, snapshot([["9", "1"]], [["10", "1"]], 1)).state, "live")
    assert.strictEqual(exchange.epoch, 2)
  })

  it("never tells a change whose proof fails, and ignores what follows until the next snapshot", () => {
    const { do: step, events, exchange } = stage()
    step(1, snapshot([["9", "1"]], [["10", "1"]], 1))
    const before = events.length
    assert.strictEqual(step(2, changes([["8", "1"]], [], 3)).state, "resyncing")
    step(3, changes([["7", "1"]], [], 3))
    assert.deepStrictEqual(
      events.slice(before).map(({ type }) => type),
      ["status"]
    )
    assert.strictEqual(step(4, snapshot([["9", "1"]], [["10", "1"]], 1)).epoch, 2)
    assert.strictEqual(exchange.state, "live")
  })

  it("gives the socket up when a second loss follows within thirty seconds, and not after", () => {
    const fast = stage()
    fast.do(1, snapshot([["9", "1"]], [], 1))
    fast.do(2, changes([["8", "1"]], [], 9))
    assert.deepStrictEqual(fast.given, [])
    fast.do(3, snapshot([["9", "1"]], [], 1))
    fast.do(29 * SECOND, changes([["8", "1"]], [], 9))
    assert.deepStrictEqual(fast.given, ["checksum"])
    assert.deepStrictEqual(fast.said, ["again"])
    const slow = stage()
    slow.do(1, snapshot([["9", "1"]], [], 1))
    slow.do(2, changes([["8", "1"]], [], 9))
    slow.do(3, snapshot([["9", "1"]], [], 1))
    slow.do(31 * SECOND, changes([["8", "1"]], [], 9))
    assert.deepStrictEqual(slow.given, [])
    assert.deepStrictEqual(slow.said, ["again", "again"])
  })

  it("doubts a crossed book at once, repairs it after its grace, and forgets a cross that heals", () => {
    const { do: step, said, exchange } = stage()
    step(1, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(step(2, changes([["10", "1"]], [])).state, "stale")
    assert.match(exchange.status().reason ?? "", /^crossed: bid 10 is not below ask 10/)
    assert.strictEqual(step(3, changes([["10", "0"]], [])).state, "live")
    step(4, changes([["11", "1"]], []))
    assert.deepStrictEqual(said, [])
    assert.strictEqual(step(5, changes([["11", "2"]], [])).state, "resyncing")
    assert.deepStrictEqual(said, ["again"])
    assert.strictEqual(exchange.counts.crossed, 2)
  })

  it("doubts a market that is silent for its limit, and repairs it at twice that", () => {
    const { do: step, watch, said } = stage()
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(watch(5 * SECOND).state, "live")
    assert.strictEqual(watch(6 * SECOND).state, "stale")
    assert.strictEqual(step(7 * SECOND, { type: "alive", symbol: "X" }).state, "live")
    assert.strictEqual(watch(13 * SECOND).state, "stale")
    assert.strictEqual(watch(18 * SECOND).state, "resyncing")
    assert.deepStrictEqual(said, ["again"])
  })

  it("asks again when no book comes, then gives the socket up, and is more patient each time until one comes", () => {
    const { do: step, watch, said, given, exchange } = stage()
    assert.strictEqual(watch(8 * SECOND).state, "syncing")
    assert.strictEqual(watch(9 * SECOND).state, "resyncing")
    assert.deepStrictEqual(said, ["again"])
    watch(25 * SECOND)
    assert.deepStrictEqual(given, [])
    watch(26 * SECOND)
    assert.deepStrictEqual(given, ["silent"])
    assert.strictEqual(exchange.patience, 32 * SECOND)
    step(27 * SECOND, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(exchange.patience, 8 * SECOND)
  })

  it("leaves a quiet market alone where the venue promises no heartbeat", () => {
    const { do: step, watch } = stage({ keepalive: { ...definition.keepalive, marketSilence: null } })
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(watch(3_600 * SECOND).state, "live")
  })

  it("finds a subscription dead by the market's own tempo, although heartbeats go on, and takes a new seat", () => {
    const { do: step, watch, given } = stage({ keepalive: { ...definition.keepalive, marketSilence: null } })
    step(1, snapshot([["9", "1"]], [["10", "1"]]))
    for (let n = 1; n <= 300; n++) step(n * 100_000, changes([["9", String(n)]], [["10", String(n)]]))
    step(35 * SECOND, { type: "alive", symbol: "X" })
    assert.strictEqual(watch(35.9 * SECOND).state, "live")
    const { state, reason } = watch(36 * SECOND)
    assert.deepStrictEqual(
      [state, reason, given],
      ["resyncing", "silent: no change for 6.0 s, where 0.1 s is the longest of late", ["silent"]]
    )
  })

  it("finds the subscription dead again after a new seat that got its book by REST and nothing else, ever more patiently", () => {
    const quiet = { keepalive: { ...definition.keepalive, marketSilence: null } }
    const first = stage(quiet)
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    for (let n = 1; n <= 300; n++) first.do(n * 100_000, changes([["9", String(n)]], [["10", String(n)]]))
    assert.strictEqual(first.watch(36 * SECOND).state, "resyncing")
    const second = stage(quiet, true, first.exchange)
    assert.strictEqual(second.do(40 * SECOND, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
    assert.strictEqual(second.watch(63.9 * SECOND).state, "live")
    assert.strictEqual(second.watch(64 * SECOND).state, "resyncing")
    assert.deepStrictEqual(second.given, ["silent"])
    const third = stage(quiet, true, first.exchange)
    third.do(70 * SECOND, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(third.watch(165 * SECOND).state, "live")
    assert.strictEqual(third.watch(166 * SECOND).state, "resyncing")
  })

  it("counts missed and repeated trades by their dense ids, and tells a hole", () => {
    const { do: step, exchange, events } = stage()
    step(1, trade(5), trade(6), trade(6), trade(9))
    assert.strictEqual(exchange.counts.trades, 3)
    assert.strictEqual(exchange.counts.trades_repeated, 1)
    assert.strictEqual(exchange.counts.trades_missed, 2)
    const told = events.flatMap((event) => (event.type === "status" ? [event.reason] : []))
    assert.include(told, "trades missed: 7 to 8")
    step(2, { type: "trade_anchor", symbol: "X", id: 10 })
    assert.strictEqual(exchange.counts.trades_missed, 3)
  })

  it("tells consumers of levels that a window cuts off, and hides levels that are none", () => {
    const { do: step, events, book } = stage({ window: 2 })
    step(
      1,
      snapshot(
        [
          ["9", "1"],
          ["8", "1"]
        ],
        [["20", "1"]]
      )
    )
    step(
      2,
      changes(
        [
          ["10", "1"],
          ["0", "5"]
        ],
        []
      )
    )
    const change = events.find((event) => event.type === "book_change")
    assert.deepStrictEqual(change?.type === "book_change" ? change.bids : null, [
      ["10", "1"],
      [8, 0]
    ])
    assert.deepStrictEqual(book.bidTexts(9), [
      ["10", "1"],
      ["9", "1"]
    ])
  })

  it("stands still when the venue refuses the symbol", () => {
    const { do: step, given } = stage()
    assert.strictEqual(step(1, { type: "rejected", symbol: "X", detail: "unknown symbol" }).state, "rejected")
    assert.deepStrictEqual(given, ["unknown symbol"])
  })

  it("is halted when the venue says so, and live again with the next data, not with a heartbeat", () => {
    const { do: step } = stage()
    step(1, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(step(2, { type: "halted", symbol: null, detail: "maintenance" }).state, "halted")
    assert.strictEqual(step(2, { type: "alive", symbol: "X" }).state, "halted")
    assert.strictEqual(step(3, changes([["9", "2"]], [])).state, "live")
  })
})
