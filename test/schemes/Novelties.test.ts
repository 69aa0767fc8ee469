// Owns the proof for every protocol that control frames which nobody knows cost no book, whatever keys they bear and
// whether they come before the book, and that a frame of a book's own channel that can't be read is no such frame.
import { assert, describe, it } from "@effect/vitest"
import { exchangeNames, schemes } from "../../src/schemes/Schemes.ts"
import { Unreadable } from "../../src/wire/Wire.ts"

const ANYWHERE = [
  {},
  [],
  7,
  null,
  "closing",
  { notice: "maintenance in 60 s" },
  [{ notice: "x" }],
  { notice: "12345678901234567890, [1.2345678901234567]" }
]

/** By protocol: control frames of its own manner, and broken frames of its books. */
const FRAMES: Readonly<Record<string, readonly [harmless: ReadonlyArray<unknown>, books: ReadonlyArray<unknown>]>> = {
  Binance: [
    [
      { stream: "btcusdt@novelty", data: "x" },
      { e: "novelty", s: "BTCUSDT", a: 1 }
    ],
    [{ stream: "btcusdt@depth@100ms", data: {} }, { e: "depthUpdate" }, { b: [] }]
  ],
  Bitfinex: [
    [{ event: "novelty", symbol: "tBTCUSD" }],
    [
      [10, [1, null, 1], 5],
      [
        10,
        [
          [1, 1, 1],
          [1, "x", 1]
        ],
        5
      ]
    ]
  ],
  bitFlyer: [
    [
      { jsonrpc: "2.0", method: "novelty", params: { channel: "x" } },
      { jsonrpc: "2.0", id: 1, result: "x" }
    ],
    [{ method: "channelMessage", params: { channel: "lightning_board_BTC_JPY", message: {} } }]
  ],
  BitMEX: [[{ table: "novelty", action: "insert", data: [] }], [{ table: "orderBookL2", action: "insert", data: 1 }]],
  Bitstamp: [
    [{ event: "bts:novelty", channel: "diff_order_book_btcusd", data: {} }],
    [{ event: "data", channel: "diff_order_book_btcusd", data: {} }]
  ],
  Bybit: [
    [
      { op: "novelty", data: {} },
      { topic: "novelty.BTCUSDT", data: 1, success: true }
    ],
    [{ topic: "orderbook.1000.BTCUSDT", type: "delta", data: {} }]
  ],
  Coinbase: [
    [{ message: "hello" }],
    [
      { type: "l2update", product_id: "BTC-USD" },
      { product_id: "BTC-USD", bids: [] }
    ]
  ],
  FTX: [
    [{ type: "novelty", market: "BTC/USD" }],
    [{ channel: "orderbook", type: "update", market: "BTC/USD", data: 1 }]
  ],
  Gemini: [[{ type: "novelty", t: 1, result: "x" }], [{ e: "depthUpdate", changes: 1, type: "l2_updates" }]],
  HitBTC: [
    [
      { method: "novelty", params: {} },
      { ch: "novelty", data: {} }
    ],
    [
      { ch: "orderbook/full", update: { BTCUSDT: {} } },
      { method: "updateOrderbook", params: {} }
    ]
  ],
  Kraken: [
    [
      { method: "novelty", data: {}, event: "novelty" },
      { channel: "novelty", event: "novelty", feed: "novelty" }
    ],
    [
      { channel: "book", feed: "book", data: 1 },
      { channel: "book", feed: "book", product_id: "PF_XBTUSD", data: [{ bids: 1 }] }
    ]
  ],
  Poloniex: [[{ event: "novelty", data: {} }], [{ channel: "book_lv2", action: "update", data: 1 }]]
}

describe("frames that no schema knows", () => {
  it("are in the table for every exchange of the register", () => {
    const missing = exchangeNames().filter((exchange) => !Object.hasOwn(FRAMES, exchange))
    const advice = "add to FRAMES, by the exchange's name, control frames of its manner and broken frames of its books"
    assert.deepStrictEqual(missing, [], `no frames of ${missing.join(", ")}: ${advice}`)
  })

  for (const scheme of schemes) {
    const said = (frame: unknown) => {
      const session = scheme.session(scheme.lines[0].name)
      return session.receive(Buffer.from(JSON.stringify(frame)), 1)
    }
    const [harmless, books] = FRAMES[scheme.exchange] ?? [[], []]
    it(`cost no book of ${scheme.exchange}, ${scheme.protocol}, where they are control frames`, () => {
      for (const frame of [...ANYWHERE, ...harmless]) {
        const result = said(frame)
        const isFree = result instanceof Unreadable ? result.harmless : result.length === 0
        assert.isTrue(isFree, JSON.stringify(frame))
      }
    })
    it(`are not taken for such where they are of a book of ${scheme.exchange}, ${scheme.protocol}`, () => {
      if (scheme.alternative === "v1") return
      for (const frame of books) {
        const result = said(frame)
        assert.isTrue(result instanceof Unreadable && !result.harmless, JSON.stringify(frame))
      }
    })
  }
})
