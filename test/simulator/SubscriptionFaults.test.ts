// Faults of subscriptions and announcements on every simulated venue: what its client really hears, read from the raw
// frames. Sockets and clock are the test's.
import { assert, describe, it } from "@effect/vitest"
import { named, trial } from "./venueTrial.ts"

describe("acked_silent", () => {
  it.each(named)("%s: a new subscription is never heard of, until it is made again later", (name, venue) => {
    const { stage, symbol, neighbour, booksOf, tradesOf, isLive } = trial(venue)
    isLive(stage.run(5), symbol, "before")
    const fault = stage.fault({ fault: "acked_silent", symbol, for_ms: 4_000 })
    assert.isTrue(stage.ends.every((end) => end === "1006"))
    const from = stage.heard.length
    stage.dial()
    const heard = [...stage.heard.slice(from), ...stage.run(60)]
    assert.isAtLeast(fault.hits, 1)
    assert.isEmpty(booksOf(heard, symbol))
    assert.isNotEmpty(tradesOf(heard, symbol), "the market trades")
    if (neighbour !== undefined) isLive(heard, neighbour, "a neighbour")
    if (name.startsWith("Bitfinex")) assertNumbered(heard)
    stage.pass(4_000_000)
    assert.isEmpty(booksOf(stage.run(5), symbol), "not even when the fault is over")
    stage.rejoin(symbol)
    isLive(stage.run(5), symbol, "subscribed again")
    assert.isTrue(stage.ends.every((end) => end === null))
    assert.strictEqual(stage.sim.counts.defects, 0)
  })
})

describe("dies", () => {
  it.each(named)("%s: so many more book frames, then none until it is subscribed again", (name, venue) => {
    const { stage, symbol, neighbour, booksOf, tradesOf, isLive } = trial(venue)
    stage.run(5)
    const fault = stage.fault({ fault: "dies", symbol, count: 3 })
    const heard = stage.run(60)
    assert.strictEqual(fault.hits, 3)
    // Bitstamp has a second stream of the book, Bitfinex checksums between the levels; a move said in several frames is
    // said whole
    assert.isAtMost(booksOf(heard, symbol).length, 3 + REST_OF_A_MOVE)
    assert.isNotEmpty(tradesOf(heard, symbol))
    const later = stage.run(20)
    assert.isEmpty(booksOf(later, symbol))
    if (neighbour !== undefined) isLive(later, neighbour, "a neighbour")
    if (name.startsWith("Bitfinex")) assertNumbered([...heard, ...later])
    stage.rejoin(symbol)
    isLive(stage.run(5), symbol, "subscribed again")
    assert.isTrue(stage.ends.every((end) => end === null))
  })
})

/** Frames of the move during which a subscription dies, at most. */
const REST_OF_A_MOVE = 12

/** The socket's one sequence has no hole: what was never sent was never numbered. */
const assertNumbered = (frames: ReadonlyArray<string>): void => {
  const numbers = frames.flatMap((text) => (text.startsWith("[") ? Number(/,(\d+),\d+\]$/.exec(text)?.[1]) : []))
  assert.isAbove(numbers.length, 10)
  numbers.slice(1).forEach((number, index) => assert.strictEqual(number, numbers[index]! + 1))
}

/** How each venue refuses a name; null: it acknowledges and is silent, or drops it without a word. */
const REFUSALS: Readonly<Record<string, RegExp | null>> = {
  Binance: null,
  bitFlyer: null,
  Bitstamp: null,
  Poloniex: null,
  HitBTC: /"subscriptions":\[[^\]]*\]/,
  Kraken: /Currency pair not supported BTC\/USD/,
  "Kraken futures": /invalid product/i,
  Gemini: /-1013/,
  FTX: /No such market/,
  Coinbase: /is not a valid product/,
  Bybit: /handler not found/,
  Bitfinex: /10300/,
  BitMEX: /"status":400/
}
/** What REST says of a name that the venue does not know. */
const REST_REFUSALS: Readonly<Record<string, RegExp>> = {
  Binance: /-1121/,
  Kraken: /EQuery:Unknown asset pair/,
  Bybit: /10001/,
  Gemini: /InvalidSymbol/,
  Bitstamp: /Not found/
}

describe.each(["refuse_name", "refuse_moment"] as const)("%s", (fault) => {
  it.each(named)("%s: refuses the name in its own way, then serves it again", (_name, venue) => {
    const { stage, words, symbol, neighbour, booksOf, isLive } = trial(venue)
    stage.run(5)
    stage.fault({ fault, symbol, for_ms: 6_000 })
    assert.isTrue(stage.ends.every((end) => end === "1006"))
    const from = stage.heard.length
    stage.dial()
    const heard = [...stage.heard.slice(from), ...stage.run(10)]
    assert.isEmpty(booksOf(heard, symbol))
    const { exchange, marketType } = venue
    const expected = REFUSALS[exchange === "Kraken" && marketType !== "SPOT" ? "Kraken futures" : exchange]!
    if (expected !== null) assert.match(heard.find((text) => expected.test(text)) ?? "", expected)
    if (exchange === "HitBTC")
      for (const text of heard.filter((one) => expected?.test(one))) assert.notInclude(text, `"${symbol}"`)
    // these refuse the whole request for one bad name
    const isStrict = ["Gemini", "Coinbase", "Bybit"].includes(exchange)
    if (neighbour !== undefined && !isStrict) isLive(heard, neighbour, "a neighbour")
    if (words.rest !== null) {
      const { status, body } = stage.rest(words.rest(symbol))
      if (REST_REFUSALS[exchange] === undefined) assert.isAtLeast(status, 400)
      else assert.match(body, REST_REFUSALS[exchange])
      if (neighbour !== undefined) assert.notMatch(stage.rest(words.rest(neighbour)).body, /"error":"|-1121|Not found/)
    }
    stage.pass(6_000_000)
    stage.dial()
    isLive(stage.run(5), symbol, "served again")
    if (words.rest !== null) assert.strictEqual(stage.rest(words.rest(symbol)).status, 200)
    assert.strictEqual(stage.sim.counts.defects, 0)
  })
})

describe("announce_shutdown", () => {
  const ANNOUNCED: Readonly<Record<string, RegExp>> = {
    "Binance SPOT": /"e":"serverShutdown"/,
    "Bitfinex SPOT": /"code":20051/,
    "Bitfinex PERP": /"code":20051/,
    "Bitstamp SPOT": /bts:request_reconnect/,
    "Bitstamp PERP": /bts:request_reconnect/,
    "FTX SPOT": /"code": 20001/,
    "FTX PERP": /"code": 20001/
  }

  it.each(named)("%s: is told, and its socket ends a while later, or there is no such frame", (name, venue) => {
    const { stage, symbol, isLive } = trial(venue)
    stage.run(5)
    const from = stage.heard.length
    const fault = stage.fault({ fault: "announce_shutdown", for_ms: 3_000 })
    const expected = ANNOUNCED[name]
    assert.strictEqual(fault.applicable, expected !== undefined)
    if (expected === undefined) return assert.deepStrictEqual([fault.hits, stage.ends.join("")], [0, ""])
    assert.match(stage.heard[from]!, expected)
    isLive(stage.run(10), symbol, "the old socket still speaks")
    assert.isTrue(stage.ends.every((end) => end === null))
    stage.pass(3_000_000)
    assert.isTrue(stage.ends.every((end) => end === "1001 shutdown"))
    return undefined
  })
})

describe("halt_on_connect", () => {
  const HALTS: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
    "Kraken SPOT": [/"system":"maintenance"/, /"system":"online"/],
    "Bitfinex SPOT": [/"platform":\{"status":0\}/, /"code":20061/],
    "Bitfinex PERP": [/"platform":\{"status":0\}/, /"code":20061/]
  }

  it.each(named)("%s: says so on connect and when it is over, or has no such word", (name, venue) => {
    const { stage, symbol, booksOf, isLive } = trial(venue)
    stage.run(5)
    const fault = stage.fault({ fault: "halt_on_connect", for_ms: 4_000 })
    const expected = HALTS[name]
    assert.strictEqual(fault.applicable, expected !== undefined)
    if (expected === undefined) return
    assert.isTrue(stage.ends.every((end) => end === "1006"))
    const from = stage.heard.length
    stage.dial()
    assert.match(stage.heard[from]!, expected[0])
    assert.isEmpty(booksOf(stage.run(10), symbol))
    stage.pass(4_000_000)
    assert.match(stage.heard.at(-1)!, expected[1])
    stage.dial()
    isLive(stage.run(5), symbol, "after the halt")
  })
})
