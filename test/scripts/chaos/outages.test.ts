// Holds the outages that an observer saw to plain cases: when a market counts as dark, and when as live again.
import { assert, describe, it } from "@effect/vitest"
import { outages, recovery } from "../../../scripts/chaos/outages.ts"

const turn = (at: number, state: string) => ({ at: at * 1_000_000, state, reason: null, code: null })
const seconds = (time: number) => time * 1_000_000

describe("outages", () => {
  it("are what lies between two times of being live, whatever the states in between", () => {
    const turns = [turn(1, "connecting"), turn(2, "live"), turn(5, "resyncing"), turn(6, "backoff"), turn(9, "live")]
    assert.deepStrictEqual(
      outages(turns).map(({ from, to }) => [from, to]),
      [
        [seconds(1), seconds(2)],
        [seconds(5), seconds(9)]
      ]
    )
    assert.strictEqual(outages([...turns, turn(10, "stale")]).at(-1)?.to, null)
  })
})

describe("recovery", () => {
  const spans = outages([turn(1, "live"), turn(10, "backoff"), turn(14, "live"), turn(30, "backoff"), turn(31, "live")])

  it("is counted from the fault's end", () => {
    assert.strictEqual(recovery(spans, seconds(9), seconds(11), Infinity), seconds(3))
    assert.strictEqual(recovery(spans, seconds(9), seconds(15), Infinity), 0)
  })

  it("knows what a fault did not hurt, and what the next one did", () => {
    assert.isNull(recovery(spans, seconds(18), seconds(20), Infinity))
    assert.strictEqual(recovery(spans, seconds(26), seconds(27), Infinity), seconds(4))
    assert.isNull(recovery(spans, seconds(26), seconds(27), seconds(29)))
  })

  it("says when there was none", () => {
    assert.strictEqual(recovery(outages([turn(1, "backoff")]), seconds(1), seconds(2), Infinity), "never")
  })
})
