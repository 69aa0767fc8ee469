// What the mediator makes of a venue's own words: a halt, an empty book, a refusal.
import { assert, describe, it } from "@effect/vitest"
import { changes, QUIET, SECOND, snapshot, stage } from "./mediatorStage.ts"

describe("the venue's own words", () => {
  it("takes no level that was refused before a reconnect for one of the new book, and goes on counting", () => {
    const first = stage()
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    first.do(2, changes([["NaN", "1"]], []))
    const second = stage({}, true, first)
    assert.strictEqual(second.do(3, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
    assert.deepStrictEqual([second.said, second.exchange.counts.invalid_levels], [[], 1])
    second.do(4, changes([["-1", "1"]], []))
    assert.deepStrictEqual([second.said, second.exchange.counts.invalid_levels], [["again"], 2])
  })

  it("calls a book without any level halted, and one of a single side live", () => {
    const { do: step } = stage()
    const { state, reason, reason_code } = step(1, snapshot([], []))
    assert.deepStrictEqual([state, reason, reason_code], ["halted", "the venue shows an empty book", "empty"])
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
    const { state, reason, reason_code } = exchange.status()
    assert.deepStrictEqual([state, reason, reason_code], ["halted", "trading engine unavailable", "halted"])
    assert.strictEqual(step(131 * SECOND, snapshot([["9", "1"]], [["10", "1"]])).state, "live")
  })

  it("keeps what the venue said of a halt, and not the place in a queue that was shown meanwhile", () => {
    const { do: step, watch, said, exchange } = stage()
    step(1, { type: "halted", symbol: null, detail: "maintenance" })
    exchange.queue(() => "number 3 of 9")
    for (let second = 1; second <= 61; second++) watch(second * SECOND)
    assert.deepStrictEqual(said, ["again"])
    const { reason, reason_code } = exchange.status()
    assert.deepStrictEqual([reason, reason_code], ["maintenance", "halted"])
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
    assert.deepInclude(before.exchange.status(), { reason: "refused: unknown symbol", reason_code: "refused" })
    const never = stage()
    never.do(1, { type: "refused", symbol: "X", detail: "404" })
    assert.deepStrictEqual(never.given, ["for now: 404"])
  })

  it("stands still when the venue refuses the symbol", () => {
    const { do: step, given } = stage()
    const { state, reason_code } = step(1, { type: "rejected", symbol: "X", detail: "unknown symbol" })
    assert.deepStrictEqual([state, reason_code], ["rejected", "rejected"])
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
