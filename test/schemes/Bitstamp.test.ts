// Owns the proof of the Bitstamp scheme: a real recording against plain maps, the joining to the REST book by stamps, the
// audit and the reseed, what corruption shows and what it can't, names both ways, and every known frame.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { bitstamp } from "../../src/schemes/Bitstamp.ts"
import type { Session } from "../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../src/schemes/Wire.ts"
import { fold, levelsOf, levelsOfMaps, received, recorded, spoiled, told } from "../support/SchemeBench.ts"

const rows = await recorded("bitstamp")
const SYMBOLS = ["ethusd", "batbtc"]

type Side = ReadonlyArray<readonly [string, string]>
interface Raw {
  readonly microtimestamp: string
  readonly bids: Side
  readonly asks: Side
}

const level = (price: string, size: string) => [price, size] as const
const book = (microtimestamp: number, bids: Side, asks: Side = []) => ({
  timestamp: "1",
  microtimestamp: String(microtimestamp),
  bids,
  asks
})
const diff = (stamp: number, bids: Side, symbol = "btcusd") => ({
  event: "data",
  channel: `diff_order_book_${symbol}`,
  data: book(stamp, bids)
})
const rest = (stamp: number, ...bids: Side) => JSON.stringify(book(stamp, bids, [level("20", "1")]))
const acknowledged = { event: "bts:subscription_succeeded", channel: "diff_order_book_btcusd", data: {} }
const types = (instructions: ReadonlyArray<{ readonly type: string }>) => instructions.map(({ type }) => type)

const T = 1_641_343_691_000_000
const join = () => {
  const session = bitstamp.session("all")
  session.join(["btcusd"])
  return session
}
/** A live book of stamp T + 10 with a bid at 9, its coverage proven. */
const open = (): Session => {
  const session = join()
  told(session, acknowledged, T)
  told(session, diff(T + 5, [level("9", "1")]), T + 5)
  session.answer("btcusd", 200, rest(T + 10, level("9", "1")), T + 20)
  return session
}

describe("a recording of diffs joined to the REST book", () => {
  it("folds to the books of plain maps, live and without a frame unknown", () => {
    for (const symbol of SYMBOLS) {
      const result = fold(bitstamp, symbol, rows)
      const snapshot: Raw = JSON.parse(rows.find(({ kind, url }) => kind === "http" && url.endsWith(symbol))!.text)
      const bids = new Map<number, string>()
      const asks = new Map<number, string>()
      const set = (raw: Raw) => {
        for (const [levels, side] of [
          [bids, raw.bids],
          [asks, raw.asks]
        ] as const) {
          for (const [price, size] of side) {
            if (Number(size) === 0) levels.delete(Number(price))
            else levels.set(Number(price), size)
          }
        }
      }
      set(snapshot)
      const diffs = rows.flatMap(({ kind, text }): ReadonlyArray<Raw> => {
        const frame = kind === "recv" ? JSON.parse(text) : {}
        return frame.channel === `diff_order_book_${symbol}` && frame.event === "data" ? [frame.data] : []
      })
      const later = diffs.filter(({ microtimestamp }) => Number(microtimestamp) > Number(snapshot.microtimestamp))
      for (const raw of later) set(raw)
      assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
      assert.isAbove(result.book.bidLevels, 40)
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, crossed, resyncs, invalid_levels } = result.exchange.counts
      assert.deepStrictEqual([unknown, crossed, resyncs, invalid_levels], [0, 0, 0, 0])
      assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, later.length)
      assert.isAbove(later.length, 30)
    }
  })
  it("tells every trade once, exact, with the taker's side", () => {
    const trades = fold(bitstamp, "ethusd", rows).events.filter((event) => event.type === "trade")
    assert.strictEqual(trades.length, 10)
    const trade = {
      id: 216000477,
      price: 3805.44,
      size: 0.0792,
      side: "buy" as const,
      ts_exchange: 1641343699596000
    }
    assert.deepInclude(
      trades.find(({ id }) => id === 216000477),
      trade
    )
  })
})

describe("corruption of the recording", () => {
  const after = rows.findIndex(({ kind, url }) => kind === "http" && url.endsWith("ethusd"))
  const diffs = rows.flatMap(({ text }, index) =>
    index > after && text.includes('"diff_order_book_ethusd"') ? [index] : []
  )
  const [middle, next] = [diffs[20]!, diffs[21]!]

  it("does not show a lost or a repeated diff, as the guarantee says", () => {
    assert.strictEqual(fold(bitstamp, "ethusd", rows.toSpliced(middle, 1)).exchange.state, "live")
    assert.strictEqual(fold(bitstamp, "ethusd", rows.toSpliced(middle, 0, rows[middle]!)).exchange.state, "live")
    assert.match(bitstamp.guarantee, /until then it is not/)
  })
  it("shows swapped diffs by their stamps", () => {
    const { story } = fold(bitstamp, "ethusd", rows.with(middle, rows[next]!).with(next, rows[middle]!))
    assert.match(story.at(-1) ?? "", /^resyncing: time_reversed: after \d+ came \d+$/)
  })
  it("answers a diff cut short by a new REST book", () => {
    const cut = { ...rows[middle]!, text: rows[middle]!.text.slice(0, 90) }
    assert.match(fold(bitstamp, "ethusd", rows.with(middle, cut)).story.at(-1) ?? "", /^resyncing: unreadable/)
  })
  it("tolerates one crossed frame and repairs at the second", () => {
    const crossing = (stamp: number) => received(diff(stamp, [level("99999", "1")], "ethusd"))
    const one = rows.toSpliced(diffs.at(-1)! + 1, 0, crossing(9e15))
    assert.match(fold(bitstamp, "ethusd", one).story.at(-1) ?? "", /^stale: crossed/)
    const two = one.toSpliced(diffs.at(-1)! + 2, 0, crossing(9e15 + 2))
    assert.match(fold(bitstamp, "ethusd", two).story.at(-1) ?? "", /^resyncing: crossed/)
  })
})

describe("the joining to the REST book", () => {
  it("asks once, on the acknowledgement or the first diff", () => {
    const session = join()
    assert.deepInclude(told(session, acknowledged, T)[0], {
      type: "fetch",
      path: "/api/v2/order_book/btcusd/?group=1",
      reason: null
    })
    assert.deepStrictEqual(told(session, diff(T, []), T), [])
    assert.deepStrictEqual(types(told(join(), diff(T, []), T)), ["fetch"])
  })
  it("drops diffs up to the stamp, the equal one too, and applies the rest in order", () => {
    const session = join()
    for (const stamp of [5, 10, 15, 15]) told(session, diff(T + stamp, [level("9", String(stamp))]), T + stamp)
    const said = session.answer("btcusd", 200, rest(T + 10, level("9", "10")), T + 20)
    assert.deepStrictEqual(
      said.map((each) => [each.type, "time" in each ? each.time : null]),
      [
        ["snapshot", T + 10],
        ["changes", T + 15],
        ["changes", T + 15]
      ]
    )
    assert.deepStrictEqual(types(told(session, diff(T + 16, []), T + 30)), ["changes"])
    assert.deepInclude(told(session, diff(T + 15, []), T + 40)[0], { type: "fetch", reason: "time_reversed" })
  })
  it("refuses a snapshot older than the oldest diff, and asks again at the next", () => {
    const session = join()
    told(session, acknowledged, T + 5)
    told(session, diff(T + 10, []), T + 10)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 9), T + 20), [])
    assert.deepStrictEqual(types(told(session, diff(T + 30, []), T + 30)), ["fetch"])
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 12), T + 40)), ["snapshot", "changes"])
  })
  it("takes it all the same when the acknowledgement is clearly older", () => {
    const session = join()
    told(session, acknowledged, T)
    told(session, diff(T + 3_000_000, []), T + 3_000_000)
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 2_500_000), T + 3_100_000)), [
      "snapshot",
      "changes"
    ])
  })
  it("never counts on the old acknowledgement after a repair, which threw diffs away", () => {
    const session = open()
    session.repair("btcusd", { reason: "crossed", detail: "x" })
    told(session, diff(T + 9_000_000, []), T + 9_000_000)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 8_000_000), T + 9_000_001), [])
  })
  it("reseeds a book that stood on REST alone at its first diff, without a gap", () => {
    const session = join()
    told(session, acknowledged, T)
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T - 60_000_000), T + 10)), ["snapshot"])
    assert.deepStrictEqual(types(told(session, diff(T + 20, [level("8", "1")]), T + 20)), ["changes", "fetch"])
    assert.deepStrictEqual(types(told(session, diff(T + 30, [level("8", "2")]), T + 30)), ["changes"])
    const said = session.answer("btcusd", 200, rest(T + 25, level("8", "1")), T + 40)
    assert.deepStrictEqual(
      said.map((each) => [each.type, "time" in each ? each.time : null]),
      [
        ["snapshot", T + 25],
        ["changes", T + 30]
      ]
    )
    assert.deepStrictEqual(types(told(session, diff(T + 50, []), T + 50)), ["changes"])
  })
  it("drops what a reseed ahead of the stream contains already", () => {
    const session = join()
    told(session, acknowledged, T)
    session.answer("btcusd", 200, rest(T - 60_000_000), T + 10)
    told(session, diff(T + 20, []), T + 20)
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 40), T + 41)), ["snapshot"])
    assert.deepStrictEqual(told(session, diff(T + 30, [level("8", "1")]), T + 50), [])
    assert.deepStrictEqual(types(told(session, diff(T + 45, []), T + 60)), ["changes"])
  })
  it("reseeds after 15 to 25 minutes, and asks again in 10 s if REST is stale or fails", () => {
    const session = open()
    const hour = T + 3_600_000_000
    assert.deepStrictEqual(types(told(session, diff(T + 30, []), T + 899_000_000)), ["changes"])
    assert.deepStrictEqual(types(told(session, diff(hour, []), hour)), ["changes", "fetch"])
    assert.deepStrictEqual(session.answer("btcusd", 500, "", hour + 1), [])
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(hour - 1), hour + 1), [])
    assert.deepStrictEqual(types(told(session, diff(hour + 5, []), hour + 9_000_000)), ["changes"])
    assert.deepStrictEqual(types(told(session, diff(hour + 6, []), hour + 11_000_000)), ["changes", "fetch"])
  })
  it("rejects the symbol REST does not know, and gives the socket up for other failures", () => {
    assert.deepInclude(join().answer("btcusd", 404, "", T)[0], { type: "rejected", symbol: "btcusd" })
    assert.deepInclude(join().answer("btcusd", 500, "", T)[0], { type: "reconnect", reason: "refused" })
    assert.deepInclude(join().answer("btcusd", 429, "", T)[0], { type: "reconnect", reason: "rate_limited" })
    assert.deepInclude(join().answer("btcusd", 200, "[]", T)[0], { type: "reconnect", reason: "refused" })
  })
})

describe("the audit", () => {
  const channel = "order_book_btcusd"
  const audit = (stamp: number, size: string, at: number) =>
    received({ event: "data", channel, data: book(stamp, [level("9", size)], [level("20", "1")]) }, at)
  const http = { at: T + 20, kind: "http" as const, url: "https://x/btcusd/", text: rest(T + 10, level("9", "1")) }
  const start = [received(diff(T + 5, []), T + 5), http]

  it("holds where stamp and levels are the book's, and waits for its stamp", () => {
    const told = [...start, audit(T + 10, "1", T + 30), audit(T + 40, "2", T + 40)]
    const { story } = fold(bitstamp, "btcusd", [...told, received(diff(T + 40, [level("9", "2")]), T + 50)])
    assert.match(story.at(-1) ?? "", /^live/)
  })
  it("starts over once it failed for 3 s, and not before", () => {
    const failed = [...start, audit(T + 10, "7", T + 30)]
    assert.strictEqual(fold(bitstamp, "btcusd", failed).exchange.state, "live")
    const { story } = fold(bitstamp, "btcusd", [...failed, audit(T + 10, "7", T + 3_000_040)])
    assert.match(story.at(-1) ?? "", /^resyncing: audit/)
    const mended = [...failed, audit(T + 10, "1", T + 40), audit(T + 10, "7", T + 3_000_040)]
    assert.strictEqual(fold(bitstamp, "btcusd", mended).exchange.state, "live")
  })
})

describe("frames", () => {
  it("read a perp's trade with an id beyond 2^53", () => {
    const frame =
      '{"data":{"id":2001939623936278528,"id_str":"2001939623936278528","type":1,"sell_order_id":2050545352740993,"buy_order_id":2050545360601216,"amount":0.00921,"amount_str":"0.00921","price":77204,"price_str":"77204","microtimestamp":"1789456400586000","timestamp":"1789456400586"},"channel":"live_trades_btcusd-perp","event":"trade"}'
    const session = bitstamp.session("all")
    session.join(["btcusd-perp"])
    const fill = {
      id: "2001939623936278528",
      price: 77204,
      size: 0.00921,
      side: "sell" as const,
      time: 1789456400586000
    }
    assert.deepStrictEqual(told(session, frame), [{ type: "trades", symbol: "btcusd-perp", trades: [fill] }])
  })
  it("reconnect when the server asks for it", () => {
    assert.deepInclude(told(open(), '{"event":"bts:request_reconnect","channel":"","data":null}')[0], {
      type: "reconnect",
      reason: "maintenance"
    })
  })
  it("reject a misspelt symbol, and give the socket up when none is", () => {
    const error = { event: "bts:error", channel: "", data: { code: null, message: "Bad subscription string." } }
    const session = bitstamp.session("all")
    session.join(["btcusd", "BTC/USD"])
    assert.deepStrictEqual(told(session, error), [
      { type: "rejected", symbol: "BTC/USD", detail: "Bad subscription string." }
    ])
    assert.deepInclude(told(open(), error)[0], { type: "reconnect", reason: "refused" })
  })
  it("are known where they change nothing, and unreadable where ours is malformed", () => {
    for (const frame of [
      '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}',
      { event: "bts:subscription_succeeded", channel: "live_trades_btcusd", data: {} },
      { event: "bts:unsubscription_succeeded", channel: "diff_order_book_btcusd", data: {} },
      { event: "data", channel: "detail_order_book_btcusd", data: { bids: [["1", "2", "3"]] } },
      { event: "order_created", channel: "live_orders_btcusd", data: {} },
      diff(T + 99, [], "ethusd")
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
    const malformed = { event: "data", channel: "diff_order_book_btcusd", data: { bids: [], asks: [] } }
    assert.instanceOf(open().receive(Buffer.from(JSON.stringify(malformed)), 1), Unreadable)
  })
  it.prop("never throw, however spoiled", [Schema.Int, Schema.Int, Schema.Int], ([which, place, way]) => {
    const text = rows[Math.abs(which) % rows.length]!.text
    const session = bitstamp.session("all")
    session.join(SYMBOLS)
    const result = session.receive(Buffer.from(spoiled(text, Math.abs(place), Math.abs(way))), 1)
    assert.isTrue(result instanceof Unreadable || Array.isArray(result))
    assert.isArray(session.answer("ethusd", 200, spoiled(text, Math.abs(place), Math.abs(way)), 1))
  })
})

describe("subscriptions and names", () => {
  it("ask for one channel a frame, diffs before trades before the audit", () => {
    assert.deepStrictEqual(bitstamp.session("all").join(["btcusd"]), [
      '{"event":"bts:subscribe","data":{"channel":"diff_order_book_btcusd"}}',
      '{"event":"bts:subscribe","data":{"channel":"live_trades_btcusd"}}',
      '{"event":"bts:subscribe","data":{"channel":"order_book_btcusd"}}'
    ])
  })
  it("go both ways, each to its own market type", () => {
    for (const [type, natives] of [
      ["SPOT", ["btcusd", "etheur", "xrpusdt", "eurusd", "usdtusd", "batbtc", "sgbeur", "galaeur"]],
      ["PERP", ["btcusd-perp", "ethusd-perp", "asterusd-perp", "eurusd-perp"]]
    ] as const) {
      for (const native of natives) {
        const pair = bitstamp.fromNative(native, type)
        assert.strictEqual(pair && bitstamp.toNative(pair, type), native)
        assert.isNull(bitstamp.fromNative(native, type === "SPOT" ? "PERP" : "SPOT"))
      }
    }
    assert.deepStrictEqual(bitstamp.fromNative("usdtusd", "SPOT"), { base: "USDT", quote: "USD" })
  })
})
