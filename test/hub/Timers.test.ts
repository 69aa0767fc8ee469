// Timers as fibers: the TestClock reaches all of them, cancelling and the scope's end leave none, and what is thrown in
// one ends no other.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { makeTimers } from "../../src/hub/Timers.ts"
import { Hub } from "../../src/hub/Hub.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"

describe("timers", () => {
  it.effect("ring on Effect's clock, once or again and again, until they are cancelled", () =>
    Effect.gen(function* () {
      const timers = yield* makeTimers
      const rung: Array<string> = []
      const begun = timers.now()
      timers.after(50, () => rung.push(`once at ${timers.now() - begun}`))
      const never = timers.after(60, () => rung.push("never"))
      const cancel = timers.every(20, () => rung.push(`every at ${timers.now() - begun}`))
      yield* TestClock.adjust(59)
      assert.deepStrictEqual(rung, ["every at 20", "every at 40", "once at 50"])
      never()
      yield* TestClock.adjust(11)
      cancel()
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(rung.slice(3), ["every at 60"])
    })
  )

  it.effect("go on after one of them throws, and are gone with their scope", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const timers = yield* Effect.provideService(makeTimers, Scope.Scope, scope)
      let rung = 0
      timers.every(10, () => {
        rung++
        throw new Error("broken")
      })
      yield* TestClock.adjust(35)
      assert.strictEqual(rung, 3)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 minute")
      timers.after(1, () => rung++)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(rung, 3)
    })
  )

  it.effect("carry a hub: its windows, its tickers and the rest of what nobody hears", () =>
    Effect.gen(function* () {
      const hub = new Hub(1_000, yield* makeTimers)
      const feed = new StagedFeed(hub, stagedMarket(1))
      feed.snapshot([["100", "1"]], [["101", "1"]])
      const name = { kind: "book_top", name: "book_top_1_100ms", depth: 1, interval: 100 } as const
      const top = hub.topicOf(feed.channel, name)
      const trades = feed.channel.topic("trade")
      const sent: Array<string> = []
      const format = { name: "texts", encode: () => Buffer.alloc(0) }
      const member = {
        deliver: (_: Buffer, all: ReadonlyArray<{ type: string }>) => sent.push(...all.map((e) => e.type))
      }
      hub.fanout.separate(member, format, new Set([top, trades]), null)
      for (const topic of [top, trades]) topic.hold()
      hub.fanout.flush()
      feed.trade(1)
      hub.fanout.flush()
      feed.trade(2)
      yield* TestClock.adjust(9)
      assert.deepStrictEqual(sent, ["trade"], "the second waits for its window")
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(sent, ["trade", "trade"])
      feed.change([["100", "2"]], [])
      yield* TestClock.adjust(100)
      hub.fanout.flush()
      assert.deepStrictEqual(sent.slice(2), ["book_top"])
      for (const topic of [top, trades]) topic.release(hub.now())
      yield* TestClock.adjust(59_000)
      assert.isTrue(feed.channel.wanted)
      yield* TestClock.adjust(6_000)
      assert.isFalse(feed.channel.wanted)
      hub.close()
    })
  )
})
