// Owns the proof of splitting joined names: the longest known ending, and the names in which it would cut a known base.
import { assert, describe, it } from "@effect/vitest"
import { QUOTES, splitJoined } from "../../../src/schemes/rules/pairs.ts"

const split = (joined: string, quotes?: ReadonlyArray<string>): string => {
  const pair = splitJoined(joined, quotes)
  return pair === null ? "none" : `${pair.base}/${pair.quote}`
}

describe("splitJoined", () => {
  it("takes the longest known ending", () => {
    for (const name of [
      "BTC/USDT",
      "BTC/TUSD",
      "ETH/BUSD",
      "ETH/FDUSD",
      "BTC/RLUSD",
      "BTC/USD",
      "TUSD/USDT",
      "USDT/TRY"
    ]) {
      assert.strictEqual(split(name.replace("/", "")), name)
    }
  })
  it("cuts no known base for a longer ending", () => {
    for (const name of ["USDT/USD", "EURT/USD", "UST/USD", "DOT/USD", "BNB/USD", "BNB/KRW", "TUSD/USD"]) {
      assert.strictEqual(split(name.replace("/", "")), name)
    }
  })
  it("reads every join of two listed codes back, but the two that the rule decides the other way", () => {
    const lost = QUOTES.flatMap((base) => QUOTES.map((quote) => `${base}/${quote}`)).filter(
      (name) => split(name.replace("/", "")) !== name
    )
    assert.sameMembers(lost, ["USD/TUSD", "EUR/TUSD"])
  })
  it("goes by the list it is given, and gives null for what that does not split", () => {
    assert.strictEqual(split("BTCTUSD", ["USDT", "USD"]), "BTCT/USD")
    for (const name of ["", "USD", "BTCXYZ", "btcusdt"]) assert.strictEqual(split(name), "none")
  })
})
