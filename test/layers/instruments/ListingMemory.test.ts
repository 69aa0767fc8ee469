// What is left of a listing when the next one says something else: an instrument is delisted by two answers that leave
// it out, and by one never.
import { assert, describe, it } from "@effect/vitest"
import { withFacts } from "../../../src/domain/Instrument.ts"
import { ListingMemory, MAX_INSTRUMENTS } from "../../../src/layers/instruments/ListingMemory.ts"
import { instrument } from "../../support/FakeInstruments.ts"

const scheme = { effective: (native: string) => native.toLowerCase() }
const btc = instrument({ native_symbol: "BTC/USD", base: "BTC", quote: "USD" })
const eth = instrument({ native_symbol: "ETH/USD", base: "ETH", quote: "USD", status: "halted" })
const DAY = 24 * 3_600 * 1_000_000

const statuses = (memory: ListingMemory) =>
  Object.fromEntries(memory.of(["SPOT"]).map(({ native_symbol, status }) => [native_symbol, status]))

describe("ListingMemory", () => {
  it("finds an instrument by the spellings that its venue takes, and by its type", () => {
    const memory = new ListingMemory(scheme)
    assert.isNull(memory.at)
    memory.take([btc, eth], 0, 5)
    assert.strictEqual(memory.at, 5)
    assert.strictEqual(memory.find("SPOT", "btc/usd"), btc)
    assert.isNull(memory.find("PERP", "BTC/USD"))
    assert.deepStrictEqual(memory.of(["PERP", "FUTURE"]), [])
  })

  it("keeps as it was what one answer leaves out, delists what two do, and forgets it a day later", () => {
    const memory = new ListingMemory(scheme)
    memory.take([btc, eth], 0, 0)
    memory.take([btc], 0, 1)
    assert.deepStrictEqual(statuses(memory), { "BTC/USD": "trading", "ETH/USD": "halted" })
    memory.take([btc], 0, 2)
    assert.deepStrictEqual(statuses(memory), { "BTC/USD": "trading", "ETH/USD": "delisted" })
    memory.take([btc], 0, 2 + DAY)
    assert.strictEqual(memory.find("SPOT", "ETH/USD")?.status, "delisted")
    memory.take([btc], 0, 3 + DAY)
    assert.deepStrictEqual(statuses(memory), { "BTC/USD": "trading" })
  })

  it("begins to count again when an instrument is back", () => {
    const memory = new ListingMemory(scheme)
    for (const listed of [[btc, eth], [btc], [btc, eth], [btc]]) memory.take(listed, 0, 0)
    assert.strictEqual(memory.find("SPOT", "ETH/USD")?.status, "halted")
    for (const listed of [[btc], [btc, eth]]) memory.take(listed, 0, 0)
    assert.strictEqual(memory.find("SPOT", "ETH/USD")?.status, "halted")
  })

  it("delists nothing by answers in which what is missed may be a row that can't be read", () => {
    const memory = new ListingMemory(scheme)
    memory.take([btc, eth], 0, 0)
    for (const at of [1, 2, 3]) memory.take([btc], 1, at)
    assert.strictEqual(memory.find("SPOT", "ETH/USD")?.status, "halted")
    for (const at of [4, 5]) memory.take([], 1, at)
    assert.deepStrictEqual(statuses(memory), { "BTC/USD": "delisted", "ETH/USD": "delisted" })
  })

  it("fills what a listing leaves out from what the venue said of one instrument alone, but for its status", () => {
    const memory = new ListingMemory(scheme)
    memory.take([btc, eth], 0, 0)
    memory.detail(withFacts(eth, { price_tick: "0.01", min_size: "0.1", status: "trading" }))
    assert.deepInclude(memory.find("SPOT", "ETH/USD"), { price_tick: "0.01", status: "trading" })
    memory.take([btc, withFacts(eth, { min_size: "0.2" })], 0, 1)
    assert.deepInclude(memory.find("SPOT", "ETH/USD"), { price_tick: "0.01", min_size: "0.2", status: "halted" })
    memory.detail(withFacts(btc, { native_symbol: "NOT/LISTED" }))
    assert.strictEqual(memory.size, 2)
  })

  it("is bounded: delisted ones give way", () => {
    const memory = new ListingMemory(scheme)
    const all = Array.from({ length: MAX_INSTRUMENTS + 100 }, (_, index) =>
      instrument({ native_symbol: `S${index}`, base: "S", quote: "USD" })
    )
    const many = (from: number) => all.slice(from, from + MAX_INSTRUMENTS)
    for (const from of [0, 100, 100]) memory.take(many(from), 0, 0)
    assert.strictEqual(memory.size, MAX_INSTRUMENTS)
    assert.isNull(memory.find("SPOT", "S5"))
    memory.take(many(100).slice(0, -50), 0, 0)
    assert.strictEqual(memory.size, MAX_INSTRUMENTS)
  })
})
