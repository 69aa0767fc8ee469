// What silence means to the mediator, second by second: which is doubted, who is asked about it and how often, and what
// a subscription that died leaves behind.
import { assert, describe, it } from "@effect/vitest"
import { changes, QUIET, SECOND, snapshot, stage, trade } from "./mediatorStage.ts"

describe("silence", () => {
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
    const { do: step, watch, said, given, memory } = stage()
    assert.strictEqual(watch(8 * SECOND).state, "syncing")
    assert.strictEqual(watch(9 * SECOND).state, "resyncing")
    assert.deepStrictEqual(said, ["again"])
    watch(25 * SECOND)
    assert.deepStrictEqual(given, [])
    watch(26 * SECOND)
    assert.deepStrictEqual(given, ["silent"])
    assert.strictEqual(memory.patience, 32 * SECOND)
    step(27 * SECOND, snapshot([["9", "1"]], [["10", "1"]]))
    assert.strictEqual(memory.patience, 8 * SECOND)
  })

  it("asks the venue about a silence that is strange for the market, and stays live if it shows the very book", () => {
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

  it("asks about a market it does not know after 30 s, again within a minute, then twice as late each time", () => {
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

  it("calls a silent book stale if nobody could ask about it in a minute, and live by the market's next frame", () => {
    const { do: step, watch } = stage(QUIET)
    step(0, snapshot([["9", "1"]], [["10", "1"]]))
    for (let second = 1; second < 58; second++) assert.strictEqual(watch(second * SECOND).state, "live")
    const { state, reason, reason_code } = watch(58 * SECOND)
    assert.deepStrictEqual(
      [state, reason, reason_code],
      ["stale", "silent: no change for 58.0 s, and the venue could not be asked about it yet", "silent"]
    )
    assert.strictEqual(step(59 * SECOND, changes([["9", "2"]], [])).state, "live")
  })

  it("trusts no REST book after a subscription died, before the stream has spoken", () => {
    const first = stage(QUIET)
    first.do(1, snapshot([["9", "1"]], [["10", "1"]]))
    first.mediator.died({ reason: "silent", detail: "no change for 30.0 s" }, 31 * SECOND)
    assert.deepStrictEqual(first.exchange.status().reason, "silent: no change for 30.0 s")
    first.exchange.signal("disconnected", { code: "silent", text: "silent: no change for 30.0 s" }, 32 * SECOND)
    first.exchange.signal("dial", null, 32 * SECOND)
    const second = stage(QUIET, true, first)
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
    const { do: step, watch, mediator, exchange, memory } = stage(QUIET)
    memory.unconfirmed = true
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
    let last: ReturnType<typeof stage> | undefined
    const lived: Array<number> = []
    for (let life = 0, at = 0; life < 6; life++) {
      last = stage(QUIET, true, last)
      const { do: step, watch, given, mediator } = last
      const begun = at
      step(at, snapshot([["9", "1"]], [["10", "1"]]))
      while (given.length === 0) watch((at += SECOND))
      lived.push((at - begun) / SECOND)
      mediator.died({ reason: "silent", detail: "a probe of other units" }, at)
    }
    assert.deepStrictEqual(lived, [30, 50, 120, 240, 480, 540])
    const moved = stage(QUIET, true, last)
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
})
