// How names are compared, and how dated futures are told apart in tags.
import { assert, describe, it } from "@effect/vitest"
import { datedSuffix } from "../../src/domain/Expiry.ts"
import { choose, folded, lookOf } from "../../src/domain/Names.ts"

describe("Names", () => {
  it("fold case and composition, and nothing else", () => {
    for (const [a, b] of [
      ["BTC", "btc"],
      ["CAFÉ", "cafe\u0301"],
      ["ΑΣ", "ας"],
      ["ſ", "S"]
    ] as const) {
      assert.strictEqual(folded(a), folded(b))
    }
    for (const [a, b] of [
      ["BTC", "ВТС"],
      ["e", "é"],
      ["1", "l"]
    ] as const)
      assert.notStrictEqual(folded(a), folded(b))
  })
  it("look alike where a reader can't tell them apart", () => {
    for (const look of [
      "kraken",
      "КRАКЕN",
      "Кrаkеn",
      "Ｋｒａｋｅｎ",
      "𝐊raken",
      "Kra\u200bken",
      "K r-a.k_e n",
      "ΚRAKEN"
    ]) {
      assert.strictEqual(lookOf(look), "kraken", look)
    }
    for (const other of ["Krakken", "Kraken2", "Краков"]) assert.notStrictEqual(lookOf(other), "kraken")
  })
  it("choose the exact one first, then the only other, else none", () => {
    const name = (row: string) => row.slice(1)
    const rows = ["1BTC", "2btc", "3ETH"]
    const chosen = (asked: string) =>
      choose(
        rows.map((row) => ({ row })),
        asked,
        ({ row }) => name(row)
      )
    assert.deepStrictEqual(chosen("btc"), { row: "2btc" })
    assert.deepStrictEqual(chosen("eth"), { row: "3ETH" })
    assert.strictEqual(chosen("Btc"), "several")
    assert.strictEqual(chosen("XRP"), "none")
  })
})

describe("datedSuffix", () => {
  const cases = {
    "BTC-USDT-261225": "20261225",
    BTCUSDT_261225: "20261225",
    BTC_USDT_20261225: "20261225",
    "BTC-25DEC26": "20261225",
    "BTCUSDT-2JAN27": "20270102",
    FI_XBTUSD_261225: "20261225-FI",
    ff_xbtusd_261225: "20261225-FF",
    // a month, a day without a year, no day at all
    XBTZ26: "XBTZ26",
    BTCUSDZ26: "BTCUSDZ26",
    "BTC-1230": "BTC-1230",
    "BTC-USDT-269999": "BTC-USDT-269999",
    "t*BTC:UST/x": "T_BTC_UST_X"
  }
  for (const [native, suffix] of Object.entries(cases)) {
    it(`${native} is ${suffix}`, () => assert.strictEqual(datedSuffix(native), suffix))
  }
})
