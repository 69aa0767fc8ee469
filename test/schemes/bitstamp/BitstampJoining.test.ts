// Owns the proof of how Bitstamp's diffs are joined to its REST book: by stamps, at a market at rest, and over stamps
// that go back on a living socket.
import { assert, describe, it } from "@effect/vitest"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { told } from "../../support/SchemeBench.ts"
import { acknowledged, diff, join, level, open, rest, T, types } from "./bitstampFrames.ts"

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
