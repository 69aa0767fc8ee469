// What a feed's label says of a market that its venue lists as halted, not yet traded, or no more: only while its book
// does not speak, through reconnects, and no longer than the listing says so.
import { assert, describe, it } from "@effect/vitest"
import type { InstrumentStatus } from "../../../src/domain/InstrumentStatus.ts"
import { changes, definition, QUIET, SECOND, snapshot, stage } from "./mediatorStage.ts"

const BOOK = snapshot([["9", "1"]], [["10", "1"]])

/** A stage, and what its label says at every second up to one. */
const listedStage = (over: Partial<typeof definition> = QUIET, earlier?: ReturnType<typeof stage>) => {
  const on = stage(over, true, earlier)
  const until = (from: number, to: number) => {
    for (let second = from; second <= to; second++) on.watch(second * SECOND)
    const { state, reason_code } = on.exchange.status()
    return [state, reason_code]
  }
  return { ...on, until, read: (status: InstrumentStatus) => on.memory.listed.read(status) }
}

describe("a market that its venue lists as not trading", () => {
  it.each([
    ["halted", "the venue lists the market as halted"],
    ["pre_launch", "the venue lists the market, and does not trade it yet"],
    ["delisted", "the venue lists the market no more"]
  ] as const)("is halted for %s when its book has not spoken for a minute", (status, sentence) => {
    const { do: step, read, until, exchange } = listedStage()
    step(1 * SECOND, BOOK)
    read(status)
    assert.deepStrictEqual(until(2, 58), ["live", null], "its book spoke less than a minute ago")
    assert.deepStrictEqual(until(59, 60), ["halted", status])
    assert.strictEqual(exchange.status().reason, sentence)
  })

  it("is live for as long as its book speaks, and is not halted by the same reading again once it does", () => {
    const { do: step, read, until } = listedStage()
    step(1 * SECOND, BOOK)
    read("halted")
    until(2, 30)
    step(31 * SECOND, changes([["9", "2"]], []))
    assert.deepStrictEqual(until(32, 88), ["live", null])
    assert.deepStrictEqual(until(89, 90), ["halted", "halted"])
    assert.strictEqual(step(93 * SECOND, changes([["9", "3"]], [])).state, "live")
    assert.deepStrictEqual(until(94, 150), ["live", null], "the frame counts more than the reading")
    read("halted")
    assert.deepStrictEqual(until(151, 152), ["halted", "halted"], "the next reading says so again")
  })

  it("says so where no book comes at all, in place of asking again and again", () => {
    const { read, until, said, given } = listedStage()
    read("pre_launch")
    assert.deepStrictEqual(until(1, 4), ["syncing", "first_book"])
    assert.deepStrictEqual(until(5, 6), ["halted", "pre_launch"])
    assert.deepStrictEqual(until(7, 60), ["halted", "pre_launch"])
    assert.deepStrictEqual([said, given], [[], []])
    until(61, 125)
    assert.deepStrictEqual(said, ["again", "again"], "now and then, so that the end is seen")
    assert.deepStrictEqual([until(126, 127), given], [["halted", "pre_launch"], []])
  })

  it("is not suspected for what its venue promises of markets that trade", () => {
    const { do: step, read, until, said } = listedStage(definition)
    step(0, BOOK)
    for (let second = 1; second <= 60; second++) {
      step(second * SECOND, { type: "alive", symbol: "X" })
      read("halted")
      until(second, second)
    }
    assert.deepStrictEqual(until(61, 500), ["halted", "halted"])
    assert.deepStrictEqual(said, [])
  })

  it("is asked about after nine minutes, also where its book is empty", () => {
    for (const book of [BOOK, snapshot([], [])]) {
      const { do: step, read, until, given } = listedStage()
      step(0, book)
      read("pre_launch")
      assert.deepStrictEqual([until(60, 539), given], [["halted", "pre_launch"], []])
      until(540, 541)
      assert.deepStrictEqual(given, ["ask about book: no change for 540.0 s"])
    }
  })

  it("asks for its book at once when it is listed as trading again", () => {
    const { do: step, read, until, said } = listedStage()
    step(0, BOOK)
    read("halted")
    assert.deepStrictEqual(until(60, 100), ["halted", "halted"])
    read("trading")
    assert.deepStrictEqual(until(101, 101), ["resyncing", "maintenance"])
    assert.deepStrictEqual(said, ["again"])
    assert.strictEqual(step(102 * SECOND, BOOK).state, "live")
    assert.deepStrictEqual([until(103, 110), said], [["live", null], ["again"]])
  })

  it("leaves a halt that the venue announced to the venue", () => {
    const { do: step, read, until, exchange } = listedStage()
    step(0, BOOK, { type: "halted", symbol: null, detail: "auction" })
    read("halted")
    until(1, 100)
    assert.strictEqual(exchange.status().reason, "auction")
    read("trading")
    until(101, 102)
    assert.strictEqual(exchange.status().reason, "auction")
  })

  it("says so again on the next connection, and says nothing while there is none", () => {
    const first = listedStage()
    first.do(0, BOOK)
    first.read("delisted")
    assert.deepStrictEqual(first.until(60, 61), ["halted", "delisted"])
    first.exchange.signal("disconnected", { code: "closed", text: "closed" }, 62 * SECOND)
    assert.deepStrictEqual(first.until(63, 64), ["backoff", "closed"])
    const second = listedStage(QUIET, first)
    assert.deepStrictEqual(second.until(65, 75), ["halted", "delisted"])
    const { state, reason, reason_code } = second.do(76 * SECOND, { type: "rejected", symbol: "X", detail: "unknown" })
    assert.deepStrictEqual(second.given, ["for now: unknown"])
    assert.deepStrictEqual([state, reason, reason_code], ["resyncing", "refused: unknown", "refused"])
  })

  it("is rejected for being delisted where the venue refuses its name", () => {
    const { do: step, read } = listedStage()
    read("delisted")
    const { state, reason, reason_code } = step(1, { type: "rejected", symbol: "X", detail: "unknown symbol" })
    const said = "the venue lists the market no more; unknown symbol"
    assert.deepStrictEqual([state, reason, reason_code], ["rejected", said, "delisted"])
  })
})
