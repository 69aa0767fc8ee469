// Owns the proof of Unanswered: no symbol is blamed while another could be meant, and the refused ones always are in
// the end.
import { assert, describe, it } from "@effect/vitest"
import { Unanswered } from "../../../src/schemes/rules/Unanswered.ts"

const asked = (...symbols: ReadonlyArray<string>): Unanswered => {
  const unanswered = new Unanswered()
  for (const symbol of symbols) {
    unanswered.ask(symbol, "book")
    unanswered.ask(symbol, "trade")
  }
  return unanswered
}

describe("Unanswered", () => {
  it("blames the only symbol asked, once both its requests are refused", () => {
    const unanswered = asked("A")
    assert.deepStrictEqual(unanswered.refused(), [])
    assert.deepStrictEqual(unanswered.refused(), ["A"])
    assert.isNull(unanswered.refused())
  })
  it("waits for the others' acknowledgements, whatever the order of the replies", () => {
    const unanswered = asked("A", "B")
    assert.deepStrictEqual(unanswered.refused(), [])
    assert.deepStrictEqual(unanswered.answered("B", "trade"), [])
    assert.deepStrictEqual(unanswered.refused(), [])
    assert.deepStrictEqual(unanswered.answered("B", "book"), ["A"])
  })
  it("blames nobody when all is acknowledged", () => {
    const unanswered = asked("A")
    assert.deepStrictEqual(unanswered.answered("A", "book"), [])
    assert.deepStrictEqual(unanswered.answered("A", "trade"), [])
    assert.isNull(unanswered.refused())
  })
})
