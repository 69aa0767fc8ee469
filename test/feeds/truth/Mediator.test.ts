// The mediator alone, with a scheme and a clock under the test's hand: what is proven before it is called live, how a
// lost book is repaired, when repair gives way to a new socket, and what is passed on.
import { assert, describe, it } from "@effect/vitest"
import { defineScheme } from "../../../src/schemes/defineScheme.ts"
import type { Levels } from "../../../src/schemes/Instruction.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { changes, definition, SECOND, snapshot, stage, trade } from "./mediatorStage.ts"

describe("Mediator", () => {
  it("calls a book live only when its snapshot is proven", () => {
    const { do: step, said, exchange } = stage()
    assert.strictEqual(step(1, snapshot([["9", "1"]], [["10", "1"]], 2)).state, "resyncing")
    assert.deepInclude(exchange.status(), { reason: "checksum: 1 bids, not 2", reason_code: "checksum" })
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
    assert.strictEqual(exchange.status().reason_code, "crossed")
    assert.strictEqual(step(3, changes([["10", "0"]], [])).state, "live")
    step(4, changes([["11", "1"]], []))
    assert.deepStrictEqual(said, [])
    assert.strictEqual(step(5, changes([["11", "2"]], [])).state, "resyncing")
    assert.deepStrictEqual(said, ["again"])
    assert.strictEqual(exchange.counts.crossed, 2)
  })

  it("counts missed and repeated trades by their dense ids, and tells a hole", () => {
    const { do: step, exchange, events } = stage()
    step(1, trade(5), trade(6), trade(6), trade(9))
    assert.strictEqual(exchange.counts.trades, 3)
    assert.strictEqual(exchange.counts.trades_repeated, 1)
    assert.strictEqual(exchange.counts.trades_missed, 2)
    const told = events.flatMap((event) => (event.type === "status" ? [[event.reason, event.reason_code]] : []))
    assert.deepInclude(told, ["trades missed: 7 to 8", "trades_missed"])
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

  it("repairs the first bad level of a book that comes after another with one, and none that is good", () => {
    const first = stage()
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    first.do(2, changes([["NaN", "1"]], []))
    const { exchange } = first
    const second = stage({}, true, first)
    assert.strictEqual(second.do(3, snapshot([["", "1"]], [["10", "1"]])).state, "resyncing")
    assert.strictEqual(exchange.counts.invalid_levels, 2)
    const third = stage({}, true, first)
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
})
