// A place on the next socket, with frames by hand: what it must not take over.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Market } from "../../../src/domain/Market.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { MarketSubscription } from "../../../src/feeds/market/MarketSubscription.ts"
import { Mediator } from "../../../src/feeds/truth/Mediator.ts"
import { Successor } from "../../../src/feeds/market/Successor.ts"
import { SharedSocket } from "../../../src/feeds/venue/SharedSocket.ts"
import { bitstamp } from "../../../src/schemes/bitstamp/Bitstamp.ts"

const SYMBOL = "btcusd"
const [line] = bitstamp.lines

const market = Schema.decodeUnknownSync(Market)({
  id: 7,
  exchange: { id: 1, name: "Bitstamp" },
  base_symbol: { id: 1, symbol: "BTC" },
  quote_symbol: { id: 2, symbol: "USD" },
  market_type: "SPOT",
  native_symbol: null,
  level4_feed_enabled: true,
  unverified: true
})

const opened = (subscriber: Successor | MarketSubscription) => {
  const socket = new SharedSocket(bitstamp, line, () => {})
  subscriber.socket = socket
  socket.join(subscriber)
  socket.opened(() => {})
  socket.session.join([SYMBOL])
  return socket
}

const stage = () => {
  const feed = new LiveFeed(
    market,
    bitstamp,
    SYMBOL,
    { ws: undefined, rest: undefined },
    { wanted: false, emit: () => {} }
  )
  const ports = { fetch: () => {}, ask: () => {}, reconnect: () => {}, reject: () => {}, refuse: () => {} }
  feed.exchange.signal("dial", null, 0)
  const mediator = new Mediator(bitstamp, SYMBOL, feed.book, feed.exchange, ports, 0, feed.memory)
  const end = { lost: () => {}, crashed: () => {}, outlived: () => {} }
  const subscription = new MarketSubscription(line, feed, mediator, end)
  opened(subscription)
  const successor = new Successor(subscription, feed, () => {})
  const socket = opened(successor)
  const say = (frame: object) => socket.receive(Buffer.from(JSON.stringify(frame)), 1)
  const diff = (time: number, size: string | null) =>
    say({
      event: "data",
      channel: `diff_order_book_${SYMBOL}`,
      data: { microtimestamp: String(time), bids: [["10", size]], asks: [] }
    })
  successor.joined(0)
  diff(100, "1")
  const book = { microtimestamp: "200", bids: [["10", "2"]], asks: [["11", "1"]] }
  socket.answer(SYMBOL, 200, JSON.stringify(book), 1)
  return { feed, successor, say, diff }
}

describe("a place on the next socket", () => {
  it("takes over with the book and the changes that came on it", () => {
    const { feed, successor, diff } = stage()
    diff(300, "7")
    assert.isTrue(successor.takeOver(10_000_000))
    assert.deepStrictEqual([feed.book.bidTexts(9), successor.failed], [[["10", "7"]], false])
  })

  it("is given up for a frame that can't be read and may have been a change, and for no other", () => {
    const { successor, say, diff } = stage()
    say({ event: "bts:news", data: {} })
    assert.isFalse(successor.failed)
    diff(300, null)
    assert.isTrue(successor.failed)
  })

  it("has not joined before its subscriptions were sent, nor after it took over", () => {
    const { successor } = stage()
    assert.isTrue(successor.isJoined)
    successor.takeOver(10_000_000)
    assert.isFalse(successor.isJoined)
  })
})
