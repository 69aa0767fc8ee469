// Owns the proof of the Bybit schemes: the real frames of the sheet and sequences made by its rule, against plain maps;
// what corruption shows, one repair a topic, and every known frame. Requests and names are BybitTalk.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { bybitInverse, bybitLinear, bybitSpot } from "../../../src/schemes/bybit/Bybit.ts"
import type { TranslationScheme } from "../../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { captured, describeCaptured } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

type Side = ReadonlyArray<readonly [string, string]>
interface Raw {
  readonly type: string
  readonly data: { readonly b: Side; readonly a: Side }
}
const snapshot =
  '{"topic":"orderbook.1000.BTCUSDT","type":"snapshot","ts":1791457528402,"data":{"s":"BTCUSDT","b":[["82642.80","1.336"],["82642.70","0.017"]],"a":[["82642.90","4.575"],["82643.20","0.002"]],"u":33344277,"seq":822323444395},"cts":1791457528401}'
const delta =
  '{"topic":"orderbook.1000.BTCUSDT","type":"delta","ts":1791457528603,"data":{"s":"BTCUSDT","b":[["82642.80","1.034"],["82636.00","0"]],"a":[],"u":33344278,"seq":822323444500},"cts":1791457528602}'
const trade =
  '{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1791457528912,"data":[{"T":1791457528911,"s":"BTCUSDT","S":"Buy","v":"0.011","p":"82642.90","L":"PlusTick","i":"5be1261b-d231-533b-89cd-0653c4f333be","BT":false,"RPI":false,"seq":822323446907}]}'
const spotDelta =
  '{"topic":"orderbook.1000.BTCUSDT","ts":1791457526954,"type":"delta","data":{"s":"BTCUSDT","b":[["82679.9","1.424947"],["82679","0"]],"a":[["82680","0.989307"]],"u":58035069,"seq":115115350909},"cts":1791457526919}'
const spotTrade =
  '{"topic":"publicTrade.BTCUSDT","ts":1791457528952,"type":"snapshot","data":[{"i":"2290000001227213949","T":1791457528951,"p":"82680","v":"0.001185","S":"Buy","seq":115115351336,"s":"BTCUSDT","BT":false,"RPI":false}]}'
const inverseDelta =
  '{"topic":"orderbook.1000.BTCUSD","type":"delta","ts":1791457527205,"data":{"s":"BTCUSD","b":[["82564.70","499"],["82564.50","0"]],"a":[["82586.50","40199"]],"u":32949562,"seq":118895328882},"cts":1791457527203}'

const open = (scheme: TranslationScheme = bybitLinear) => {
  const session = scheme.session("public")
  session.join(["BTCUSDT"])
  told(session, snapshot)
  return session
}
/** The real delta under another id, category or type. */
const numbered = (u: number, type = "delta", from = delta) => from.replace(/"u":\d+/, `"u":${u}`).replace("delta", type)

/** A day of a market by the sheet's rule: absolute sizes near the middle, ids one apart. */
const generated = Array.from({ length: 500 }, (_, i) => {
  const step = (i * 7919) % 97
  const size = i % 3 === 0 ? "0" : `${(i % 13) + 1}.${step}`
  const side = { b: [[`${82642.7 - step}`, size]], a: [[`${82643.2 + step}`, i % 5 === 0 ? "0" : size]] }
  const data = { s: "BTCUSDT", ...side, u: 33344278 + i, seq: i * 3 }
  return { topic: "orderbook.1000.BTCUSDT", type: "delta", ts: 1791457528603 + i, data }
})
const rows = [received(snapshot), ...generated.map((frame, i) => received(frame, 2_000_000 + i * 200_000))]

describe("a generated sequence behind a real snapshot", () => {
  const result = fold(bybitLinear, "BTCUSDT", rows)

  it("folds to the book of plain maps", () => {
    const bids = new Map([
      [82642.8, "1.336"],
      [82642.7, "0.017"]
    ])
    const asks = new Map([
      [82642.9, "4.575"],
      [82643.2, "0.002"]
    ])
    for (const { data } of generated) {
      for (const [levels, side] of [
        [bids, data.b],
        [asks, data.a]
      ] as const) {
        for (const [price, size] of side) {
          if (Number(size) === 0) levels.delete(Number(price))
          else levels.set(Number(price), size!)
        }
      }
    }
    assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
    assert.isAbove(result.book.bidLevels, 40)
  })
  it("is live, every id one above the last, nothing unknown", () => {
    assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    assert.deepStrictEqual([result.exchange.counts.unknown, result.exchange.counts.gaps], [0, 0])
    assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, generated.length)
  })
})

describe("corruption", () => {
  it("shows a lost frame of id 1, after which ids are small, by their newer sequence", () => {
    const anew = rows.map((row, i) => (i < 100 ? row : received(row.text.replace(/"u":\d+/, `"u":${i - 98}`), row.at)))
    const { story, exchange } = fold(bybitLinear, "BTCUSDT", anew)
    assert.match(story.at(-1) ?? "", /^resyncing: gap: ids begin again: after \d+ came 2$/)
    assert.strictEqual(exchange.counts.gaps, 1)
  })
  it("shows ids that begin again together with the sequence, and goes on from the next snapshot", () => {
    const session = open()
    told(session, delta)
    assert.deepStrictEqual(told(session, delta), [])
    const low = numbered(5).replace(/"seq":\d+/, '"seq":7')
    const detail = "ids begin again: after 33344278 came 5"
    assert.deepInclude(told(session, low)[0], { type: "resubscribe", reason: "gap", detail })
    assert.strictEqual(told(session, numbered(6, "snapshot"))[0]?.type, "snapshot")
    assert.strictEqual(told(session, numbered(7))[0]?.type, "changes")
  })
  it("drops what a snapshot contains for 5 seconds, no longer", () => {
    const session = open()
    const contained = (u: number, seq: number) =>
      numbered(u)
        .replace(/"seq":\d+/, `"seq":${seq}`)
        .replace(/"cts":\d+/, '"cts":1')
    assert.deepStrictEqual(told(session, contained(33344270, 7), 1_000_000), [])
    const detail = "ids begin again: after 33344277 came 33344271"
    assert.deepInclude(told(session, contained(33344271, 8), 7_000_000)[0], { type: "resubscribe", detail })
    // what happened later than the snapshot is not contained in it
    const later = numbered(33344271).replace(/"seq":\d+/, '"seq":8')
    assert.deepInclude(told(open(), later)[0], { type: "resubscribe", detail })
  })
})

describeCaptured("the frames of 500 levels of 2024-12-01", () => {
  it("fold to the book of plain maps, live to its end", () => {
    const recording = captured("frames/bybit-ob500-20241201")
    const { book, story, exchange } = fold(bybitLinear, "XRPUSDT", recording)
    const sides = { b: new Map<number, string>(), a: new Map<number, string>() }
    for (const { kind, text } of recording) {
      if (kind !== "recv" || !text.includes('"orderbook.500.XRPUSDT"')) continue
      const frame: Raw = JSON.parse(text)
      for (const side of ["b", "a"] as const) {
        if (frame.type === "snapshot") sides[side].clear()
        for (const [price, size] of frame.data[side]) {
          if (Number(size) === 0) sides[side].delete(Number(price))
          else sides[side].set(Number(price), size)
        }
      }
    }
    assert.deepStrictEqual(levelsOf(book), levelsOfMaps(sides.b, sides.a))
    assert.deepStrictEqual([book.bidLevels, book.askLevels], [500, 500])
    assert.strictEqual(story.at(-1), "live: ")
    assert.deepStrictEqual([exchange.counts.unknown, exchange.counts.gaps], [0, 0])
  })
})

describe("frames", () => {
  it("read the sheet's delta, its time from the engine", () => {
    const bids = [[82642.8, 1.034] as const, [82636, 0] as const]
    const change = { type: "changes" as const, symbol: "BTCUSDT", bids, asks: [], time: 1791457528602000 }
    assert.deepStrictEqual(told(open(), delta), [change])
    const old = told(open(), delta.replace(/,"cts":\d+/, ""))[0]
    assert.strictEqual(old?.type === "changes" ? old.time : null, 1791457528603000)
  })
  it("read spot and inverse, whatever the order of their keys", () => {
    for (const [scheme, symbol, frame] of [
      [bybitSpot, "BTCUSDT", spotDelta],
      [bybitInverse, "BTCUSD", inverseDelta]
    ] as const) {
      const session = scheme.session("public")
      session.join([symbol])
      assert.deepStrictEqual(told(session, frame), [])
      assert.strictEqual(told(session, frame.replace("delta", "snapshot"))[0]?.type, "snapshot")
      const next = Number(/"u":(\d+)/.exec(frame)![1]) + 1
      assert.strictEqual(told(session, numbered(next, "delta", frame))[0]?.type, "changes")
    }
  })
  it("replace the book by any snapshot, and by a delta whose id is 1", () => {
    const session = open()
    assert.strictEqual(told(session, numbered(1))[0]?.type, "snapshot")
    assert.strictEqual(told(session, numbered(2))[0]?.type, "changes")
    assert.strictEqual(told(session, numbered(900, "snapshot"))[0]?.type, "snapshot")
    assert.strictEqual(told(session, numbered(901))[0]?.type, "changes")
    assert.deepStrictEqual(told(session, numbered(901)), [])
  })
  it("feed a book from one depth only", () => {
    const session = open()
    assert.deepStrictEqual(told(session, snapshot.replace(".1000.", ".50.")), [])
    assert.deepStrictEqual(told(session, snapshot.replace(".1000.", ".1.")), [])
    const other = bybitLinear.session("public")
    other.join(["BTCUSDT"])
    assert.strictEqual(told(other, snapshot.replace(".1000.", ".50."))[0]?.type, "snapshot")
  })
  it("answer a gap by leaving and taking the one topic again", () => {
    const session = open()
    const [lost] = told(session, numbered(33344279))
    assert.deepInclude(lost, { type: "resubscribe", reason: "gap", detail: "after 33344277 came 33344279" })
    assert.deepStrictEqual(lost?.type === "resubscribe" ? lost.send : [], [
      '{"op":"unsubscribe","args":["orderbook.1000.BTCUSDT"],"req_id":"2"}',
      '{"op":"subscribe","args":["orderbook.1000.BTCUSDT"],"req_id":"3"}'
    ])
    assert.deepStrictEqual(told(session, numbered(33344280)), [])
    assert.strictEqual(told(session, snapshot)[0]?.type, "snapshot")
  })
  it("take every trade for new but block trades and those long made", () => {
    const fill = { id: "5be1261b-d231-533b-89cd-0653c4f333be", price: 82642.9, size: 0.011, side: "buy" as const }
    assert.deepStrictEqual(told(open(), trade), [
      { type: "trades", symbol: "BTCUSDT", trades: [{ ...fill, time: 1791457528911000 }] }
    ])
    const [spot] = told(open(bybitSpot), spotTrade)
    assert.strictEqual(spot?.type === "trades" ? spot.trades[0]?.id : null, "2290000001227213949")
    assert.deepStrictEqual(told(open(), trade.replace('"BT":false', '"BT":true')), [])
    assert.deepStrictEqual(told(open(), trade.replace('"T":1791457528911', '"T":1791457500000')), [])
    const [sold] = told(open(), trade.replace('"Buy"', '"Sell"'))
    assert.strictEqual(sold?.type === "trades" ? sold.trades[0]?.side : null, "sell")
  })
  it("are known where they change nothing", () => {
    for (const frame of [
      '{"success":true,"ret_msg":"","conn_id":"db294p9abbveig58ile0-ozeu","req_id":"","op":"subscribe"}',
      '{"success":true,"ret_msg":"subscribe","conn_id":"d9avs2b4qcrtmm61rq50-gcwhk","op":"subscribe"}',
      '{"success":true,"ret_msg":"pong","conn_id":"db294p9abbveig58ile0-ozeu","req_id":"","op":"ping"}',
      '{"success":true,"ret_msg":"pong","conn_id":"d9avs2b4qcrtmm61rq50-gcwhk","op":"ping"}',
      '{"op":"pong","args":["1672916271846"]}',
      '{"topic":"system.status","ts":1751858399649,"data":[{"id":"4d95b2a0","title":"t06","state":"completed"}]}',
      '{"topic":"tickers.BTCUSDT","type":"snapshot","data":{"symbol":"BTCUSDT"},"ts":1}',
      '{"topic":"orderbook.rpi.BTCUSDT","type":"delta","ts":1,"data":{"s":"BTCUSDT","b":[["1","2","3"]],"a":[],"u":1}}'
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
  })
  it("that nobody knows are harmless where they name no topic of ours, and bring no data without one", () => {
    const harmless = (frame: unknown): boolean => {
      const result = open().receive(Buffer.from(JSON.stringify(frame)), 1)
      return result instanceof Unreadable && result.harmless
    }
    for (const frame of [
      { op: "notice", message: "hello" },
      { op: "notice", data: { in: 60 } },
      7,
      { topic: "system.notice", level: 1 },
      {}
    ]) {
      assert.isTrue(harmless(frame), JSON.stringify(frame))
    }
    const broken = { topic: "orderbook.1000.BTCUSDT", type: "delta" }
    for (const frame of [broken, { topic: "publicTrade.BTCUSDT" }, { data: { u: 1 } }, [1], { topic: 1 }]) {
      assert.isFalse(harmless(frame), JSON.stringify(frame))
    }
  })
  it("are unreadable where an id is no safe integer", () => {
    for (const id of ["1e400", "9007199254740993", "33344278.5"]) {
      const frame = delta.replace('"u":33344278', `"u":${id}`)
      assert.instanceOf(open().receive(Buffer.from(frame), 1), Unreadable, id)
    }
  })
  it("are unreadable where ours is malformed", () => {
    assert.instanceOf(open().receive(Buffer.from(delta.replace('"u":33344278', '"u":"x"')), 1), Unreadable)
    assert.instanceOf(open().receive(Buffer.from(trade.replace('"Buy"', '"Both"')), 1), Unreadable)
  })
})
