// A subscriber on a hub and an sink under the test's hand: nothing told twice or out of order whenever it joins,
// leaves or changes its delivery, openings no faster than they are read, nothing held after the end.
import { assert, describe, it } from "@effect/vitest"
import { marketPattern } from "../../../src/domain/MarketPattern.ts"
import type { ClientSink } from "../../../src/api/stream/ClientSink.ts"
import { type Order, Subscriber } from "../../../src/api/stream/Subscriber.ts"
import { MarketId } from "../../../src/domain/Market.ts"
import { type ChannelName, type MarketChannelName, readChannel } from "../../../src/domain/ChannelName.ts"
import type { Format } from "../../../src/hub/Group.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { ManualTimers } from "../../support/manualTimers.ts"
import { StagedFeed, stagedMarket } from "../../support/StagedFeed.ts"
import type { Said } from "../../support/StreamClient.ts"

const lines: Format = { name: "lines", encode: (told) => Buffer.from(`${told.map(({ text }) => text).join("\n")}\n`) }

class FakeSink implements ClientSink {
  unsent = 0
  /** While true nothing leaves. */
  stuck = false
  ended: string | null = null
  private text = ""
  readonly warnings: Array<string> = []
  warn(field: string, message: string): void {
    this.warnings.push(`${field} ${message}`)
  }
  write(chunk: Buffer): void {
    if (this.ended !== null) return
    this.text += String(chunk)
    if (this.stuck) this.unsent += chunk.length
  }
  close(code: number, reason: string): void {
    this.ended = `${code} ${reason}`
  }
  /** Events of a type so far, without reading them all. */
  count(type: string): number {
    return this.text.split(`{"type":"${type}"`).length - 1
  }
  get events(): ReadonlyArray<Said> {
    return this.text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Said)
  }
}

/** All turns are its own. */
const atOnce = (subscriber: Subscriber): void => {
  while (subscriber.step());
}

const channel = (name: string): MarketChannelName => {
  const read: ChannelName | string = readChannel(name)
  if (typeof read === "string" || read.kind === "consolidated") throw new Error(name)
  return read
}

const order = (feeds: ReadonlyArray<StagedFeed>, names: ReadonlyArray<string>, more: Partial<Order> = {}): Order => ({
  channels: names.map(channel),
  consolidated: [],
  markets: feeds.map((feed) => feed.channel),
  patterns: [],
  delivery: "lossless",
  since: new Map(),
  ...more
})

const stage = () => {
  const timers = new ManualTimers()
  const hub = new Hub(1_000, timers)
  const feed = new StagedFeed(hub, stagedMarket(1))
  feed.snapshot([["100", "1"]], [["101", "1"]])
  const client = (limit = 100) => {
    const sink = new FakeSink()
    return { sink, subscriber: new Subscriber(hub, sink, lines, limit, atOnce) }
  }
  const move = () => feed.change([["99", String(feed.seq)]], [])
  return { hub, feed, client, move, timers }
}

const seqs = ({ events }: FakeSink) =>
  events.flatMap(({ type, seq }) => (type === "book_snapshot" || type === "book_change" ? [Number(seq)] : []))
const risesByOne = (numbers: ReadonlyArray<number>) => numbers.every((seq, i) => i === 0 || seq === numbers[i - 1]! + 1)

describe("Subscriber", () => {
  it("tells a newcomer nothing twice though equal clients have events on their way", () => {
    const { hub, feed, client, move } = stage()
    const one = client()
    one.subscriber.subscribe(order([feed], ["book_change"]))
    move()
    move()
    const other = client()
    other.subscriber.subscribe(order([feed], ["book_change"]))
    move()
    hub.fanout.flush()
    for (const { sink } of [one, other]) assert.isTrue(risesByOne(seqs(sink)), String(seqs(sink)))
    assert.deepStrictEqual([seqs(one.sink).length, seqs(other.sink).length], [4, 2])
    hub.close()
  })

  it("keeps the order when a topic changes its delivery, and is silent after an unsubscription", () => {
    const { hub, feed, client, move } = stage()
    const { sink, subscriber } = client()
    subscriber.subscribe(order([feed], ["book_change"]))
    move()
    subscriber.subscribe(order([feed], ["book_change"], { delivery: "latest" }))
    move()
    subscriber.unsubscribe(order([feed], ["book_change"]))
    move()
    hub.fanout.flush()
    const [first, second, third, fourth] = seqs(sink)
    assert.deepStrictEqual([second, third, fourth], [first! + 1, first! + 1, first! + 2])
    assert.isFalse(feed.channel.topic("status").held)
    assert.isFalse(feed.channel.topic("book_change").held)
    hub.close()
  })

  it("opens markets no faster than the client reads", () => {
    const { hub, client } = stage()
    const levels = Array.from({ length: 2_000 }, (_, i): [string, string] => [
      String(1 + i / 10_000),
      "123456789.12345678"
    ])
    const feeds = Array.from({ length: 40 }, (_, i) => {
      const feed = new StagedFeed(hub, stagedMarket(i + 2))
      feed.remembers = false
      feed.snapshot(levels, [["101", "1"]])
      return feed
    })
    const { sink, subscriber } = client()
    sink.stuck = true
    subscriber.subscribe(order(feeds, ["book_change"]))
    const opened = () => sink.count("book_snapshot")
    let before = opened()
    assert.isBelow(sink.unsent, (1 << 20) + 200_000)
    let rounds = 0
    for (; opened() < 40; rounds++) {
      sink.unsent = 0
      subscriber.drained()
      assert.isAbove(opened(), before)
      before = opened()
    }
    assert.isAtLeast(rounds, 2)
    for (const feed of feeds) feed.change([["1", "7"]], [])
    hub.fanout.flush()
    assert.strictEqual(sink.count("book_change"), 40)
    assert.isNull(sink.ended)
    hub.close()
  })

  it("refuses more than its limit, whatever is held already", () => {
    const { hub, feed, client } = stage()
    const { subscriber } = client(3)
    const wanted = order([feed], ["spread", "trade", "book_change"])
    assert.isNull(subscriber.refusal(wanted))
    subscriber.subscribe(wanted)
    assert.isNull(subscriber.refusal(wanted))
    assert.match(subscriber.refusal(order([feed], ["status"]))!, /may hold 3 subscriptions.*would make 4/)
    subscriber.unsubscribe(order([feed], ["spread"]))
    assert.isNull(subscriber.refusal(order([feed], ["quote_10ms"])))
    hub.close()
  })

  it("tells of a market that fits a pattern and no limit", () => {
    const { hub, feed, client } = stage()
    const { sink, subscriber } = client(2)
    subscriber.subscribe(order([feed], ["trade"], { patterns: [marketPattern("COINBASE*")] }))
    new StagedFeed(hub, stagedMarket(2, "ETH")).snapshot([], [])
    const late = new StagedFeed(hub, stagedMarket(3, "XRP"))
    assert.isTrue(hub.channels.get(MarketId.make(2))?.topic("trade").held)
    assert.isFalse(late.channel.topic("trade").held)
    assert.lengthOf(sink.warnings, 1)
    assert.match(sink.warnings[0]!, /^\/markets COINBASE.SPOT:XRP-USD fits COINBASE\* and is left out/)
    hub.close()
  })

  it("releases all it held", () => {
    const { hub, feed, client, timers } = stage()
    const { sink, subscriber } = client()
    const consolidated = [
      { kind: "consolidated", name: "consolidated_BTC-USD", pair: "BTC-USD", type: "SPOT" }
    ] as const
    subscriber.subscribe(order([feed], ["status", "trade", "quote_10ms", "book_snapshot_5_10ms"], { consolidated }))
    assert.includeMembers(
      sink.events.map(({ type }) => type),
      ["status", "quote", "book_snapshot", "consolidated"]
    )
    subscriber.close()
    subscriber.close()
    assert.strictEqual(feed.channel.periodic.size, 0)
    assert.isTrue(feed.channel.topics.every(({ groups, held }) => !held && groups.size === 0))
    assert.isTrue(feed.channel.wanted)
    timers.advance(59_999)
    assert.isTrue(feed.channel.wanted)
    timers.advance(5_001)
    assert.isFalse(feed.channel.wanted)
    hub.close()
  })
})
