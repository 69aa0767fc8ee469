// Owns the proof of the Poloniex schemes: a real recording against plain maps, the chain of ids, what corruption shows,
// the way back over an acknowledgement, refusals, and every known frame of both sockets. Requests are
// PoloniexTalk.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { poloniexPerp, poloniexSpot } from "../../../src/schemes/poloniex/Poloniex.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

const rows = recorded("poloniex")
const symbol = "BTC_USDT"
const updates = rows.flatMap(({ text }, index) => (text.includes('"action":"update"') ? [index] : []))

interface Raw {
  readonly channel?: string
  readonly action?: string
  readonly data?: ReadonlyArray<{
    readonly symbol: string
    readonly bids: ReadonlyArray<readonly [string, string]>
    readonly asks: ReadonlyArray<readonly [string, string]>
  }>
}

const PERP = "BTC_USDT_PERP"
const perpSnapshot = {
  channel: "book_lv2",
  data: [
    {
      asks: [["86657.22", "1098"]],
      bids: [["86651.86", "1"]],
      lid: 6284171741,
      id: 6284171742,
      ts: 1790134293641,
      s: PERP,
      cT: 1790134293558
    }
  ],
  action: "snapshot"
}
const perpUpdate = (lid: number, id: number, bids: ReadonlyArray<readonly [string, string]> = []) => ({
  channel: "book_lv2",
  data: [{ asks: [], bids, lid, id, ts: 1790134293834, s: PERP, cT: 1790134293821 }],
  action: "update"
})
const open = () => {
  const session = poloniexPerp.session("public")
  session.join([PERP])
  told(session, perpSnapshot)
  return session
}

describeRecorded("a recording of book_lv2 and trades", () => {
  const result = fold(poloniexSpot, symbol, rows)

  it("folds to the book of plain maps", () => {
    const bids = new Map<number, string>()
    const asks = new Map<number, string>()
    for (const { kind, text } of rows) {
      const raw: Raw = kind === "recv" ? JSON.parse(text) : {}
      if (raw.channel !== "book_lv2" || raw.data?.[0]?.symbol !== symbol) continue
      for (const [levels, side] of [
        [bids, raw.data[0].bids],
        [asks, raw.data[0].asks]
      ] as const) {
        for (const [price, size] of side) {
          if (Number(size) === 0) levels.delete(Number(price))
          else levels.set(Number(price), size)
        }
      }
    }
    assert.deepStrictEqual(levelsOf(result.book), levelsOfMaps(bids, asks))
    assert.deepStrictEqual([result.book.bidLevels, result.book.askLevels], [20, 20])
  })
  it("is live from the snapshot on, every update chained, nothing unknown", () => {
    assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
    const { unknown, gaps, crossed, resyncs, invalid_levels, trades } = result.exchange.counts
    assert.deepStrictEqual([unknown, gaps, crossed, resyncs, invalid_levels, trades], [0, 0, 0, 0, 0, 4])
    assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, updates.length)
    assert.strictEqual(updates.length, 159)
  })
  it("takes the base quantity of a trade, not its turnover", () => {
    const trade = result.events.find((event) => event.type === "trade" && event.id === "60184114")
    assert.deepInclude(trade, {
      price: 21614.59,
      size: 0.01149,
      side: "sell" as const,
      ts_exchange: 1661123520381000
    })
  })
})

describeRecorded("corruption of the recording", () => {
  const altered = (from: RegExp, to: string) => {
    const index = updates.find((index) => from.test(rows[index]!.text))!
    const row = rows[index]!
    return fold(poloniexSpot, symbol, rows.with(index, { ...row, text: row.text.replace(from, to) }))
  }
  it("shows an altered size of a removal, which makes the side outgrow the window", () => {
    assert.match(altered(/,"0"\]/, ',"7.7"]').story.at(-1) ?? "", /^resyncing: inconsistent/)
  })
})

describe("frames", () => {
  it("show a side that outgrows the venue's window", () => {
    const bids = Array.from({ length: 21 }, (_, i) => [String(100 - i), "1"] as const)
    const { story } = fold(poloniexPerp, PERP, [
      received(perpSnapshot),
      received(perpUpdate(6284171742, 6284171743, bids))
    ])
    assert.match(story.at(-1) ?? "", /^resyncing: inconsistent/)
  })
  it("chain the perp's worked example, whose ids are not dense", () => {
    const session = open()
    const [change] = told(session, perpUpdate(6284171742, 6284171757, [["86571.74", "0"]]))
    assert.deepStrictEqual(change, {
      type: "changes",
      symbol: PERP,
      bids: [[86571.74, 0]],
      asks: [],
      time: 1790134293821000,
      proof: 20
    })
    assert.strictEqual(told(session, perpUpdate(6284171757, 6284171760))[0]?.type, "changes")
  })
  it("drop updates before the snapshot and frames of other markets", () => {
    const session = poloniexPerp.session("public")
    session.join([PERP])
    assert.deepStrictEqual(told(session, perpUpdate(1, 2)), [])
    session.join(["ETH_USDT_PERP"])
    session.leave([PERP])
    assert.deepStrictEqual(told(session, perpSnapshot), [])
  })
  it("lead back from a gap over the acknowledgement of the unsubscription", () => {
    const session = open()
    const [lost] = told(session, perpUpdate(6284171750, 6284171757))
    assert.deepInclude(lost, { type: "resubscribe", reason: "gap" })
    assert.deepStrictEqual(lost?.type === "resubscribe" ? lost.send : [], [
      `{"event":"unsubscribe","channel":["book_lv2"],"symbols":["${PERP}"]}`
    ])
    assert.deepStrictEqual(told(session, perpSnapshot), [])
    assert.deepStrictEqual(told(session, { event: "unsubscribe", channel: "book_lv2", symbols: [PERP] }), [
      { type: "send", text: `{"event":"subscribe","channel":["book_lv2"],"symbols":["${PERP}"]}` }
    ])
    assert.deepStrictEqual(told(session, perpUpdate(6284171757, 6284171760)), [])
    assert.strictEqual(told(session, perpSnapshot)[0]?.type, "snapshot")
  })
  it("replace the book by a snapshot that comes again", () => {
    const session = open()
    assert.strictEqual(told(session, perpSnapshot)[0]?.type, "snapshot")
    assert.strictEqual(told(session, perpUpdate(6284171742, 6284171743))[0]?.type, "changes")
  })
  it("read the perp's trade in contracts", () => {
    const data = [
      { id: 291, ts: 1718871802553, s: PERP, px: "46100", qty: "1", amt: "461", side: "buy", cT: 1718871802534 }
    ]
    const trades = [{ id: 291, price: 46100, size: 1, side: "buy" as const, time: 1718871802534000 }]
    assert.deepStrictEqual(told(open(), { channel: "trades", data }), [{ type: "trades", symbol: PERP, trades }])
  })
  it("reject the symbol the venue refuses, asking one by one to find it", () => {
    const error = { message: "no valid symbols", event: "error" }
    const session = poloniexSpot.session("public")
    session.join(["NO_SUCH", "NO_BODY"])
    assert.deepStrictEqual(
      told(session, error).map(({ type }) => type),
      ["send", "send"]
    )
    // two requests are open: the first refusal may mean either, the acknowledgement tells which
    assert.deepStrictEqual(told(session, error), [])
    const ack = { event: "subscribe", channel: "book_lv2", symbols: ["NO_SUCH"] }
    const rejected = { type: "rejected", symbol: "NO_BODY", detail: "no valid symbols" }
    assert.deepStrictEqual<unknown>(told(session, ack), [rejected])
    // the venue would refuse the unsubscription of what does not exist, without a name
    assert.deepStrictEqual(session.leave(["NO_BODY"]), [])
    assert.strictEqual(session.leave(["NO_SUCH"]).length, 1)
  })
  it("blame no symbol whose book has come, though its acknowledgement was lost", () => {
    const session = poloniexPerp.session("public")
    session.join([PERP])
    session.join(["NO_SUCH_PERP"])
    assert.deepStrictEqual(told(session, { message: "no valid symbols", event: "error" }), [])
    const [rejected, snapshot] = told(session, perpSnapshot)
    assert.deepInclude(rejected, { type: "rejected", symbol: "NO_SUCH_PERP" })
    assert.strictEqual(snapshot?.type, "snapshot")
  })
  it("that nobody knows are harmless where they bring no data of ours", () => {
    const harmless = (frame: unknown): boolean => {
      const result = open().receive(Buffer.from(JSON.stringify(frame)), 1)
      return result instanceof Unreadable && result.harmless
    }
    for (const frame of [{ event: "notice", text: "x" }, { code: 1 }, { channel: "symbol", event: "x", data: 1 }]) {
      assert.isTrue(harmless(frame), JSON.stringify(frame))
    }
    for (const frame of [{ channel: "book_lv2", data: 1 }, { channel: "trades", data: [{}] }, { data: [] }, [1]]) {
      assert.isFalse(harmless(frame), JSON.stringify(frame))
    }
  })
  it("show ids that begin again as a gap, since no id but the last one's is a predecessor", () => {
    const [lost] = told(open(), perpUpdate(5, 6))
    const detail = "after 6284171742 came an update that follows 5"
    assert.deepInclude(lost, { type: "resubscribe", reason: "gap", detail })
  })
  it("are unreadable where an id is no safe integer", () => {
    for (const id of ["1e400", "9007199254740993", "6284171757.5"]) {
      const frame = JSON.stringify(perpUpdate(6284171742, 6284171757)).replace("6284171757", id)
      assert.instanceOf(open().receive(Buffer.from(frame), 1), Unreadable, id)
    }
  })
  it("ask again for what an acknowledgement leaves out", () => {
    const session = poloniexSpot.session("public")
    session.join(["BTC_USDT", "NO_BODY"])
    assert.deepStrictEqual(told(session, { event: "subscribe", channel: "trades", symbols: ["BTC_USDT"] }), [])
    const [again] = told(session, { event: "subscribe", channel: "book_lv2", symbols: ["BTC_USDT"] })
    assert.deepStrictEqual(again, {
      type: "send",
      text: '{"event":"subscribe","channel":["book_lv2","trades"],"symbols":["NO_BODY"]}'
    })
  })
  it("give the socket up for any other error", () => {
    for (const message of ["Not JSON string：hello", 'Invalid channel values ["nope"]']) {
      assert.deepStrictEqual(told(open(), { message, event: "error" }), [
        { type: "reconnect", reason: "refused", detail: message }
      ])
    }
  })
  it("are known where they change nothing, and unreadable where ours is malformed", () => {
    for (const frame of [
      { event: "pong" },
      { event: "unsubscribe_all" },
      { event: "unsubscribe", channel: "trades", symbols: [PERP] },
      { channel: "ticker", data: [{ symbol: PERP }] }
    ]) {
      assert.deepStrictEqual(told(open(), frame), [])
    }
    const malformed = received({ channel: "book_lv2", data: [{ symbol, asks: 1 }], action: "update" }).text
    assert.instanceOf(open().receive(Buffer.from(malformed), 1), Unreadable)
  })
})
