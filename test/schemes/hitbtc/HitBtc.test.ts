// Owns the proof of the HitBTC scheme by the sheet's frames: the sequence, the way back over an acknowledgement, names
// both ways, and every known frame. What a real recording shows is HitBtcRecordings.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { hitBtc } from "../../../src/schemes/hitbtc/HitBtc.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { fold, received, told } from "../../support/SchemeBench.ts"

type Side = ReadonlyArray<readonly [string, string]>
const snapshot = (s: number) => ({
  ch: "orderbook/full",
  snapshot: { BTCUSDT: { t: 1, s, a: [["11", "2"]], b: [["9", "1"]] } }
})
const update = (s: number, b: Side = [], t = 1_790_136_886_715) => ({
  ch: "orderbook/full",
  update: { BTCUSDT: { t, s, a: [], b } }
})
const open = () => {
  const session = hitBtc.session("public")
  session.join(["BTCUSDT"])
  told(session, snapshot(100))
  return session
}

describe("a sequence that begins again on a living socket", () => {
  it("is a loss from its first frame on, far below or near", () => {
    const session = open()
    for (let s = 101; s <= 140; s++) told(session, update(s))
    const detail = "ids begin again: after 140 came 120"
    assert.deepInclude(told(session, update(120))[0], { type: "resubscribe", reason: "gap", detail })
    assert.deepInclude(told(open(), update(-3))[0], { detail: "ids begin again: after 100 came -3" })
  })
  it("costs the label of the book at once", () => {
    const sequence = [101, 102, 5, 6, 7]
    const { story } = fold(hitBtc, "BTCUSDT", [
      received(snapshot(100)),
      ...sequence.map((s, n) => received(update(s, [["9", String(s)]]), 1_100_000 + n))
    ])
    assert.deepStrictEqual(story.slice(-2), ["live: ", "resyncing: gap: ids begin again: after 102 came 5"])
  })
  it("is none where a frame is repeated, nor for long where old frames follow the snapshot", () => {
    const session = open()
    assert.deepStrictEqual(told(session, update(98, [], 1)), [])
    assert.deepInclude(told(session, update(99, [], 1), 7_000_000)[0], { type: "resubscribe" })
    // what happened later than the snapshot is not contained in it
    assert.deepInclude(told(open(), update(99))[0], { type: "resubscribe" })
    const other = open()
    told(other, update(101))
    assert.deepStrictEqual(told(other, update(101)), [])
  })
  it("is a loss where it repeats its own small numbers with other contents", () => {
    const session = open()
    for (let s = 101; s <= 112; s++) told(session, update(s, [["9", String(s)]]))
    assert.deepInclude(told(session, update(104, [["9", "77"]]))[0], { detail: "ids begin again: after 112 came 104" })
  })
  it("is unreadable where it is no safe integer", () => {
    for (const s of ["1e400", "1.5", "9007199254740993"]) {
      const text = `{"ch":"orderbook/full","update":{"BTCUSDT":{"t":1,"s":${s},"a":[],"b":[]}}}`
      const result = open().receive(Buffer.from(text), 1)
      assert.isTrue(result instanceof Unreadable && !result.harmless, s)
    }
  })
})

describe("the REST book that a silent market is held against", () => {
  const { probe } = hitBtc
  it("is the best ten levels, in the units of the stream", () => {
    assert.strictEqual(probe?.path("BTCUSDT_PERP"), "/api/3/public/orderbook/BTCUSDT_PERP?depth=10")
    const body = `{"timestamp":"2026-09-23T03:31:27.087Z","ask":[["30882.10","0.5"]],"bid":[["30881.96","12.66828"]]}`
    assert.deepStrictEqual(probe?.read(body, "BTCUSDT"), {
      bids: [[30881.96, 12.66828]],
      asks: [[30882.1, 0.5]],
      complete: false
    })
    assert.isNull(probe?.read('{"error":{"code":2001,"message":"Symbol not found"}}', "BTCUSDT"))
  })
})

describe("frames", () => {
  it("advance the sequence without levels too", () => {
    const session = open()
    assert.strictEqual(told(session, update(101))[0]?.type, "changes")
    const time = 1_790_136_886_715_000
    assert.deepStrictEqual(told(session, update(102, [["9", "0"]])), [
      { type: "changes", symbol: "BTCUSDT", bids: [[9, 0]], asks: [], time }
    ])
    assert.deepStrictEqual(told(session, update(102, [["9", "0"]])), [])
  })
  it("are dropped before the snapshot, which replaces the book whenever it comes", () => {
    const session = hitBtc.session("public")
    session.join(["BTCUSDT"])
    assert.deepStrictEqual(told(session, update(5)), [])
    assert.strictEqual(told(session, snapshot(7))[0]?.type, "snapshot")
    assert.strictEqual(told(session, snapshot(7))[0]?.type, "snapshot")
    assert.strictEqual(told(session, update(8))[0]?.type, "changes")
  })
  it("keep several markets of one frame apart", () => {
    const session = open()
    session.join(["ETHBTC"])
    const both = { ch: "orderbook/full", update: { ...update(101).update, ETHBTC: { t: 1, s: 9, a: [], b: [] } } }
    assert.deepStrictEqual(
      told(session, both).map(({ type }) => type),
      ["changes"]
    )
  })
  it("lead back from a gap over the acknowledgement of the unsubscription", () => {
    const session = open()
    const [lost] = told(session, update(103))
    assert.deepInclude(lost, { type: "resubscribe", reason: "gap", detail: "after 100 came 103" })
    assert.deepStrictEqual(lost?.type === "resubscribe" ? lost.send : [], [
      '{"method":"unsubscribe","ch":"orderbook/full","params":{"symbols":["BTCUSDT"]},"id":3}'
    ])
    assert.deepStrictEqual(told(session, update(104)), [])
    assert.deepStrictEqual(told(session, { result: { ch: "orderbook/full", subscriptions: [] }, id: 3 }), [
      { type: "send", text: '{"method":"subscribe","ch":"orderbook/full","params":{"symbols":["BTCUSDT"]},"id":4}' }
    ])
    assert.deepStrictEqual(told(session, { result: { ch: "orderbook/full", subscriptions: ["BTCUSDT"] }, id: 4 }), [])
    assert.strictEqual(told(session, snapshot(110))[0]?.type, "snapshot")
  })
  it("reject what the acknowledgement leaves out", () => {
    const session = hitBtc.session("public")
    session.join(["BTCUSDT", "NOSUCH"])
    const [refused, more] = told(session, { result: { ch: "orderbook/full", subscriptions: ["BTCUSDT"] }, id: 1 })
    assert.deepInclude(refused, { type: "rejected", symbol: "NOSUCH" })
    assert.isUndefined(more)
  })
  it("refuse for a while where the acknowledgement lists no symbol at all, which names none", () => {
    const session = hitBtc.session("public")
    session.join(["BTCUSDT"])
    assert.deepStrictEqual(told(session, { result: { ch: "orderbook/full", subscriptions: [] }, id: 1 }), [
      { type: "refused", symbol: "BTCUSDT", detail: "the venue subscribed no symbol at all" }
    ])
  })
  it("leave the socket alone where a symbol that left was unknown, and not where a repair is refused", () => {
    const session = open()
    const missing = (id: number) => ({ error: { code: 2001, message: "Symbol not found" }, id })
    session.join(["NOSUCH"])
    session.leave(["NOSUCH"])
    assert.deepStrictEqual(told(session, missing(5)), [])
    told(session, update(103))
    assert.deepInclude(told(session, missing(7))[0], { type: "reconnect", reason: "refused" })
  })
  it("tell a trade whose side has another name as one of unknown side", () => {
    const trade = { t: 1, i: 7, p: "9", q: "1", s: "auction" }
    assert.deepStrictEqual(told(open(), { ch: "trades", update: { BTCUSDT: [trade] } }), [
      { type: "trades", symbol: "BTCUSDT", trades: [{ id: 7, price: 9, size: 1, side: "unknown", time: 1000 }] }
    ])
  })
  it("give the socket up for errors that name no symbol", () => {
    for (const [error, reason] of [
      [{ error: { code: 2003, message: "Unknown channel", description: "not supported" }, id: 1 }, "refused"],
      [{ error: { code: 1, message: "Invalid json" } }, "refused"],
      [{ error: { code: 429, message: "Too many requests" }, id: 2 }, "rate_limited"]
    ] as const) {
      assert.deepInclude(told(open(), error)[0], { type: "reconnect", reason })
    }
    assert.deepInclude(told(open(), { error: { code: 2001, message: "Symbol not found" }, id: 1 })[0], {
      type: "rejected",
      symbol: "BTCUSDT"
    })
  })
  it("are known where they change nothing, history included, and unreadable where ours is malformed", () => {
    for (const frame of [
      { ch: "ticker/1s", data: { BTCUSDT: {} } },
      { ch: "orderbook/D20/100ms", data: {} },
      { ch: "trades", snapshot: { BTCUSDT: [{ t: 1, i: 1, p: "1", q: "1", s: "buy" }] } },
      { result: { ch: "trades", subscriptions: [] }, id: 2 }
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
    assert.instanceOf(
      open().receive(Buffer.from('{"ch":"orderbook/full","update":{"BTCUSDT":{"t":1}}}'), 1),
      Unreadable
    )
  })
})

describe("subscriptions and names", () => {
  it("ask for both channels, each with an id of its own and no history", () => {
    assert.deepStrictEqual(hitBtc.session("public").join(["BTCUSDT", "BTCUSDT_PERP"]), [
      '{"method":"subscribe","ch":"orderbook/full","params":{"symbols":["BTCUSDT","BTCUSDT_PERP"]},"id":1}',
      '{"method":"subscribe","ch":"trades","params":{"symbols":["BTCUSDT","BTCUSDT_PERP"]},"id":2}'
    ])
  })
  it("go both ways, each to its own market type", () => {
    for (const native of ["BTCUSDT", "ETHBTC", "XRPUSDT", "NEOBTC", "ATOMBCH"]) {
      const pair = hitBtc.fromNative(native, "SPOT")
      assert.strictEqual(pair && hitBtc.toNative(pair, "SPOT"), native)
      assert.isNull(hitBtc.fromNative(native, "PERP"))
    }
    for (const native of ["BTCUSDT_PERP", "ETHUSDT_PERP", "100PEPEUSDT_PERP"]) {
      const pair = hitBtc.fromNative(native, "PERP")
      assert.strictEqual(pair && hitBtc.toNative(pair, "PERP"), native)
      assert.isNull(hitBtc.fromNative(native, "SPOT"))
    }
  })
})
