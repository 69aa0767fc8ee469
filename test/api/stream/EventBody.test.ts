// The body of server-sent events below HTTP: a client that reads nothing is bounded, told, and cut when it does not
// read that.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { EventBody } from "../../../src/api/stream/EventBody.ts"
import { LOSSLESS_LIMIT } from "../../../src/api/stream/SendQueue.ts"
import { WorkQueue } from "../../../src/api/stream/WorkQueue.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { ManualTimers } from "../../support/manualTimers.ts"
import { StagedFeed, stagedMarket } from "../../support/StagedFeed.ts"

const stage = () => {
  const timers = new ManualTimers()
  const hub = new Hub(1_000, timers)
  const feed = new StagedFeed(hub, stagedMarket(1))
  feed.remembers = false
  feed.snapshot([["100", "1"]], [["101", "1"]])
  const seen = { gone: 0, cut: 0 }
  const body = new EventBody({
    hub,
    limit: 100,
    work: new WorkQueue(timers),
    timers,
    budgets: [],
    gone: () => seen.gone++,
    cut: () => seen.cut++
  })
  const channels = [{ kind: "book_change", name: "book_change" }] as const
  const markets = [feed.channel]
  body.subscriber.subscribe({
    channels,
    consolidated: [],
    markets,
    patterns: [],
    delivery: "lossless",
    since: new Map()
  })
  while (body.step());
  return { hub, feed, body, seen, timers }
}

const levels = Array.from({ length: 1_000 }, (_, i) => String(50 + i / 100))

describe("EventBody", () => {
  it.effect("holds no more than its bound for a client that does not read, and cuts it", () =>
    Effect.gen(function* () {
      const { hub, feed, body, seen, timers } = stage()
      for (let i = 0; seen.gone === 0 && i < 5_000; i++) {
        feed.change(
          levels.map((price) => [price, String(i + 1)]),
          []
        )
        hub.fanout.flush()
      }
      assert.strictEqual(seen.gone, 1)
      assert.isBelow(body.unsent, LOSSLESS_LIMIT + (1 << 20))
      assert.isFalse(feed.channel.topic("book_change").held)
      timers.advance(9_999)
      assert.strictEqual(seen.cut, 0)
      timers.advance(1)
      assert.strictEqual(seen.cut, 1)
      hub.close()
    })
  )

  it.effect("tells the end to who reads, and cuts nobody then", () =>
    Effect.gen(function* () {
      const { hub, feed, body, seen, timers } = stage()
      feed.change([["99", "1"]], [])
      hub.fanout.flush()
      body.close(1001, "level4 stops")
      body.close(1001, "twice")
      const chunks = yield* Stream.runCollect(body.stream)
      const text = Buffer.concat([...chunks]).toString()
      assert.match(text, /event: book_snapshot\n[^]*event: book_change\n[^]*"code":1001,"reason":"level4 stops"\}\n\n$/)
      assert.notInclude(text, "twice")
      assert.strictEqual(body.unsent, 0)
      timers.advance(60_000)
      assert.deepStrictEqual(seen, { gone: 1, cut: 0 })
      hub.close()
    })
  )
})
