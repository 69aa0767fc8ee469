// Owns the proof of what the Binance schemes say and hear beside the books: acknowledgements, refusals and whom they
// mean, control frames, trades, lines, times, the probe, and names both ways.
import { assert, describe, it } from "@effect/vitest"
import { binanceInverse, binanceLinear, binanceSpot } from "../../../src/schemes/binance/Binance.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { told } from "../../support/SchemeBench.ts"

const depth = (s: string, U: number, u: number, pu?: number) => ({
  stream: `${s.toLowerCase()}@depth@100ms`,
  data: { e: "depthUpdate", E: 1626992741037, s, U, u, ...(pu === undefined ? {} : { pu }), b: [], a: [] }
})
const rest = (lastUpdateId: number) => JSON.stringify({ lastUpdateId, bids: [["1", "2"]], asks: [] })
const typesOf = (instructions: ReadonlyArray<{ readonly type: string }>) => instructions.map(({ type }) => type)
const opened = (scheme = binanceSpot, symbols = ["NKNUSDT"], line = "all") => {
  const session = scheme.session(line)
  session.join(symbols)
  return session
}

describe("control frames", () => {
  it("an acknowledgement asks for each book once", () => {
    const session = opened(binanceSpot, ["NKNUSDT", "ETHBTC"])
    const path = "/api/v3/depth?symbol=NKNUSDT&limit=1000"
    const asked = told(session, { result: null, id: 1 })
    assert.deepStrictEqual(typesOf(asked), ["fetch", "fetch"])
    assert.deepInclude(asked[0], { symbol: "NKNUSDT", path, reason: null })
    assert.deepStrictEqual(told(session, { result: null, id: 1 }), [])
    assert.deepStrictEqual(told(session, { result: ["btcusdt@aggTrade"], id: 3 }), [])
  })
  it("an error of a known request rejects its one market, and asks one by one for several", () => {
    const error = { code: 2, msg: "Invalid request: invalid stream" }
    const session = opened(binanceSpot, ["NKNUSDT", "BAD"])
    const sent = told(session, { error, id: 1 })
    assert.deepStrictEqual(sent, [
      { type: "send", text: '{"method":"SUBSCRIBE","params":["nknusdt@depth@100ms","nknusdt@trade"],"id":2}' },
      { type: "send", text: '{"method":"SUBSCRIBE","params":["bad@depth@100ms","bad@trade"],"id":3}' }
    ])
    assert.deepStrictEqual(told(session, { error, id: 3 }), [{ type: "rejected", symbol: "BAD", detail: error.msg }])
    assert.deepStrictEqual(typesOf(told(session, { result: null, id: 2 })), ["fetch"])
  })
  it("an error of a single request that names no stream is a guess, and of another kind ends the socket", () => {
    const invalid = { code: 2, msg: "Invalid request: unknown variant" }
    const refused = [{ type: "refused", symbol: "NKNUSDT", detail: invalid.msg }]
    assert.deepStrictEqual<unknown>(told(opened(), { error: invalid, id: 1 }), refused)
    const busy = { code: 3, msg: "Too many requests" }
    const two = opened(binanceSpot, ["NKNUSDT", "ETHBTC"])
    assert.deepInclude(told(two, { error: busy, id: 1 })[0], { type: "reconnect", reason: "refused" })
  })
  it("an error of an unsubscription means nobody", () => {
    const session = opened(binanceSpot, ["NKNUSDT"])
    session.leave(["BAD"])
    const error = { code: 2, msg: "Invalid request: invalid stream" }
    assert.deepStrictEqual(told(session, { error, id: 2 }), [])
  })
  it("an error of no known request ends the socket", () => {
    for (const frame of [
      { id: null, error: { code: 3, msg: "Invalid json" } },
      { code: 2, msg: "Invalid request: unknown variant" },
      { id: 99, error: { code: 3, msg: "no" } }
    ]) {
      assert.deepInclude(told(opened(), frame)[0], { type: "reconnect", reason: "refused" })
    }
  })
  it("a refusal of REST rejects an unknown symbol and reconnects for all else", () => {
    const detail = "Invalid symbol."
    const refused = opened().answer("NKNUSDT", 400, JSON.stringify({ code: -1121, msg: detail }), 0)
    assert.deepStrictEqual(refused, [{ type: "rejected", symbol: "NKNUSDT", detail }])
    for (const status of [400, 404]) {
      const guessed = opened().answer("NKNUSDT", status, "<html>", 0)
      const said = `the REST book answered ${status}`
      assert.deepStrictEqual(guessed, [{ type: "refused", symbol: "NKNUSDT", detail: said }])
    }
    const busy = JSON.stringify({ code: -1003, msg: "Too many requests." })
    assert.deepInclude(opened().answer("NKNUSDT", 400, busy, 0)[0], { type: "reconnect", reason: "refused" })
    assert.deepInclude(opened().answer("NKNUSDT", 502, "", 0)[0], { type: "reconnect", reason: "refused" })
    assert.deepInclude(opened().answer("NKNUSDT", 429, "<html>", 0)[0], { type: "reconnect", reason: "refused" })
    assert.deepInclude(opened().answer("NKNUSDT", 200, "{}", 0)[0], { type: "reconnect", reason: "unreadable" })
  })
  it("the server's shutdown is announced, and ends nothing yet", () => {
    const frame = { stream: "!serverShutdown", data: { e: "serverShutdown", E: 1770123456789 } }
    const detail = "the server announced its shutdown"
    const said = (frame: unknown) => told(opened(), frame)
    for (const told of [frame, frame.data]) assert.deepStrictEqual(said(told), [{ type: "closing", detail }])
  })
  it("that nobody knows are harmless, and a frame that could hold a book is not", () => {
    const harmless = (frame: unknown): boolean => {
      const result = opened().receive(Buffer.from(JSON.stringify(frame)), 1)
      return result instanceof Unreadable && result.harmless
    }
    for (const frame of [
      { result: { combined: true }, id: 4 },
      { method: "notice", text: "hello" },
      {},
      { stream: "nknusdt@novelty", data: "text" },
      { e: "novelty", s: "NKNUSDT" },
      [{ e: "novelty" }],
      "x",
      7
    ]) {
      assert.isTrue(harmless(frame), JSON.stringify(frame))
    }
    const { data } = depth("NKNUSDT", 1, 2)
    for (const frame of [{ stream: "nknusdt@depth", data: { ...data, u: "2" } }, { ...data, u: "2" }, { u: 2 }, [1]]) {
      assert.isFalse(harmless(frame), JSON.stringify(frame))
    }
  })
})

describe("trades", () => {
  const trade = (m: boolean, X?: string) => ({
    stream: "bnbbtc@trade",
    data: {
      e: "trade",
      E: 1554076800945,
      s: "BNBBTC",
      t: 40756030,
      p: "0.00426990",
      q: "33.82000000",
      T: 1554076800940,
      m,
      M: true,
      ...(X === undefined ? {} : { X })
    }
  })
  const aggTrade = {
    stream: "ctkusdt@aggTrade",
    data: {
      e: "aggTrade",
      E: 1626992741575,
      a: 16599292,
      s: "CTKUSDT",
      p: "1.01100",
      q: "10",
      f: 23961322,
      l: 23961322,
      T: 1626992741421,
      m: true
    }
  }
  const session = opened(binanceSpot, ["BNBBTC"])

  it("have the taker's side", () => {
    const fill = { id: 40756030, price: 0.0042699, size: 33.82, time: 1554076800940000 }
    const of = (side: string) => [{ type: "trades", symbol: "BNBBTC", trades: [{ ...fill, side }] }]
    assert.deepStrictEqual<unknown>(told(session, trade(false)), of("buy"))
    assert.deepStrictEqual<unknown>(told(session, trade(true, "MARKET")), of("sell"))
  })
  it("of anything but the market are dropped", () => {
    for (const X of ["INSURANCE_FUND", "ADL", "NA"]) assert.deepStrictEqual(told(session, trade(false, X)), [])
  })
  it("and depth of USD-M come on a line each, and are ignored on the other's", () => {
    const [onPublic, onMarket] = ["public", "market"].map((line) => opened(binanceLinear, ["CTKUSDT"], line))
    const texts = (line: string) => binanceLinear.session(line).join(["CTKUSDT"])
    assert.deepStrictEqual(texts("public"), ['{"method":"SUBSCRIBE","params":["ctkusdt@depth@100ms"],"id":1}'])
    assert.deepStrictEqual(texts("market"), ['{"method":"SUBSCRIBE","params":["ctkusdt@aggTrade"],"id":1}'])
    assert.deepStrictEqual(told(onPublic!, aggTrade), [])
    assert.deepStrictEqual(typesOf(told(onMarket!, aggTrade)), ["trades"])
    assert.deepStrictEqual(told(onMarket!, depth("CTKUSDT", 5, 6, 4)), [])
    assert.deepStrictEqual(told(onMarket!, { result: null, id: 1 }), [])
    assert.deepStrictEqual(typesOf(told(onPublic!, depth("CTKUSDT", 5, 6, 4))), ["fetch"])
  })
})

describe("times", () => {
  it("are milliseconds, or microseconds where the address asked for them", () => {
    const session = opened()
    session.answer("NKNUSDT", 200, rest(1), 0)
    const timeOf = (frame: unknown) => {
      const [first] = told(session, frame)
      return first?.type === "changes" ? first.time : null
    }
    assert.strictEqual(timeOf(depth("NKNUSDT", 2, 2)), 1626992741037000)
    const fine = depth("NKNUSDT", 3, 3)
    assert.strictEqual(timeOf({ ...fine, data: { ...fine.data, E: 1626992741037123 } }), 1626992741037123)
  })
})

describe("the probe", () => {
  it.each([
    [binanceSpot, "/api/v3/depth?symbol=BTCUSDT&limit=100", 5, 100],
    [binanceLinear, "/fapi/v1/depth?symbol=BTCUSDT&limit=50", 2, 50],
    [binanceInverse, "/dapi/v1/depth?symbol=BTCUSDT&limit=50", 2, 50]
  ] as const)("asks for the best levels: $1", (scheme, path, weight, limit) => {
    const probe = scheme.probe!
    assert.deepStrictEqual([probe.path("BTCUSDT"), probe.weight], [path, weight])
    const body = '{"lastUpdateId":499869752,"bids":[["0.35210000","672.00000000"]],"asks":[["0.3522","1"]]}'
    const asks = [[0.3522, 1] as const]
    assert.deepStrictEqual(probe.read(body, "X"), { bids: [[0.3521, 672]], asks, complete: true })
    const side = Array.from({ length: limit }, (_, n) => [String(100 - n), "1"])
    assert.isFalse(probe.read(JSON.stringify({ lastUpdateId: 1, bids: side, asks: [] }), "X")!.complete)
    assert.isNull(probe.read('{"code":-1121,"msg":"Invalid symbol."}', "X"))
  })
})

describe("names", () => {
  it.each([
    [binanceSpot, "SPOT", ["BTCUSDT", "ETHBTC", "RUNEEUR"]],
    [binanceLinear, "PERP", ["BTCUSDT", "BTCUSDC", "1000SHIBUSDT"]],
    [binanceInverse, "INVERSE", ["BTCUSD_PERP", "ETHUSD_PERP", "LINKUSD_PERP"]]
  ] as const)("go to a market and back: $1", (scheme, type, natives) => {
    for (const native of natives) {
      const pair = scheme.fromNative(native, type)
      assert.strictEqual(pair === null ? null : scheme.toNative(pair, type), native)
    }
  })
  it("of dated futures tell base and quote, in one system each", () => {
    assert.deepStrictEqual(binanceLinear.fromNative("BTCUSDT_210924", "FUTURE"), { base: "BTC", quote: "USDT" })
    assert.deepStrictEqual(binanceInverse.fromNative("LINKUSD_211231", "FUTURE"), { base: "LINK", quote: "USD" })
    assert.isNull(binanceLinear.fromNative("LINKUSD_211231", "FUTURE"))
    assert.isNull(binanceSpot.fromNative("BTCUSD_PERP", "SPOT"))
    assert.isNull(binanceInverse.fromNative("BTCUSD_PERP", "FUTURE"))
  })
  it("tell what a size counts", () => {
    assert.strictEqual(binanceInverse.sizeUnit("INVERSE", "BTCUSD_PERP").contract_value, "100 USD")
    assert.strictEqual(binanceInverse.sizeUnit("INVERSE", "ETHUSD_PERP").contract_value, "10 USD")
    assert.strictEqual(binanceLinear.sizeUnit("PERP", "BTCUSDT").size_unit, "base")
  })
})
