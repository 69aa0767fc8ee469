// Owns the proof of the bitFlyer scheme by the sheet's frames: the mid price and its grace after a snapshot, auctions,
// names both ways, and every known frame. What a real recording shows is BitFlyerRecordings.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { bitflyer } from "../../../src/schemes/bitflyer/BitFlyer.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { fold, received, told } from "../../support/SchemeBench.ts"

const board = (kind: "snapshot_" | "", mid_price: number, bids: object, asks: object, symbol = "XLM_JPY") => {
  const side = (levels: object) => Object.entries(levels).map(([price, size]) => ({ price: Number(price), size }))
  const message = { mid_price, bids: side(bids), asks: side(asks) }
  return {
    jsonrpc: "2.0",
    method: "channelMessage",
    params: { channel: `lightning_board_${kind}${symbol}`, message }
  }
}
/** XLM_JPY of the venue's worked example: 31.469 / 31.556, whose mean 31.5125 is cut to 31.512. */
const whole = board("snapshot_", 31.512, { "31.469": 5 }, { "31.556": 7 })
const SECOND = 1_000_000
const story = (...frames: ReadonlyArray<readonly [number, object]>) =>
  fold(
    bitflyer,
    "XLM_JPY",
    frames.map(([at, frame]) => received(frame, at))
  ).story.slice(2)

describe("the mid price", () => {
  const wrong = board("", 31.6, { "31.47": 1 }, {})

  it("is the mean of the touch, cut to the tick", () => {
    assert.deepStrictEqual(story([SECOND, whole]), ["live: "])
    assert.deepStrictEqual(
      fold(bitflyer, "BCH_BTC", [
        received(board("snapshot_", 0.0092, { "0.00918": 1 }, { "0.00923": 1 }, "BCH_BTC"), SECOND)
      ]).exchange.state,
      "live"
    )
    for (const mid of [31.511, 31.513, 31.5, 32]) {
      const [first] = story([SECOND, { ...board("snapshot_", mid, { "31.469": 5 }, { "31.556": 7 }) }])
      assert.match(first ?? "", /^resyncing: mid_price/)
    }
  })
  it("is checked by the digits of the prices where no tick is known", () => {
    const of = (mid: number) =>
      fold(bitflyer, "ELF_JPY", [
        received(board("snapshot_", mid, { "21.04": 1, "21": 2 }, { "21.13": 1 }, "ELF_JPY"), SECOND)
      ]).exchange.state
    assert.deepStrictEqual([of(21.08), of(21.07), of(21.1)], ["live", "resyncing", "resyncing"])
  })
  it("may miss for half a second after a snapshot, and not longer", () => {
    assert.deepStrictEqual(story([SECOND, whole], [SECOND + 150_000, wrong]), ["live: "])
    const [, lost] = story([SECOND, whole], [SECOND + 500_001, wrong])
    assert.match(lost ?? "", /^resyncing: mid_price/)
  })
  it("is not forgiven for an hour where our clock is set back by one", () => {
    const [, lost] = story([3_600 * SECOND, whole], [SECOND, wrong])
    assert.match(lost ?? "", /^resyncing: mid_price/)
  })
  it("brings a lost book back by the next snapshot, saying nothing", () => {
    const session = bitflyer.session("all")
    session.join(["XLM_JPY"])
    told(session, whole)
    const trouble = { reason: "mid_price", detail: "off" } as const
    assert.deepStrictEqual(session.repair("XLM_JPY", trouble), [
      { type: "resubscribe", symbol: "XLM_JPY", ...trouble, send: [] }
    ])
    assert.deepStrictEqual(told(session, board("", 31.512, { "31.4": 1 }, {})), [])
    assert.strictEqual(told(session, whole)[0]?.type, "snapshot")
  })
})

describe("auctions", () => {
  const crossed = board("snapshot_", 31, { "31.6": 5 }, { "31.5": 7 })

  it("leave the book crossed and doubted, never live and never repaired, until a snapshot ends them", () => {
    const frames = Array.from(
      { length: 20 },
      (_, index) => [(index + 2) * SECOND, board("", 30 + index, { "31.61": index + 1 }, {})] as const
    )
    const told = story([SECOND, crossed], ...frames)
    assert.isTrue(told.every((line) => line.startsWith("stale: crossed")))
    assert.strictEqual(story([SECOND, crossed], ...frames, [30 * SECOND, whole]).at(-1), "live: ")
  })
  it("may print market orders at the price 0, which are no levels", () => {
    const session = bitflyer.session("all")
    session.join(["XLM_JPY"])
    const [first] = told(session, board("snapshot_", 31.512, { "0": 3, "31.469": 5 }, { "31.556": 7, "0": 1 }))
    assert.deepStrictEqual(first?.type === "snapshot" ? [first.bids, first.asks] : null, [[[31.469, 5]], [[31.556, 7]]])
  })
})

describe("frames", () => {
  const open = () => {
    const session = bitflyer.session("all")
    return { session, texts: session.join(["FX_BTC_JPY", "ETH_JPY"]) }
  }
  it("are subscribed again when changes go on without a snapshot for a minute", () => {
    const { session } = open()
    told(session, board("snapshot_", 1, { "1": 1 }, { "2": 1 }, "ETH_JPY"), 0)
    const change = board("", 1, { "1": 2 }, {}, "ETH_JPY")
    assert.strictEqual(told(session, change, 59 * SECOND)[0]?.type, "changes")
    const [lost] = told(session, change, 61 * SECOND)
    assert.deepInclude(lost, { type: "resubscribe", symbol: "ETH_JPY", reason: "silent" })
    assert.lengthOf(lost?.type === "resubscribe" ? lost.send : [], 6)
  })
  it("drop changes before the first snapshot, and other products' boards", () => {
    const { session } = open()
    assert.deepStrictEqual(told(session, board("", 1, { "1": 1 }, {}, "FX_BTC_JPY")), [])
    assert.deepStrictEqual(told(session, whole), [])
  })
  it("tell executions with the taker's side, to the microsecond", () => {
    const execution = { id: 2_652_079_303, price: 13_633_748, size: 0.03, exec_date: "2026-09-23T03:31:27.0873222Z" }
    const message = ["SELL", "BUY", ""].map((side) => Object.assign({ side }, execution))
    const channel = "lightning_executions_FX_BTC_JPY"
    const [first] = told(open().session, { method: "channelMessage", params: { channel, message } })
    const trades = first?.type === "trades" ? first.trades : []
    assert.deepStrictEqual(
      trades.map(({ side }) => side),
      ["sell", "buy", "unknown"]
    )
    const time = Date.parse("2026-09-23T03:31:27Z") * 1000 + 87_322
    assert.deepStrictEqual(trades[0], { id: 2_652_079_303, price: 13_633_748, size: 0.03, side: "sell", time })
  })
  it("are known where they change nothing", () => {
    const { session } = open()
    for (const frame of [
      { jsonrpc: "2.0", id: 1, result: true },
      { jsonrpc: "2.0", id: 3, error: { code: -32009, message: "already subscribed" } },
      { method: "channelMessage", params: { channel: "lightning_ticker_ETH_JPY", message: { state: "RUNNING" } } }
    ]) {
      assert.deepStrictEqual(told(session, frame), [])
    }
  })
  it("put the product off whose call has any other error, and leave the socket to its neighbours", () => {
    const { session, texts } = open()
    const { id } = JSON.parse(texts[3]!) as { readonly id: number }
    const error = { code: -32007, message: "authentication required" }
    const detail = "authentication required (-32007)"
    assert.deepStrictEqual(told(session, { id, error }), [{ type: "refused", symbol: "ETH_JPY", detail }])
    const [left] = session.leave(["ETH_JPY"])
    const again = (JSON.parse(left!) as { readonly id: number }).id
    assert.deepStrictEqual(told(session, { id: again, error: { code: -32602, message: "invalid channel" } }), [])
  })
  it("cost no board where a control frame or a channel is new, and count it", () => {
    const message = { mid_price: 1, bids: [], asks: [{ price: 1 }] }
    const harmless = (frame: object) => {
      const result = open().session.receive(Buffer.from(JSON.stringify(frame)), 1)
      return result instanceof Unreadable ? result.harmless : null
    }
    for (const frame of [
      { jsonrpc: "2.0", method: "maintenance", params: { in: 60 } },
      { jsonrpc: "2.0", id: 9, result: { state: "CLOSED" } },
      { method: "channelMessage", params: { channel: "lightning_funding_FX_BTC_JPY", message } }
    ]) {
      assert.isTrue(harmless(frame), JSON.stringify(frame))
    }
    for (const frame of [
      { method: "channelMessage", params: { channel: "lightning_board_FX_BTC_JPY", message } },
      { method: "channelMessage", params: { channel: "lightning_executions_FX_BTC_JPY", message: [{ id: 1.5 }] } },
      { method: "channelMessage", params: { message } },
      [
        { id: 1, result: true },
        { method: "channelMessage", params: {} }
      ]
    ]) {
      assert.isFalse(harmless(frame), JSON.stringify(frame))
    }
  })
  it("reject the product of an invalid channel, and give the socket up for an error of no call", () => {
    const { session, texts } = open()
    const id = (JSON.parse(texts[3]!) as { readonly id: number }).id
    const error = { code: -32602, message: "invalid channel" }
    const detail = "invalid channel (-32602)"
    assert.deepStrictEqual(told(session, { id, error }), [{ type: "rejected", symbol: "ETH_JPY", detail }])
    const [parse] = told(session, { error: { code: -32700, message: "Parse error", data: "Invalid JSON" }, id: null })
    assert.strictEqual(parse?.type === "reconnect" ? parse.reason : null, "refused")
  })
})

describe("the REST board that a silent product is held against", () => {
  it("is the best of the whole board, sorted, without an auction's orders", () => {
    const { probe } = bitflyer
    assert.strictEqual(probe?.path("FX_BTC_JPY"), "/v1/getboard?product_code=FX_BTC_JPY")
    const side = (prices: ReadonlyArray<number>) => prices.map((price) => ({ price, size: 0.5 }))
    const bids = side([0, ...Array.from({ length: 30 }, (_, n) => 100 + n)])
    const board = probe?.read(JSON.stringify({ mid_price: 129.5, bids, asks: side([131, 130]) }), "FX_BTC_JPY")
    assert.deepStrictEqual(
      board?.bids.map(([price]) => price),
      Array.from({ length: 20 }, (_, n) => 129 - n)
    )
    assert.deepStrictEqual(board?.asks, [
      [130, 0.5],
      [131, 0.5]
    ])
    assert.isFalse(board?.complete)
    assert.isNull(probe?.read('{"status":-100,"error_message":"Invalid product"}', "FX_BTC_JPY"))
  })
})

describe("subscriptions and names", () => {
  it("ask for three channels a product, each with its number, and again after silence", () => {
    const session = bitflyer.session("all")
    const call = (id: number, method: string, channel: string) =>
      JSON.stringify({ jsonrpc: "2.0", method, params: { channel }, id })
    const channels = ["lightning_board_snapshot_", "lightning_board_", "lightning_executions_"]
    assert.deepStrictEqual(
      session.join(["FX_BTC_JPY"]),
      channels.map((channel, index) => call(index + 1, "subscribe", `${channel}FX_BTC_JPY`))
    )
    const [again] = session.repair("FX_BTC_JPY", { reason: "silent", detail: "" })
    assert.deepStrictEqual(again?.type === "resubscribe" ? again.send : null, [
      ...channels.map((channel, index) => call(index + 4, "unsubscribe", `${channel}FX_BTC_JPY`)),
      ...channels.map((channel, index) => call(index + 7, "subscribe", `${channel}FX_BTC_JPY`))
    ])
  })
  it("go both ways", () => {
    for (const [type, native] of [
      ["SPOT", "BTC_JPY"],
      ["SPOT", "ETH_BTC"],
      ["SPOT", "XRP_JPY"],
      ["PERP", "FX_BTC_JPY"]
    ] as const) {
      const pair = bitflyer.fromNative(native, type)
      assert.strictEqual(pair && bitflyer.toNative(pair, type), native)
    }
    for (const [type, native] of [
      ["SPOT", "FX_BTC_JPY"],
      ["SPOT", "BTCJPY_MAT1WK"],
      ["PERP", "BTC_JPY"],
      ["FUTURE", "BTCJPY24DEC2021"]
    ] as const) {
      assert.isNull(bitflyer.fromNative(native, type))
    }
  })
})
