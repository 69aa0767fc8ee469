// Owns the proof of what the Bybit schemes ask and hear beside the books: requests, refusals and whom they mean, the
// probe, and names of three categories both ways.
import { assert, describe, it } from "@effect/vitest"
import { bybitInverse, bybitLinear, bybitSpot } from "../../../src/schemes/bybit/Bybit.ts"
import { captured, describeCaptured } from "../../support/realRecordings.ts"
import { fold, told } from "../../support/SchemeBench.ts"

const open = () => {
  const session = bybitLinear.session("public")
  session.join(["BTCUSDT"])
  return session
}

describe("refusals", () => {
  it("reject a topic that does not exist, asking one by one to find it", () => {
    const refusal = (id: string) =>
      `{"success":false,"ret_msg":"error:handler not found","conn_id":"x","req_id":"${id}","op":"subscribe"}`
    const session = bybitLinear.session("public")
    session.join(["BTCUSDT", "NOSUCH"])
    assert.deepStrictEqual(
      told(session, refusal("1")).map(({ type }) => type),
      ["send", "send"]
    )
    assert.deepStrictEqual(told(session, refusal("3")), [
      { type: "rejected", symbol: "NOSUCH", detail: "error:handler not found" }
    ])
    assert.deepStrictEqual(told(session, refusal("2").replace(',"req_id":"2"', "")), [
      { type: "rejected", symbol: "BTCUSDT", detail: "error:handler not found" }
    ])
  })
  it("reject the symbol that a refusal names, in whole words, and ask for the others of its request again", () => {
    const refusal = (topic: string, id = "1", said = "error:handler not found") =>
      `{"success":false,"ret_msg":"${said},topic:${topic}","conn_id":"x","req_id":"${id}","op":"subscribe"}`
    const session = bybitLinear.session("public")
    session.join(["BTCUSDT", "NOPEUSDT", "PEUSDT"])
    const bad = "orderbook.1000.NOPEUSDT"
    const left = ["orderbook.1000.BTCUSDT", "publicTrade.BTCUSDT", "orderbook.1000.PEUSDT", "publicTrade.PEUSDT"]
    assert.deepStrictEqual<unknown>(told(session, refusal(bad)), [
      { type: "send", text: JSON.stringify({ op: "subscribe", args: left, req_id: "2" }) },
      { type: "rejected", symbol: "NOPEUSDT", detail: `error:handler not found,topic:${bad}` }
    ])
    // another's: nobody here is meant
    assert.deepStrictEqual(told(session, refusal("orderbook.1000.EUSDT", "2")), [])
    assert.deepStrictEqual<unknown>(told(session, refusal("publicTrade.PEUSDT", "9", "error:not now")), [
      { type: "refused", symbol: "PEUSDT", detail: "error:not now,topic:publicTrade.PEUSDT" }
    ])
  })
  it("that refuse to leave what does not exist cost nobody", () => {
    for (const said of ["error:handler not found", "error:handler not found,topic:orderbook.1000.NOPEUSDT"]) {
      const refusal = `{"success":false,"ret_msg":"${said}","conn_id":"x","req_id":"2","op":"unsubscribe"}`
      const session = bybitLinear.session("public")
      session.join(["BTCUSDT"])
      session.leave(["NOPEUSDT"])
      assert.deepStrictEqual(told(session, refusal), [])
    }
  })
  it("ask again for the rest of a request that fails since one of its topics is subscribed", () => {
    const said = '"ret_msg":"error:already subscribed,topic:orderbook.1000.BTCUSDT"'
    const refusal = `{"success":false,${said},"conn_id":"c","req_id":"1","op":"subscribe"}`
    const session = bybitLinear.session("public")
    session.join(["BTCUSDT"])
    assert.deepStrictEqual(told(session, refusal), [
      { type: "send", text: '{"op":"subscribe","args":["publicTrade.BTCUSDT"],"req_id":"2"}' }
    ])
    assert.deepStrictEqual(told(session, refusal), [])
  })
  it("give the socket up for a refusal that names no topic", () => {
    const refusal = String.raw`{"success":false,"ret_msg":"args size \u003e10","conn_id":"x","op":"subscribe"}`
    assert.deepStrictEqual(told(open(), refusal), [{ type: "reconnect", reason: "refused", detail: "args size >10" }])
  })
})

describeCaptured("the errors of 2026-09", () => {
  it("refuse NOPEUSDT by name, and leave BTCUSDT beside it alone", () => {
    const recording = captured("frames/bybit-2026-09-errors")
    const refused = fold(bybitLinear, "NOPEUSDT", recording).story.at(-1)
    assert.strictEqual(refused, "rejected: error:handler not found,topic:orderbook.1000.NOPEUSDT")
    const { story, exchange } = fold(bybitLinear, "BTCUSDT", recording)
    assert.strictEqual(story.at(-1), "syncing: waiting for the first book")
    assert.strictEqual(exchange.counts.unknown, 0)
  })
})

describe("the probe", () => {
  it("reads the best levels of the category's book", () => {
    const { probe } = bybitInverse
    assert.strictEqual(probe!.path("BTCUSD"), "/v5/market/orderbook?category=inverse&symbol=BTCUSD&limit=50")
    const body = (code: number, b: ReadonlyArray<readonly [string, string]>) =>
      JSON.stringify({
        retCode: code,
        retMsg: "OK",
        result: { s: "BTCUSD", b, a: [["82586.50", "40199"]], ts: 1, u: 32949562, seq: 118895328882, cts: 1 }
      })
    const asks = [[82586.5, 40199] as const]
    assert.deepStrictEqual(probe!.read(body(0, [["82564.50", "499"]]), "BTCUSD"), {
      bids: [[82564.5, 499]],
      asks,
      complete: true
    })
    const full = Array.from({ length: 50 }, (_, n) => [String(100 - n), "1"] as const)
    assert.isFalse(probe!.read(body(0, full), "BTCUSD")!.complete)
    assert.isNull(probe!.read(body(10006, []), "BTCUSD"))
    assert.isNull(probe!.read(body(0, []), "ETHUSD"))
    assert.isNull(probe!.read('{"retCode":10001,"retMsg":"Not supported symbols","result":{},"time":1}', "BTCUSD"))
  })
})

describe("subscriptions and names", () => {
  it("ask for ten topics a request at most", () => {
    const texts = bybitSpot.session("public").join(["A", "B", "C", "D", "E", "F"].map((base) => `${base}USDT`))
    assert.deepStrictEqual(
      texts.map((text) => JSON.parse(text).args.length),
      [10, 2]
    )
    const one = '{"op":"subscribe","args":["orderbook.1000.BTCUSDT","publicTrade.BTCUSDT"],"req_id":"1"}'
    assert.deepStrictEqual(bybitSpot.session("public").join(["BTCUSDT"]), [one])
  })
  it("go both ways", () => {
    for (const [scheme, type, natives] of [
      [bybitSpot, "SPOT", ["BTCUSDT", "BTCUSDC", "ETHUSDC", "ETHBTC"]],
      [bybitLinear, "PERP", ["BTCUSDT", "LTCUSDT", "1000PEPEUSDT", "BTCPERP", "SHIB1000PERP"]],
      [bybitInverse, "INVERSE", ["BTCUSD", "ETHUSD", "EOSUSD"]]
    ] as const) {
      for (const native of natives) {
        const pair = scheme.fromNative(native, type)
        assert.strictEqual(pair && scheme.toNative(pair, type), native)
      }
    }
    assert.deepStrictEqual(bybitLinear.fromNative("BTCPERP", "PERP"), { base: "BTC", quote: "USDC" })
  })
  it("know dated names, which no rule builds", () => {
    assert.deepStrictEqual(bybitLinear.fromNative("BTCUSDT-26MAR27", "FUTURE"), { base: "BTC", quote: "USDT" })
    assert.deepStrictEqual(bybitLinear.fromNative("BTC-24MAR23", "FUTURE"), { base: "BTC", quote: "USDC" })
    assert.deepStrictEqual(bybitInverse.fromNative("BTCUSDH23", "FUTURE"), { base: "BTC", quote: "USD" })
    assert.isNull(bybitLinear.fromNative("BTCUSDH23", "FUTURE"))
    assert.isNull(bybitInverse.fromNative("BTCUSDT-26MAR27", "FUTURE"))
    assert.isNull(bybitLinear.fromNative("BTC-13FEB25-89000-P-USDT", "FUTURE"))
  })
  it("count inverse in dollars", () => {
    const dollars = { size_unit: "contracts" as const, contract_value: "1 USD" }
    assert.deepStrictEqual(bybitInverse.sizeUnit("INVERSE", "BTCUSD"), dollars)
  })
})
