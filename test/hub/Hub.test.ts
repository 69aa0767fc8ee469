// The channels of a hub as markets come and go: a market that exists no more is found by nobody, and one of its tag
// that comes later is another one.
import { assert, describe, it } from "@effect/vitest"
import { MarketId } from "../../src/domain/Market.ts"
import { Hub } from "../../src/hub/Hub.ts"
import { ManualTimers } from "../support/manualTimers.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"

describe("a hub", () => {
  it("forgets a market that exists no more, and takes the next of its tag for another", () => {
    const hub = new Hub(1_000, new ManualTimers())
    const staged = new StagedFeed(hub, stagedMarket(1))
    const { channel } = staged
    const trades = channel.topic("trade")
    trades.hold()
    staged.trade(7)
    const place = { epoch: 0, seq: staged.seq - 1 }
    assert.deepInclude(JSON.parse(Object(channel.since(place, [trades]))[0].text), { type: "trade", id: "7" })
    hub.forget(MarketId.make(1))
    assert.strictEqual(hub.channels.get(MarketId.make(1)), channel, "its feed runs")
    staged.stop()
    hub.forget(MarketId.make(1))
    assert.isFalse(hub.channels.has(MarketId.make(1)))
    const missed = channel.since(place, [trades])
    assert.match(typeof missed === "string" ? missed : "", /kept no more/)
    const appeared: Array<readonly [number, string]> = []
    hub.onAppeared(({ id, tag }) => void appeared.push([id, tag]))
    const next = new StagedFeed(hub, stagedMarket(2))
    next.trade(8)
    assert.deepStrictEqual(appeared, [[2, channel.tag]])
    assert.notStrictEqual(next.channel, channel)
    assert.deepInclude(channel.label, { state: "stopped" })
    hub.forget(MarketId.make(77))
    hub.close()
  })
})
