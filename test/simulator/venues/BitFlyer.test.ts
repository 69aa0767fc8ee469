// Proves bitFlyer's simulated venue against the real scheme, mediator and book: thousands of moves without a
// difference, a lost change healed by the next board at the latest; and its words against the sheet's.
import { assert, describe, it } from "@effect/vitest"
import { bitFlyerPerp, bitFlyerSpot } from "../../../src/simulator/venues/BitFlyer.ts"
import { BEGIN, bareTalk } from "../bareTalk.ts"
import { VenueHarness } from "../VenueHarness.ts"

describe("simulated bitFlyer, followed by the scheme", () => {
  for (const venue of [bitFlyerSpot, bitFlyerPerp]) {
    it(`never differs from the true book: ${venue.marketType}`, () => {
      const harness = new VenueHarness({ venue })
      harness.run(600)
      for (let round = 0; round < 30; round++) {
        harness.run(100)
        harness.assertTrue()
      }
      harness.assertClean()
      for (const { trades } of harness.feeds.values()) assert.isAbove(trades.length, 50)
    })
  }

  it("lets markets join and leave while it runs", () => {
    const harness = new VenueHarness({ venue: bitFlyerSpot, symbols: ["BTC_JPY"] })
    harness.run(200)
    harness.join(["ETH_BTC", "XLM_JPY"])
    harness.run(500)
    harness.leave(["BTC_JPY"])
    harness.run(200)
    harness.join(["BTC_JPY"])
    harness.run(600)
    harness.assertTrue()
    harness.assertClean()
  })

  it("has a lost change healed by the next board, and no neighbour touched", () => {
    const harness = new VenueHarness({ venue: bitFlyerSpot })
    harness.run(600)
    let dropped = 0
    harness.onFrame = ({ kind, symbol, text }) =>
      kind === "book" && symbol === "ETH_JPY" && dropped++ < 3 ? null : text
    harness.run(300)
    harness.settle(5_200_000)
    harness.assertTrue()
    assert.strictEqual(harness.feed("BTC_JPY").exchange.counts.resyncs, 0)
    assert.strictEqual(harness.connects, 1)
  })

  it("shows by its middle price that changes of the touch were lost, until the next board", () => {
    const harness = new VenueHarness({ venue: bitFlyerPerp, pace: 20_000 })
    harness.run(600)
    let dropped = 0
    harness.onFrame = ({ kind, text }) => (kind === "book" && dropped++ < 60 ? null : text)
    harness.run(300)
    harness.settle(5_200_000)
    harness.assertTrue()
    const { exchange, statuses } = harness.feed("FX_BTC_JPY")
    assert.isAtLeast(exchange.counts.resyncs, 1)
    assert.isTrue(statuses.some((status) => status.startsWith("resyncing mid_price: ")))
    assert.strictEqual(harness.connects, 1)
  })

  it("is followed again after a restart", () => {
    const harness = new VenueHarness({ venue: bitFlyerSpot })
    harness.run(600)
    harness.restart()
    harness.run(600)
    harness.assertTrue()
    assert.strictEqual(harness.connects, 2)
  })
})

describe("simulated bitFlyer, word by word", () => {
  const PATH = "/json-rpc"
  const call = (method: string, channel: string, id?: number) => ({ jsonrpc: "2.0", method, params: { channel }, id })

  it("acknowledges with the id, and not at all without one", () => {
    const { say } = bareTalk(bitFlyerSpot, PATH)
    const board = "lightning_board_BTC_JPY"
    assert.deepStrictEqual(say(call("subscribe", board, 1)), ['{"jsonrpc":"2.0","id":1,"result":true}'])
    assert.deepStrictEqual(say(call("subscribe", "lightning_executions_BTC_JPY")), [])
    assert.deepStrictEqual(say([call("unsubscribe", board, 4), call("subscribe", "lightning_board_NO_SUCH", 5)]), [
      '[{"jsonrpc":"2.0","id":4,"result":true},{"jsonrpc":"2.0","id":5,"result":true}]'
    ])
  })

  it("refuses as the sheet shows", () => {
    const { say } = bareTalk(bitFlyerSpot, PATH)
    const said = [
      call("subscribe", "board_BTC_JPY", 102),
      call("subscribe", "lightning_board_BTC_JPY", 106),
      call("subscribe", "lightning_board_BTC_JPY", 107),
      call("nope", "", 108),
      "{nope"
    ].flatMap(say)
    assert.deepStrictEqual(said, [
      '{"jsonrpc":"2.0","id":102,"error":{"code":-32602,"message":"invalid channel"}}',
      '{"jsonrpc":"2.0","id":106,"result":true}',
      '{"jsonrpc":"2.0","id":107,"error":{"code":-32009,"message":"already subscribed"}}',
      '{"jsonrpc":"2.0","id":108,"error":{"code":-32601,"message":"Method not found"}}',
      '{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error","data":"Invalid JSON"},"id":null}'
    ])
  })

  it("sends a board every 5 s, traded or not, and none on subscribing", () => {
    const { say, talk, sent } = bareTalk(bitFlyerSpot, PATH)
    say(call("subscribe", "lightning_board_snapshot_ETH_BTC"))
    assert.deepStrictEqual(sent, [])
    const times: Array<number> = []
    for (let n = 0; n < 200; n++) {
      const before = sent.length
      talk.tick(BEGIN + n * 100_000)
      if (sent.length > before) times.push(n)
    }
    assert.deepStrictEqual(
      times,
      times.map((_, n) => times[0]! + n * 50)
    )
    assert.strictEqual(times.length, 4)
    const { message } = (JSON.parse(sent[0]!) as { params: { message: { bids: ReadonlyArray<{ price: number }> } } })
      .params
    assert.isBelow(message.bids[0]!.price, message.bids.at(-1)!.price, "this product's bids come worst first")
  })

  it("writes boards and executions as the capture shows them", () => {
    const { say, move, markets } = bareTalk(bitFlyerSpot, PATH)
    say(call("subscribe", "lightning_board_XLM_JPY"))
    say(call("subscribe", "lightning_executions_XLM_JPY"))
    const said = Array.from({ length: 300 }, (_, n) => move("XLM_JPY", BEGIN + n * 10_007)).flat()
    const head = (channel: string) =>
      String.raw`^\{"jsonrpc":"2\.0","method":"channelMessage","params":\{"channel":"${channel}","message":`
    const numeral = String.raw`\d+\.(0|\d*[1-9])`
    const levels = String.raw`\[(\{"price":${numeral},"size":${numeral}\},?)*\]`
    const board = new RegExp(
      `${head("lightning_board_XLM_JPY")}\\{"mid_price":(${numeral}),"bids":${levels},"asks":${levels}\\}\\}\\}$`
    )
    const order = String.raw`"JRF\d{8}-\d{6}-\d{6}"`
    const orders = `"buy_child_order_acceptance_id":${order},"sell_child_order_acceptance_id":${order}`
    const time = String.raw`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z"`
    const numbers = `"price":${numeral},"size":${numeral}`
    const fill = `\\{"id":\\d+,"side":"(BUY|SELL)",${numbers},"exec_date":${time},${orders}\\}`
    const executions = new RegExp(`${head("lightning_executions_XLM_JPY")}\\[${fill}(,${fill})*\\]\\}\\}$`)
    const boards = said.filter((text) => !executions.test(text))
    assert.isAbove(said.length - boards.length, 10)
    for (const text of boards) assert.match(text, board)
    const { bids, asks } = markets.get("XLM_JPY")!
    const units = (price: string): number => Math.round(Number(price) * 1000)
    const middle = Math.floor((units(bids[0]!.price) + units(asks[0]!.price)) / 2) / 1000
    assert.strictEqual(Number(board.exec(boards.at(-1)!)![1]), middle)
  })

  it("lists its markets and shows board and state by REST", () => {
    const { gateway, markets } = bareTalk(bitFlyerPerp, PATH)
    const get = (path: string): unknown => JSON.parse(gateway.rest(path, BEGIN)!.body)
    assert.deepStrictEqual(get("/v1/getmarkets"), [
      { product_code: "FX_BTC_JPY", market_type: "FX" },
      { product_code: "BTCJPY24DEC2021", alias: "BTCJPY_MAT2WK", market_type: "Futures" }
    ])
    assert.deepStrictEqual(get("/v1/getmarkets/usa"), [])
    const { bids, asks } = get("/v1/getboard?product_code=FX_BTC_JPY") as Readonly<
      Record<string, ReadonlyArray<object>>
    >
    const { bids: best, asks: all } = markets.get("FX_BTC_JPY")!
    assert.deepStrictEqual(bids![0], { price: Number(best[0]!.price), size: Number(best[0]!.size) })
    assert.strictEqual(asks!.length, all.length)
    const state = { health: "NORMAL", state: "RUNNING" }
    assert.deepStrictEqual(get("/v1/getboardstate?product_code=FX_BTC_JPY"), state)
    assert.strictEqual(gateway.rest("/v1/getboard?product_code=NOSUCH", BEGIN)!.status, 404)
    assert.isNull(gateway.rest("/v1/nosuch", BEGIN))
  })
})
