// The mediator alone, with a scheme and a clock under the test's hand: what is proven before it is called live, how a lost
// book is repaired, when repair gives way to a new socket, and what silence means.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../../src/domain/Market.ts"
import type { FeedEvent } from "../../../src/feeds/core/FeedEvent.ts"
import { FeedExchange } from "../../../src/feeds/core/FeedExchange.ts"
import { Mediator } from "../../../src/feeds/truth/Mediator.ts"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { defineScheme } from "../../../src/schemes/defineScheme.ts"
import type { Instruction, Levels, SnapshotInstruction } from "../../../src/schemes/Instruction.ts"
import type { SchemeDefinition } from "../../../src/schemes/SchemeDefinition.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"

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
    reject: (detail: string) => void given.push(detail),
    ask: ({ doubted, detail }: { doubted: string; detail: string }) =>
      void given.push(`ask about ${doubted}: ${detail}`),
    refuse: (detail: string) => void given.push(`for now: ${detail}`)
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

const QUIET = { keepalive: { ...definition.keepalive, marketSilence: null } }

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

  it("asks the venue about a silence that is strange for the market, and stays live when the venue shows the very book", () => {
    const { do: step, watch, given, mediator, exchange } = stage(QUIET)
    step(1, snapshot([["9", "1"]], [["10", "1"]]))
    for (let n = 1; n <= 300; n++) step(n * 100_000, changes([["9", String(n)]], [["10", String(n)]]))
    step(35 * SECOND, { type: "alive", symbol: "X" })
    assert.strictEqual(watch(35.9 * SECOND).state, "live")
    assert.deepStrictEqual(given, [])
    assert.strictEqual(watch(36 * SECOND).state, "live")
    assert.deepStrictEqual(given, ["ask about book: no change for 6.0 s, where 0.1 s is the longest of late"])
    watch(37 * SECOND)
    assert.strictEqual(given.length, 1)
    mediator.vouched(37 * SECOND)
    watch(48.9 * SECOND)
    assert.strictEqual(given.length, 1)
    watch(49 * SECOND)
    assert.strictEqual(given.length, 2)
    assert.deepStrictEqual([exchange.counts.doubts, exchange.counts.doubts_confirmed], [2, 0])
  })

  it("asks about a market that it does not know after 30 s, again within a minute, then twice as late each time", () => {
    const { do: step, watch, given, mediator } = stage(QUIET)
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    const asked: Array<number> = []
    for (let second = 1; second <= 3_600; second++) {
      const before = given.length
      assert.strictEqual(watch(second * SECOND).state, "live")
      if (given.length === before) continue
      asked.push(second)
      mediator.vouched(second * SECOND)
    }
    assert.deepStrictEqual(asked, [30, 80, 200, 440, 920, 1_460, 2_000, 2_540, 3_080])
  })

  it("calls a silent book stale when nobody could ask about it within a minute, and live again with the market's next frame", () => {
    const { do: step, watch } = stage(QUIET)
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    for (let second = 1; second < 58; second++) assert.strictEqual(watch(second * SECOND).state, "live")
    const { state, reason } = watch(58 * SECOND)
    assert.deepStrictEqual(
      [state, reason],
      ["stale", "silent: no change for 58.0 s, and the venue could not be asked about it yet"]
    )
    assert.strictEqual(step(59 * SECOND, changes([["9", "2"]], [])).state, "live")
  })

  it("trusts no REST book after a subscription died, before the stream has spoken", () => {
    const first = stage(QUIET)
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    first.mediator.died({ reason: "silent", detail: "no change for 30.0 s" }, 31 * SECOND)
    assert.deepStrictEqual(first.exchange.status().reason, "silent: no change for 30.0 s")
    first.exchange.signal("disconnected", "silent: no change for 30.0 s", 32 * SECOND)
    first.exchange.signal("dial", null, 32 * SECOND)
    const second = stage(QUIET, true, first.exchange)
    second.mediator.whileByRest(() => second.do(33 * SECOND, snapshot([["9", "5"]], [["10", "1"]])))
    const { state, reason } = second.exchange.status()
    assert.deepStrictEqual(
      [state, reason],
      ["syncing", "silent: the last subscription died; waiting for a frame of the stream"]
    )
    second.watch(62 * SECOND)
    assert.deepStrictEqual(second.given, [])
    // it may be dead as well
    second.watch(63 * SECOND)
    assert.deepStrictEqual(second.given, ["ask about book: no change for 30.0 s"])
    second.mediator.vouched(64 * SECOND)
    assert.strictEqual(second.exchange.status().state, "syncing")
    assert.strictEqual(second.do(65 * SECOND, changes([["9", "6"]], [])).state, "live")
  })

  it("repairs a book that its venue repeats no more, although its changes go on", () => {
    const { do: step, watch, said, exchange } = stage({ ...QUIET, audit: "repetitions" })
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    step(5 * SECOND, snapshot([["9", "1"]], [["10", "1"]]))
    for (let second = 6; second <= 25; second++) {
      step(second * SECOND, changes([["9", String(second)]], []))
      assert.strictEqual(watch(second * SECOND).state, "live")
    }
    watch(26 * SECOND)
    const { state, reason } = exchange.status()
    assert.deepStrictEqual(
      [state, reason, said],
      ["resyncing", "silent: the whole book was not repeated for 21 s", ["again"]]
    )
  })

  it("is not live by REST either after its new subscription went stale, nor by a heartbeat", () => {
    const { do: step, watch, mediator, exchange } = stage(QUIET)
    exchange.unconfirmed = true
    mediator.whileByRest(() => step(0, snapshot([["9", "5"]], [["10", "1"]])))
    for (let second = 1; second <= 58; second++) watch(second * SECOND)
    assert.strictEqual(exchange.status().state, "stale")
    mediator.vouched(59 * SECOND)
    assert.strictEqual(exchange.status().state, "stale")
    assert.strictEqual(step(60 * SECOND, { type: "alive", symbol: "X" }).state, "stale")
    assert.strictEqual(step(61 * SECOND, changes([["9", "6"]], [])).state, "live")
  })

  it("is not live again by a heartbeat, while nobody could ask about its silence", () => {
    const { do: step, watch, mediator } = stage(QUIET)
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    for (let second = 1; second <= 58; second++) watch(second * SECOND)
    for (let second = 59; second <= 100; second++) {
      assert.strictEqual(watch(second * SECOND).state, "stale")
      assert.strictEqual(step(second * SECOND, { type: "alive", symbol: "X" }).state, "stale")
      // nothing was learnt: it is asked again
      if (second === 80) mediator.unanswered()
    }
    mediator.vouched(101 * SECOND)
    assert.strictEqual(watch(101 * SECOND).state, "live")
  })

  it("tells once that a book went stale, however long it stays so", () => {
    const { do: step, watch, events } = stage(QUIET)
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    for (let second = 1; second <= 100; second++) watch(second * SECOND)
    const told = events.flatMap((event) => (event.type === "status" && event.state === "stale" ? event.reason : []))
    assert.deepStrictEqual(told, ["silent: no change for 58.0 s, and the venue could not be asked about it yet"])
  })

  it("asks later each time, where the book that was given up for silent comes again unchanged", () => {
    let exchange: FeedExchange | undefined
    const lived: Array<number> = []
    for (let life = 0, at = 0; life < 6; life++) {
      const { do: step, watch, given, mediator, exchange: kept } = stage(QUIET, true, exchange)
      exchange = kept
      const begun = at
      step(at, snapshot([["9", "1"]], [["10", "1"]]))
      while (given.length === 0) watch((at += SECOND))
      lived.push((at - begun) / SECOND)
      mediator.died({ reason: "silent", detail: "a probe of other units" }, at)
    }
    assert.deepStrictEqual(lived, [30, 50, 120, 240, 480, 540])
    const moved = stage(QUIET, true, exchange)
    moved.do(3_600 * SECOND, snapshot([["9", "2"]], [["10", "1"]]))
    moved.watch(3_629 * SECOND)
    assert.deepStrictEqual(moved.given, [])
    moved.watch(3_630 * SECOND)
    assert.deepStrictEqual(moved.given, ["ask about book: no change for 30.0 s"])
  })

  it("asks about trades that are silent beside a busy book", () => {
    const { do: step, watch, given } = stage(QUIET)
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    for (let n = 1; n <= 40; n++) step(n * SECOND, changes([["9", String(n)]], [["10", String(n)]]), trade(n))
    for (let n = 1; n <= 1_000; n++) step((40 + n / 10) * SECOND, changes([["9", String(n)]], [["10", String(n)]]))
    watch(140 * SECOND)
    assert.deepStrictEqual(given, ["ask about trades: no trade for 100 s beside 1000 changes of the book"])
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

  it("reports levels that a window cuts off as removals", () => {
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
    step(2, changes([["10", "1"]], []))
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

  it("repairs a book with a level that can't be read", () => {
    for (const bad of [
      ["NaN", "1"],
      ["-9", "1"],
      ["8", "-1"],
      ["8", "1e-400"],
      ["9.00000000000000001", "1"]
    ] as const) {
      const { do: step, said, exchange } = stage()
      step(1, snapshot([["9", "1"]], [["10", "1"]]))
      assert.strictEqual(step(2, changes([["8.5", "1"], bad], [])).state, "resyncing")
      assert.strictEqual(exchange.status().reason, `unreadable: a level that can't be read: ${bad.join(" ")}`)
      assert.deepStrictEqual([said, exchange.counts.invalid_levels], [["again"], 1])
      assert.strictEqual(step(3, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
    }
  })

  it("takes no level that was refused before a reconnect for one of the new book, and goes on counting", () => {
    const first = stage()
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    first.do(2, changes([["NaN", "1"]], []))
    const second = stage({}, true, first.exchange)
    assert.strictEqual(second.do(3, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
    assert.deepStrictEqual([second.said, second.exchange.counts.invalid_levels], [[], 1])
    second.do(4, changes([["-1", "1"]], []))
    assert.deepStrictEqual([second.said, second.exchange.counts.invalid_levels], [["again"], 2])
  })

  it("repairs the first bad level of a book that comes after another with one, and none that is good", () => {
    const first = stage()
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    first.do(2, changes([["NaN", "1"]], []))
    const { exchange } = first
    const second = stage({}, true, exchange)
    assert.strictEqual(second.do(3, snapshot([["", "1"]], [["10", "1"]])).state, "resyncing")
    assert.strictEqual(exchange.counts.invalid_levels, 2)
    const third = stage({}, true, exchange)
    assert.strictEqual(third.do(4, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
    assert.deepStrictEqual([third.said, exchange.counts.invalid_levels], [[], 2])
  })

  it("repairs the book over an unreadable frame that names it, where a chain would show the loss only later", () => {
    const frame = new Unreadable("no number", "X NaN")
    for (const [named, state] of [
      [true, "resyncing"],
      [false, "live"]
    ] as const) {
      const { do: step, mediator, exchange, said } = stage({ unreadable: "ignore" })
      step(1, snapshot([["9", "1"]], [["10", "1"]]))
      const session = defineScheme(definition).session("all")
      session.join(["X"])
      mediator.unreadable(frame, named, 2, session, (text) => void said.push(text))
      mediator.unreadable(new Unreadable("new", "X", true), named, 3, session, (text) => void said.push(text))
      assert.deepStrictEqual([exchange.state, said], [state, named ? ["again"] : []])
      assert.strictEqual(exchange.counts.unknown, 2)
    }
  })

  it("calls a book without any level halted, and one of a single side live", () => {
    const { do: step } = stage()
    const { state, reason } = step(1, snapshot([], []))
    assert.deepStrictEqual([state, reason], ["halted", "the venue shows an empty book"])
    assert.strictEqual(step(2, changes([["9", "1"]], [])).state, "live")
    assert.strictEqual(step(3, changes([["9", "0"]], [])).state, "halted")
    assert.strictEqual(step(4, snapshot([], [["10", "1"]])).state, "live")
  })

  it("keeps a halt that was announced on connecting, until data come", () => {
    const { do: step, mediator, exchange } = stage({}, false)
    step(1, { type: "halted", symbol: null, detail: "maintenance" })
    mediator.connected(2)
    const { state, reason } = exchange.status()
    assert.deepStrictEqual([state, reason], ["halted", "maintenance"])
    assert.strictEqual(step(3, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
  })

  it("asks again for the book of a halted market, which keeps its label meanwhile", () => {
    const { do: step, watch, said, exchange } = stage(QUIET)
    step(1, snapshot([["9", "1"]], [["10", "1"]]))
    step(2, { type: "resubscribe", symbol: "X", reason: "gap", detail: "a hole", send: ["again"] })
    step(3, { type: "halted", symbol: null, detail: "trading engine unavailable" })
    for (let second = 1; second <= 60; second++) watch(second * SECOND)
    assert.deepStrictEqual(said, ["again"])
    for (let second = 61; second <= 130; second++) watch(second * SECOND)
    assert.deepStrictEqual(said, ["again", "again", "again"])
    const { state, reason } = exchange.status()
    assert.deepStrictEqual([state, reason], ["halted", "trading engine unavailable"])
    assert.strictEqual(step(131 * SECOND, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
  })

  it("asks about a halted market whose halt never seems to end", () => {
    const { do: step, watch, given } = stage(QUIET)
    step(1, snapshot([["9", "1"]], [["10", "1"]]))
    step(2, { type: "halted", symbol: null, detail: "maintenance" })
    for (let second = 1; second <= 540; second++) watch(second * SECOND)
    assert.deepStrictEqual(given, [])
    watch(541 * SECOND)
    assert.deepStrictEqual(given, ["ask about book: no change for 541.0 s"])
  })

  it("never gives a market up for good that was live before, nor for a refusal that does not name it", () => {
    const before = stage()
    before.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    before.do(2, { type: "rejected", symbol: "X", detail: "unknown symbol" })
    assert.deepStrictEqual(before.given, ["for now: unknown symbol"])
    assert.strictEqual(before.exchange.status().reason, "refused: unknown symbol")
    const never = stage()
    never.do(1, { type: "refused", symbol: "X", detail: "404" })
    assert.deepStrictEqual(never.given, ["for now: 404"])
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
