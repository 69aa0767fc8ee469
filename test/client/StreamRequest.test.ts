// How a subscription is put: the order of its channels, and how many places one message carries.
import { assert, describe, it } from "@effect/vitest"
import { subscription } from "../../src/client/StreamRequest.ts"

const places = (count: number) =>
  Array.from({ length: count }, (_, i) => [i + 1, { epoch: 12, seq: 1_795_442_795_224 }] as const)

describe("subscription", () => {
  it("puts the book behind what comes with it, and tops at intervals last", () => {
    const channels = ["quote_100ms", "book_change", "spread", "book_snapshot_5_100ms", "trade"] as const
    const { text } = subscription({ channels, markets: "*" }, [])
    assert.deepStrictEqual(JSON.parse(text), {
      op: "subscribe",
      id: 1,
      channels: ["spread", "trade", "book_change", "quote_100ms", "book_snapshot_5_100ms"],
      markets: "*",
      delivery: "lossless"
    })
  })

  it("carries as many places as the service reads, and names the others", () => {
    const few = subscription({ channels: ["trade"], markets: "*", delivery: "latest" }, places(2))
    assert.deepInclude(JSON.parse(few.text), {
      delivery: "latest",
      since: { 1: { epoch: 12, seq: 1_795_442_795_224 }, 2: { epoch: 12, seq: 1_795_442_795_224 } }
    })
    assert.deepStrictEqual(few.leftOut, [])
    const many = subscription({ channels: ["trade"], markets: "*" }, places(5_000))
    assert.isBelow(many.text.length, 60_001)
    assert.isAbove(many.text.length, 55_000)
    const { since } = JSON.parse(many.text) as { since: object }
    assert.strictEqual(Object.keys(since).length + many.leftOut.length, 5_000)
  })
})
