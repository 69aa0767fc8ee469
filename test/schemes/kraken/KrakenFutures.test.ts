// Owns the proof of the Kraken derivatives scheme: a real recording against plain maps, every sequence number, and
// every known frame.
import { assert, describe, it } from "@effect/vitest"
import { canonical } from "../../../src/domain/Decimal.ts"
import { krakenFutures } from "../../../src/schemes/kraken/KrakenFutures.ts"
import { Unreadable } from "../../../src/wire/Wire.ts"
import { describeRecorded, recorded } from "../../support/realRecordings.ts"
import { fold, levelsOf, levelsOfMaps, received, told } from "../../support/SchemeBench.ts"

const rows = recorded("kraken-futures")
const SYMBOL = "PI_LTCUSD"

interface RawLevel {
  readonly price: number
  readonly qty: number
}
interface Raw extends RawLevel {
  readonly feed?: string
  readonly product_id?: string
  readonly side?: string
  readonly bids: ReadonlyArray<RawLevel>
  readonly asks: ReadonlyArray<RawLevel>
}

const naive = () => {
  const bids = new Map<number, string>()
  const asks = new Map<number, string>()
  const set = (side: Map<number, string>, { price, qty }: RawLevel) => {
    if (qty > 0) side.set(price, canonical(qty))
    else side.delete(price)
  }
  for (const { kind, text } of rows) {
    if (kind !== "recv") continue
    const raw = JSON.parse(text) as Raw
    if (raw.feed === "book_snapshot") {
      for (const level of raw.bids) set(bids, level)
      for (const level of raw.asks) set(asks, level)
    }
    if (raw.feed === "book" && raw.product_id === SYMBOL && raw.side !== undefined)
      set(raw.side === "buy" ? bids : asks, raw)
  }
  return levelsOfMaps(bids, asks)
}

describeRecorded("a recording of book and trade", () => {
  for (const symbol of [SYMBOL, SYMBOL.toLowerCase()]) {
    it(`folds ${symbol} to the book of its frames, every sequence number in its place`, () => {
      const result = fold(krakenFutures, symbol, rows)
      assert.deepStrictEqual(levelsOf(result.book), naive())
      assert.deepStrictEqual(result.story, ["connecting: ", "syncing: waiting for the first book", "live: "])
      const { unknown, resyncs, crossed, trades, trades_missed } = result.exchange.counts
      assert.deepStrictEqual([unknown, resyncs, crossed, trades, trades_missed], [0, 0, 0, 1, 0])
      assert.strictEqual(result.events.filter(({ type }) => type === "book_change").length, 449)
    })
  }
  it("shows a missed trade by its own sequence", () => {
    const sequence = `"side":"buy","type":"fill","seq":`
    const later = rows.map((row) =>
      row.text.includes(`${sequence}5956`)
        ? received(row.text.replace(`${sequence}5956`, `${sequence}5958`), row.at)
        : row
    )
    assert.strictEqual(fold(krakenFutures, SYMBOL, later).exchange.counts.trades_missed, 2)
  })
})

const joined = (...symbols: ReadonlyArray<string>) => {
  const session = krakenFutures.session("all")
  session.join(symbols)
  return session
}
const snapshot = (seq: number, bids: ReadonlyArray<object> = []) => ({
  feed: "book_snapshot",
  product_id: "PI_X",
  seq,
  bids,
  asks: []
})
const change = (seq: number) => ({
  feed: "book",
  product_id: "PI_X",
  side: "sell",
  seq,
  price: 1e-10,
  qty: 2,
  timestamp: 5
})

describe("frames", () => {
  it("asks for the heartbeat once a socket, and a frame a product and feed", () => {
    const session = krakenFutures.session("all")
    assert.deepStrictEqual(session.join(["PF_XBTUSD"]), [
      `{"event":"subscribe","feed":"heartbeat"}`,
      `{"event":"subscribe","feed":"book","product_ids":["PF_XBTUSD"]}`,
      `{"event":"subscribe","feed":"trade","product_ids":["PF_XBTUSD"]}`
    ])
    assert.lengthOf(session.join(["PF_ETHUSD"]), 2)
    assert.deepStrictEqual(
      session.leave(["PF_ETHUSD"])[0],
      `{"event":"unsubscribe","feed":"book","product_ids":["PF_ETHUSD"]}`
    )
  })
  it("drops what the snapshot contains, and what comes before it", () => {
    const session = joined("PI_X")
    assert.deepStrictEqual(told(session, change(7)), [])
    told(session, snapshot(7))
    assert.deepStrictEqual(told(session, change(7)), [])
    assert.deepStrictEqual(told(session, change(8)), [
      { type: "changes", symbol: "PI_X", bids: [], asks: [[1e-10, 2]], time: 5_000 }
    ])
  })
  it("answers a hole by leaving and asking again, and waits for the new snapshot", () => {
    const session = joined("PI_X")
    told(session, snapshot(7))
    assert.deepStrictEqual(told(session, change(9)), [
      {
        type: "resubscribe",
        symbol: "PI_X",
        reason: "gap",
        detail: "after seq 7 came 9",
        send: [
          `{"event":"unsubscribe","feed":"book","product_ids":["PI_X"]}`,
          `{"event":"subscribe","feed":"book","product_ids":["PI_X"]}`
        ]
      }
    ])
    assert.deepStrictEqual(told(session, change(10)), [])
    assert.strictEqual(told(session, snapshot(3))[0]?.type, "snapshot")
  })
  it("says that the count begins again when its ids fall on a living socket, far or near", () => {
    for (const [last, next] of [
      [26_941_144, 5],
      [602, 5]
    ] as const) {
      const session = joined("PI_X")
      told(session, snapshot(last - 1))
      told(session, change(last))
      const [lost] = told(session, change(next))
      assert.deepStrictEqual(lost?.type === "resubscribe" ? [lost.reason, lost.detail] : null, [
        "gap",
        `ids begin again: after ${last} came ${next}`
      ])
    }
  })
  it("does not drop old ids for longer than a snapshot may contain them", () => {
    const session = joined("PI_X")
    told(session, snapshot(600), 0)
    assert.deepStrictEqual(told(session, change(1), 1_000_000), [])
    assert.deepStrictEqual(told(session, change(2), 4_000_000), [])
    const [lost] = told(session, change(3), 6_500_000)
    assert.strictEqual(lost?.type === "resubscribe" ? lost.detail : null, "ids begin again: after 600 came 3")
  })
  it("reads no id that is no safe integer", () => {
    for (const seq of ["1e400", "1.5", "9007199254740993"]) {
      const text = JSON.stringify(change(1)).replace(`"seq":1`, `"seq":${seq}`)
      assert.instanceOf(joined("PI_X").receive(Buffer.from(text), 1), Unreadable)
    }
  })
  it("hands a negative size to the book, which refuses it", () => {
    const [instruction] = told(joined("PI_X"), snapshot(1, [{ price: 5, qty: -1 }]))
    assert.deepStrictEqual(instruction?.type === "snapshot" ? instruction.bids : null, [[5, -1]])
  })
  it("knows acknowledgements, heartbeats, alerts and other feeds", () => {
    for (const frame of [
      { event: "info", version: 1 },
      { event: "alert", message: "take care" },
      { event: "subscribed", feed: "heartbeat" },
      { event: "subscribed", feed: "book", product_ids: ["PI_X"] },
      { event: "unsubscribed", feed: "book", product_ids: ["PI_X"] },
      { event: "unsubscribed_failed", feed: "book", product_ids: ["PI_X"] },
      { feed: "heartbeat", time: 1_700_000_000_000 },
      { feed: "ticker_lite", product_id: "PI_X", bid: 1 },
      { feed: "trade_snapshot", product_id: "PI_X", trades: [] },
      { ...change(1), product_id: "PI_OTHER" },
      { ...snapshot(1), product_id: "PI_OTHER" }
    ]) {
      assert.deepStrictEqual(told(joined("PI_X"), frame), [])
    }
  })
  it("rejects the product that an error must mean, though it names none", () => {
    const session = joined("PI_NOPE", "PI_X")
    const detail = "Invalid product id"
    const invalid = { event: "error", message: detail }
    assert.deepStrictEqual(told(session, invalid), [])
    assert.deepStrictEqual(told(session, { event: "subscribed", feed: "book", product_ids: ["PI_X"] }), [])
    assert.deepStrictEqual(told(session, { event: "subscribed", feed: "trade", product_ids: ["PI_X"] }), [])
    assert.deepStrictEqual(told(session, invalid), [{ type: "rejected", symbol: "PI_NOPE", detail }])
    assert.deepStrictEqual(told(session, { event: "error", message: "Json Error" })[0]?.type, "reconnect")
    assert.deepStrictEqual(
      told(joined("PI_X"), { event: "subscribed_failed", feed: "book", product_ids: ["PI_X"] })[0]?.type,
      "refused"
    )
  })
  it("gives no product up for good because another that has left was refused without a name", () => {
    const session = joined("PI_NOPE")
    const invalid = { event: "error", message: "Invalid product id" }
    for (let n = 0; n < 2; n++) told(session, invalid)
    session.leave(["PI_NOPE"])
    session.join(["PI_X"])
    const said = [...told(session, invalid), ...told(session, invalid)]
    assert.deepStrictEqual(
      said.filter(({ type }) => type === "rejected"),
      []
    )
  })
  it("finds the refused product among acknowledgements when a repair's subscription is refused", () => {
    const session = joined("PI_X")
    for (const feed of ["book", "trade"]) told(session, { event: "subscribed", feed, product_ids: ["PI_X"] })
    session.repair("PI_X", { reason: "gap", detail: "" })
    const [refused] = told(session, { event: "error", message: "Invalid product id" })
    assert.deepStrictEqual(refused, { type: "rejected", symbol: "PI_X", detail: "Invalid product id" })
  })
  it("calls a spoiled frame of its own feeds unreadable", () => {
    for (const frame of [
      { ...change(1), side: "up" },
      { ...change(1), seq: "1" },
      { ...change(1), price: null },
      { feed: "book_snapshot", product_id: "PI_X", seq: 1, bids: [{ price: 1 }], asks: [] },
      { feed: "trade", product_id: "PI_X" }
    ]) {
      assert.instanceOf(joined("PI_X").receive(Buffer.from(JSON.stringify(frame)), 1), Unreadable)
    }
  })
})

describe("names", () => {
  for (const [type, native, base] of [
    ["PERP", "PF_XBTUSD", "BTC"],
    ["PERP", "PF_ETHUSD", "ETH"],
    ["PERP", "PF_AAPLxUSD", "AAPLx"],
    ["INVERSE", "PI_XBTUSD", "BTC"],
    ["INVERSE", "PI_XRPUSD", "XRP"]
  ] as const) {
    it(`reads and writes ${native}`, () => {
      assert.deepStrictEqual(krakenFutures.fromNative(native, type), { base, quote: "USD" })
      assert.strictEqual(krakenFutures.toNative({ base, quote: "USD" }, type), native)
    })
  }
  it("reads dated contracts and refuses the other type's spelling, indices and options", () => {
    assert.deepStrictEqual(krakenFutures.fromNative("FI_XBTUSD_210924", "FUTURE"), { base: "BTC", quote: "USD" })
    assert.deepStrictEqual(krakenFutures.fromNative("FF_ETHUSD_261231", "FUTURE"), { base: "ETH", quote: "USD" })
    assert.isNull(krakenFutures.fromNative("PI_XBTUSD", "PERP"))
    assert.isNull(krakenFutures.fromNative("IN_XBTUSD", "INVERSE"))
    assert.isNull(krakenFutures.fromNative("OF_XBTUSD_210924_50000_C", "FUTURE"))
  })
  it("counts inverse contracts in units of one dollar, linear ones in the base", () => {
    const contracts = { size_unit: "contracts", contract_value: "1 USD" } as const
    assert.deepStrictEqual(krakenFutures.sizeUnit("INVERSE", "PI_XBTUSD"), contracts)
    assert.deepStrictEqual(krakenFutures.sizeUnit("FUTURE", "FI_XBTUSD_210924"), contracts)
    assert.strictEqual(krakenFutures.sizeUnit("PERP", "PF_XBTUSD").size_unit, "base")
  })
})
