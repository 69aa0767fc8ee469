// The body of server-sent events below HTTP: a client that reads nothing is bounded, told, and cut when it does not read that.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { EventBody } from "../../../src/api/stream/EventBody.ts"
import { LOSSLESS_LIMIT } from "../../../src/api/stream/Lane.ts"
import { Turns } from "../../../src/api/stream/Turns.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { StagedFeed, stagedMarket } from "../../support/StagedFeed.ts"
import { until } from "../../support/until.ts"

const stage = () => {
  const hub = new Hub(1_000)
  const feed = new StagedFeed(hub, stagedMarket(1))
  feed.remembers = false
  feed.snapshot([["100", "1"]], [["101", "1"]])
  const seen = { gone: 0, cut: 0 }
  const body = new EventBody(
    hub,
    100,
    new Turns(),
    [],
    () => seen.gone++,
    () => seen.cut++,
    20
  )
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
  return { hub, feed, body, seen }
}

const levels = Array.from({ length: 1_000 }, (_, i) => String(50 + i / 100))

describe("EventBody", () => {
  it.live("holds no more than its bound for a client that does not read, and cuts it", () =>
    Effect.gen(function* () {
      const { hub, feed, body, seen } = stage()
      for (let i = 0; seen.gone === 0 && i < 5_000; i++) {
        feed.change(
          levels.map((price) => [price, String(i + 1)]),
          []
        )
        hub.fanout.flush()
      }
      assert.strictEqual(seen.gone, 1)
      assert.isBelow(body.unsent, LOSSLESS_LIMIT + (1 << 20))
      assert.isFalse(feed.channel.topics.book_change.held)
      yield* until(
        "the cut",
        Effect.sync(() => seen.cut),
        (cut) => cut === 1
      )
      hub.close()
    })
  )

  it.live("tells the end to who reads, and cuts nobody then", () =>
    Effect.gen(function* () {
      const { hub, feed, body, seen } = stage()
      feed.change([["99", "1"]], [])
      hub.fanout.flush()
      body.close(1001, "level4 stops")
      body.close(1001, "twice")
      const chunks = yield* Stream.runCollect(body.stream)
      const text = Buffer.concat([...chunks]).toString()
      assert.match(text, /event: book_snapshot\n[^]*event: book_change\n[^]*"code":1001,"reason":"level4 stops"\}\n\n$/)
      assert.notInclude(text, "twice")
      assert.strictEqual(body.unsent, 0)
      // one that is closed later and not read is cut: by then the other would have been, too
      const later = stage()
      later.body.close(1001, "level4 stops")
      yield* until(
        "the later cut",
        Effect.sync(() => later.seen.cut),
        (cut) => cut === 1
      )
      later.hub.close()
      assert.deepStrictEqual(seen, { gone: 1, cut: 0 })
      hub.close()
    })
  )
})
