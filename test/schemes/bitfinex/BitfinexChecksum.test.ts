// Owns the proof of Bitfinex's checksum by the vendor's own example.
import { assert, describe, it } from "@effect/vitest"
import { crc32 } from "node:zlib"
import { OrderBook } from "../../../src/feeds/book/OrderBook.ts"
import { bitfinex } from "../../../src/schemes/bitfinex/Bitfinex.ts"
import { countProofs } from "../../support/countProofs.ts"
import { fold, received } from "../../support/SchemeBench.ts"

const side = (text: string) =>
  text.split(" ").map((level) => {
    const [price = "", amount = ""] = level.split("/")
    return [Number(price), Number(amount)] as const
  })
const BIDS = side(
  "0.0000011/271510.49 0.00000109/500793.10790141 0.00000108/776367.43 0.00000107/23329.54842056 " +
    "0.00000106/116868.87735849 0.00000105/205000 0.00000103/227308.25386407 0.00000102/105000 0.00000101/2970 " +
    "0.000001/21000 7e-7/10000 6.6e-7/10000 6e-7/100000 4.9e-7/10000 2.5e-7/2000 6e-8/100000 5e-8/200000 1e-8/640000"
)
const ASKS = side(
  "0.00000111/4847.13 0.00000112/528102.69042633 0.00000113/302397.07 0.00000114/339088.93 0.00000126/245944.06 " +
    "0.00000127/5000 0.0000013/5000 0.00000134/8249.18938656 0.00000136/13161.25184766 0.00000145/2914 " +
    "0.0000015/54448.5 0.00000152/5538.54849594 0.00000153/62691.75475079 0.00000159/2914 0.0000016/52631.10296831 " +
    "0.00000164/4000 0.00000166/3831.46784605 0.00000171/14575.17730379 0.00000174/3124.81815395 0.0000018/18000 " +
    "0.00000182/16000 0.00000186/4000 0.00000189/10000.686624 0.00000191/14500 0.00000193/2422"
)
const opened = (...frames: ReadonlyArray<unknown>) => [
  received({ event: "info", version: 2, platform: { status: 1 } }),
  received({ event: "conf", status: "OK", flags: 229_376 }),
  received({ event: "subscribed", channel: "book", chanId: 7, symbol: "tXRPBTC", prec: "P0" }),
  ...frames.map((frame) => received(frame))
]

describe("the checksum", () => {
  const rowsOf = (levels: typeof BIDS, sign: number) => levels.map(([price, amount]) => [price, 1, sign * amount])
  const snapshot = [7, [...rowsOf(BIDS, 1), ...rowsOf(ASKS, -1)], 1, 1_564_617_601_214]
  const update = [7, [0.0000011, 12, 266_122.94], 2, 1_564_617_601_215]
  it("gives the vendor's number for the whole of snapshot, update and cs frame", () => {
    const [scheme, proofs] = countProofs(bitfinex)
    const result = fold(scheme, "tXRPBTC", opened(snapshot, update, [7, "cs", -1_175_357_890, 3, 1_564_617_601_216]))
    assert.deepStrictEqual(proofs, { held: 1, failed: 0 })
    assert.strictEqual(result.story.at(-1), "live: ")
    assert.strictEqual(result.exchange.bookTime, 1_564_617_601_215_000)
  })
  it("fails with one level other, and with the number of fixed notation", () => {
    for (const frames of [
      [snapshot, [7, [0.0000011, 12, 266_122.95], 2, 1], [7, "cs", -1_175_357_890, 3, 1]],
      [snapshot, update, [7, "cs", 1_293_492_257, 3, 1]]
    ]) {
      const result = fold(bitfinex, "tXRPBTC", opened(...frames))
      assert.strictEqual(result.exchange.counts.checksum_failures, 1)
      assert.match(result.story.at(-1) ?? "", /^resyncing: checksum/)
    }
  })
  it("takes a book of one side, and of none", () => {
    const session = bitfinex.session("all")
    session.join(["tXRPBTC"])
    const book = new OrderBook(false)
    assert.isNull(session.prove("tXRPBTC", book, 0, 0))
    book.load([], [[7e-7, 2]])
    assert.isNull(session.prove("tXRPBTC", book, crc32("7e-7:-2") | 0, 0))
  })
})
