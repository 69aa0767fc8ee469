// Owns the proof of the Bitstamp scheme: a real recording against plain maps, the joining to the REST book by stamps, the
// audit and the reseed, what corruption shows and what it can't, names both ways, and every known frame.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"
import type { Session } from "../../../src/schemes/TranslationScheme.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, spoiled, told } from "../../support/SchemeBench.ts"
import { simulatedRecording } from "../../support/simulatedRecording.ts"

const rows = recorded("bitstamp")
/** To be spoiled: frames of the simulated venue. */
const frames = simulatedRecording("Bitstamp", "SPOT").rows
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

describeRecorded("a recording of diffs joined to the REST book", () => {
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

describeRecorded("corruption of the recording", () => {
  const after = rows.findIndex(({ kind, url }) => kind === "http" && url.endsWith("ethusd"))
  const diffs = rows.flatMap(({ text }, index) =>
    index > after && text.includes('"diff_order_book_ethusd"') ? [index] : []
  )
  const [middle, next] = [diffs[20]!, diffs[21]!]

  it("does not show a lost diff, as the guarantee says, nor minds a repeated one", () => {
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
    assert.deepInclude(told(session, diff(T + 14, []), T + 40)[0], { type: "fetch", reason: "time_reversed" })
  })
  it("refuses a snapshot older than the oldest diff, and asks again at the next", () => {
    const session = join()
    told(session, acknowledged, T + 5)
    told(session, diff(T + 10, []), T + 10)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 9), T + 20), [])
    assert.deepStrictEqual(types(told(session, diff(T + 30, []), T + 1_000_010)), ["fetch"])
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 12), T + 40)), ["snapshot", "changes"])
  })
  it("takes no REST book before a diff proves it, whatever our clock and the acknowledgement say", () => {
    for (const clock of [-10_000_000, 0, 10_000_000]) {
      const session = join()
      told(session, acknowledged, T + clock)
      // a cached copy, and one that is newer than the acknowledgement by our clock
      assert.deepStrictEqual(session.answer("btcusd", 200, rest(T - 3_000_000), T + clock + 10), [])
      assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 2_500_000), T + clock + 20), [])
      assert.deepStrictEqual(types(told(session, diff(T + 3_000_000, []), T + clock + 3_000_000)), ["fetch"])
      assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 2_900_000), T + clock + 3_000_010), [])
      assert.deepStrictEqual(types(told(session, diff(T + 4_100_000, []), T + clock + 4_100_000)), ["fetch"])
      const said = session.answer("btcusd", 200, rest(T + 3_000_000), T + clock + 4_100_010)
      assert.deepStrictEqual(types(said), ["snapshot", "changes"])
    }
  })
  it("takes the REST book that came first, once the first diff proves it", () => {
    const session = join()
    told(session, acknowledged, T)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 50), T + 10), [])
    assert.deepStrictEqual(types(told(session, diff(T + 40, []), T + 60)), ["snapshot"])
    assert.deepStrictEqual(types(told(session, diff(T + 60, []), T + 70)), ["changes"])
  })
  it("asks again with the heartbeat where the market rests, and at most once a second", () => {
    const session = join()
    told(session, diff(T + 10, []), T)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T), T + 100), [])
    assert.deepStrictEqual(told(session, diff(T + 20, []), T + 500_000), [])
    const heartbeat = { event: "bts:heartbeat", channel: "", data: { status: "success" } }
    assert.deepStrictEqual(types(told(session, heartbeat, T + 15_000_000)), ["fetch"])
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 20), T + 15_000_100)), ["snapshot"])
    assert.deepStrictEqual(told(session, heartbeat, T + 30_000_000), [])
  })
  it("asks again although our clock was set back an hour", () => {
    const session = join()
    told(session, diff(T + 10, []), T)
    session.answer("btcusd", 200, rest(T), T + 100)
    assert.deepStrictEqual(types(told(session, diff(T + 20, []), T - 3_600_000_000)), ["fetch"])
  })
  it("needs a diff of after the repair, which threw the older ones away", () => {
    const session = open()
    session.repair("btcusd", { reason: "crossed", detail: "x" })
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 9_500_000), T + 9_000_000), [])
    told(session, diff(T + 9_600_000, []), T + 9_600_000)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 9_500_000), T + 9_600_001), [])
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 9_600_000), T + 9_600_002)), ["snapshot"])
  })
  it("drops what a reseed ahead of the stream contains already", () => {
    const session = open()
    const hour = T + 3_600_000_000
    assert.deepStrictEqual(types(told(session, diff(hour, []), hour)), ["changes", "fetch"])
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(hour + 40), hour + 41)), ["snapshot"])
    assert.deepStrictEqual(told(session, diff(hour + 30, [level("8", "1")]), hour + 50), [])
    assert.deepStrictEqual(types(told(session, diff(hour + 45, []), hour + 60)), ["changes"])
  })
  it("lays a reseed under the diffs of after its stamp, without a gap", () => {
    const session = open()
    const hour = T + 3_600_000_000
    told(session, diff(hour, []), hour)
    told(session, diff(hour + 30, [level("8", "2")]), hour + 30)
    const said = session.answer("btcusd", 200, rest(hour + 25, level("8", "1")), hour + 40)
    assert.deepStrictEqual(
      said.map((each) => [each.type, "time" in each ? each.time : null]),
      [
        ["snapshot", hour + 25],
        ["changes", hour + 30]
      ]
    )
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
  it("leaves a live book as it is when its reseed is answered 404 or anything else", () => {
    const session = open()
    const hour = T + 3_600_000_000
    // what is asked for patiently costs no connection where nobody answers at all
    assert.include(told(session, diff(hour, []), hour)[1], { type: "fetch", patient: true })
    for (const status of [404, 429, 502]) {
      assert.deepStrictEqual(session.answer("btcusd", status, "<html>404</html>", hour + 1), [])
    }
    assert.deepStrictEqual(types(told(session, diff(hour + 5, []), hour + 5)), ["changes"])
  })
  it("asks again after a 404 where diffs or an earlier book show that the market is there", () => {
    const session = join()
    told(session, diff(T + 10, []), T)
    assert.deepStrictEqual(session.answer("btcusd", 404, "<html>404</html>", T + 100), [])
    assert.deepStrictEqual(types(told(session, diff(T + 20, []), T + 1_000_000)), ["fetch"])
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 20), T + 1_000_100)), ["snapshot"])
    const other = join()
    told(other, acknowledged, T)
    other.answer("btcusd", 200, rest(T), T + 100)
    assert.deepStrictEqual(other.answer("btcusd", 404, "", T + 200), [])
  })
  it("calls a 404 no end of the market, and gives the socket up for other failures", () => {
    assert.deepInclude(join().answer("btcusd", 404, "", T)[0], { type: "refused", symbol: "btcusd" })
    assert.deepInclude(join().answer("btcusd", 500, "", T)[0], { type: "reconnect", reason: "refused" })
    assert.deepInclude(join().answer("btcusd", 429, "", T)[0], { type: "reconnect", reason: "rate_limited" })
    assert.deepInclude(join().answer("btcusd", 200, "[]", T)[0], { type: "reconnect", reason: "refused" })
  })
  it("takes no stamp beyond what a number holds", () => {
    const body = rest(T).replace(String(T), "9007199254740993")
    assert.deepInclude(join().answer("btcusd", 200, body, T)[0], { detail: "the REST book has another shape" })
    const text = JSON.stringify(diff(T, [])).replace(String(T), "9999999999999999")
    assert.instanceOf(join().receive(Buffer.from(text), T), Unreadable)
  })
})

describe("a market at rest, whose first change is long in coming", () => {
  const overdue = { reason: "silent", detail: "no book within 8 s" } as const
  it("waits for it, says why, and asks no new subscription while the REST book stands still", () => {
    const session = join()
    told(session, acknowledged, T)
    session.answer("btcusd", 200, rest(T - 60_000_000), T + 10)
    for (let round = 0; round < 3; round++) {
      const [waiting, question, ...more] = session.repair("btcusd", overdue)
      assert.deepStrictEqual(waiting, {
        type: "resubscribe",
        symbol: "btcusd",
        reason: "silent",
        detail: "no book within 8 s: only a change received here proves a REST book, and none came yet",
        send: []
      })
      assert.deepInclude(question, { type: "fetch", reason: null })
      assert.deepStrictEqual(more, [])
      assert.deepStrictEqual(session.answer("btcusd", 200, rest(T - 60_000_000), T + 20), [])
    }
    told(session, diff(T + 90_000_000, []), T + 90_000_000)
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 90_000_000), T + 90_000_100)), ["snapshot"])
  })
  it("subscribes anew once the REST book moved on and no diff came", () => {
    const session = join()
    told(session, acknowledged, T)
    session.answer("btcusd", 200, rest(T - 60_000_000), T + 10)
    session.repair("btcusd", overdue)
    // the copy of before the subscription was a cached one: no proof of anything
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T - 1_000_000), T + 8_000_000), [])
    session.repair("btcusd", overdue)
    assert.deepStrictEqual(session.answer("btcusd", 200, rest(T + 9_000_000), T + 16_000_000), [
      {
        type: "resubscribe",
        symbol: "btcusd",
        reason: "silent",
        detail: `the REST book moved on from ${T - 1_000_000} to ${T + 9_000_000}, and no change came`,
        send: [
          '{"event":"bts:unsubscribe","data":{"channel":"diff_order_book_btcusd"}}',
          '{"event":"bts:subscribe","data":{"channel":"diff_order_book_btcusd"}}'
        ]
      }
    ])
    assert.deepStrictEqual(types(told(session, acknowledged, T + 17_000_000)), ["fetch"])
  })
  it("keeps the diffs that wait for a REST book when that is late", () => {
    const session = join()
    told(session, diff(T + 10, [level("9", "2")]), T)
    const [waiting] = session.repair("btcusd", overdue)
    assert.deepInclude(waiting, {
      detail: "no book within 8 s: the REST book is older than the changes received here"
    })
    assert.deepStrictEqual(types(session.answer("btcusd", 200, rest(T + 10), T + 20)), ["snapshot"])
  })
  it("asks for the subscription again where it was not acknowledged", () => {
    const [first] = join().repair("btcusd", overdue)
    assert.deepInclude(first, { type: "resubscribe", reason: "silent", detail: "no book within 8 s" })
    assert.strictEqual(first?.type === "resubscribe" && first.send.length, 2)
  })
})

describe("stamps that go back on a living socket", () => {
  it("cost the book, on a snapshot that nothing was applied on too, and while diffs wait", () => {
    const far = told(open(), diff(T - 3_600_000_000, []), T + 30)
    assert.deepInclude(far[0], {
      type: "fetch",
      reason: "time_reversed",
      detail: `after ${T + 10} came ${T - 3_600_000_000}`
    })
    const near = open()
    assert.deepStrictEqual(told(near, diff(T + 6, []), T + 30), [])
    assert.deepInclude(told(near, diff(T + 7, []), T + 6_000_000)[0], { type: "fetch", reason: "time_reversed" })
    const waiting = join()
    told(waiting, diff(T + 100, []), T)
    assert.deepInclude(told(waiting, diff(T + 50, []), T + 1)[0], { type: "fetch", reason: "time_reversed" })
    // the one that went back begins the next chain
    assert.deepStrictEqual(types(waiting.answer("btcusd", 200, rest(T + 60), T + 2)), ["snapshot"])
  })
  it("are no loss where a frame is repeated", () => {
    const session = open()
    told(session, diff(T + 20, []), T + 30)
    told(session, diff(T + 30, []), T + 40)
    assert.deepStrictEqual(told(session, diff(T + 20, []), T + 50), [])
    assert.deepStrictEqual(types(told(session, diff(T + 40, []), T + 60)), ["changes"])
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
  it("announce that the socket will close", () => {
    assert.deepStrictEqual(told(open(), '{"event":"bts:request_reconnect","channel":"","data":null}'), [
      { type: "closing", detail: "the server asked to reconnect" }
    ])
  })
  it("leave levels at the price zero out, which are orders without a price", () => {
    const session = join()
    told(session, diff(T + 5, [level("0", "7"), level("9", "1")]), T)
    const [snapshot] = session.answer("btcusd", 200, rest(T + 5, level("9", "1"), level("0.00", "3")), T + 1)
    assert.deepInclude(snapshot, { bids: [[9, 1]], asks: [[20, 1]] })
    const [change] = told(session, diff(T + 6, [level("0", "7"), level("8", "1")]), T + 2)
    assert.deepInclude(change, { bids: [[8, 1]] })
  })
  it("tell a trade of another type as one of unknown side, and give no rounded id", () => {
    const trade = { id: 2 ** 60, type: 2, price_str: "9", amount_str: "1", microtimestamp: String(T) }
    assert.deepStrictEqual(told(open(), { event: "trade", channel: "live_trades_btcusd", data: trade }), [
      { type: "trades", symbol: "btcusd", trades: [{ id: null, price: 9, size: 1, side: "unknown", time: T }] }
    ])
  })
  it("cost no book where a control frame is new, and count it", () => {
    const novelties = [
      { event: "bts:something_future", channel: "", data: {} },
      { event: "bts:maintenance", in: 60 },
      { event: "notice", text: "hello" },
      { notice: "hello" },
      []
    ]
    for (const novelty of novelties) {
      const result = open().receive(Buffer.from(JSON.stringify(novelty)), T)
      assert.isTrue(result instanceof Unreadable && result.harmless, JSON.stringify(novelty))
    }
    const http = { at: T + 20, kind: "http" as const, url: "https://x/btcusd/", text: rest(T + 10, level("9", "1")) }
    const { exchange } = fold(bitstamp, "btcusd", [
      received(diff(T + 5, []), T + 5),
      http,
      received(novelties[0], T + 30)
    ])
    assert.deepStrictEqual([exchange.state, exchange.counts.unknown, exchange.counts.resyncs], ["live", 1, 0])
    for (const ours of [
      { event: "data", channel: "diff_order_book_btcusd", data: {} },
      { event: "changed", channel: "diff_order_book_btcusd", data: {} },
      { event: "data", data: book(T, []) },
      { channel: "diff_order_book_btcusd" },
      [1]
    ]) {
      const result = open().receive(Buffer.from(JSON.stringify(ours)), T)
      assert.isTrue(result instanceof Unreadable && !result.harmless, JSON.stringify(ours))
    }
  })
  it("refuse a misspelt symbol for a while, whatever its other channels say, and give the socket up when none is", () => {
    const error = { event: "bts:error", channel: "", data: { code: null, message: "Bad subscription string." } }
    const session = bitstamp.session("all")
    session.join(["btcusd", "BTC/USD"])
    assert.deepStrictEqual(told(session, error), [
      { type: "refused", symbol: "BTC/USD", detail: "Bad subscription string." }
    ])
    // its other two channels, and the three that it leaves
    session.leave(["BTC/USD"])
    for (let n = 0; n < 5; n++) assert.deepStrictEqual(told(session, error), [])
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
    const text = frames[Math.abs(which) % frames.length]!.text
    const session = bitstamp.session("all")
    session.join(SYMBOLS)
    const result = session.receive(Buffer.from(spoiled(text, Math.abs(place), Math.abs(way))), 1)
    assert.isTrue(result instanceof Unreadable || Array.isArray(result))
    assert.isArray(session.answer("ethusd", 200, spoiled(text, Math.abs(place), Math.abs(way)), 1))
  })
})

describe("the REST book that a silent market is held against", () => {
  it("is the whole book, in the units of the stream", () => {
    const { probe } = bitstamp
    assert.strictEqual(probe?.path("btcusd-perp"), "/api/v2/order_book/btcusd-perp/?group=1")
    const body =
      '{"timestamp":"1641343695","microtimestamp":"1641343695681418","bids":[["3802.90","0.60000000"],["0.00","1"]],"asks":[["3805.47","8.26964788"]]}'
    assert.deepStrictEqual(probe?.read(body, "ethusd"), {
      bids: [[3802.9, 0.6]],
      asks: [[3805.47, 8.26964788]],
      complete: true
    })
    assert.isNull(probe?.read("<html>", "ethusd"))
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
