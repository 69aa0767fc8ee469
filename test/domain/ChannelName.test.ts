// The names of channels: what each asks for, and that every other text is answered in words.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { readChannel } from "../../src/domain/ChannelName.ts"

describe("readChannel", () => {
  it("reads the field's names", () => {
    assert.deepStrictEqual(readChannel("book_change"), { kind: "book_change", name: "book_change" })
    assert.deepStrictEqual(readChannel("book_snapshot_25_100ms"), {
      kind: "book_snapshot",
      name: "book_snapshot_25_100ms",
      depth: 25,
      interval: 100
    })
    assert.deepStrictEqual(readChannel("quote_1000ms"), { kind: "quote", name: "quote_1000ms", interval: 1_000 })
    const spot = { kind: "consolidated", name: "consolidated_btc-usd", pair: "BTC-USD", type: "SPOT" } as const
    assert.deepStrictEqual(readChannel("consolidated_btc-usd"), spot)
    const perp = { kind: "consolidated", name: "consolidated_PERP:BTC-USD", pair: "BTC-USD", type: "PERP" } as const
    assert.deepStrictEqual(readChannel("consolidated_PERP:BTC-USD"), perp)
  })

  it("says what is wrong with any other", () => {
    const wrong = [
      "",
      "book_snapshot",
      "book_snapshot_5",
      "book_snapshot_1001_100ms",
      "quote_3ms",
      "quote_1s",
      "consolidated_",
      "Spread",
      "__proto__"
    ]
    for (const name of wrong) assert.isString(readChannel(name), name)
  })

  it.prop("reads any text without harm", [Schema.String], ([text]) => {
    const read = readChannel(text)
    assert.isTrue(typeof read === "string" || read.name === text)
  })
})
