// What a stream does with a service that changes its mind, falls over, or says what nobody knows; the service is
// scripted.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { StreamLost } from "../../src/client/StreamFailures.ts"
import { StreamSession } from "../../src/client/StreamSession.ts"
import { MarketId } from "../../src/domain/Market.ts"
import { scriptedService, trade, understood } from "../support/ScriptedService.ts"
import { streamReader } from "../support/StreamReader.ts"
import { until } from "../support/until.ts"

const request = { channels: ["trade"], markets: ["COINBASE.*"] } as const
const refusal = (...fields: ReadonlyArray<string>) => ({
  type: "error",
  id: 1,
  errors: fields.map((field) => ({ field, message: "no" }))
})

describe("StreamSession", () => {
  it.live("asks to continue after the last place that it handed on", () =>
    Effect.gen(function* () {
      const service = yield* scriptedService(({ index, say, socket }) => {
        say(understood)
        say([trade(11), trade(12)])
        if (index === 0) socket.close(1001, "level4 stops")
      })
      const reader = yield* streamReader({ url: service.url }, { ...request, since: { 7: { epoch: 1, seq: 10 } } })
      yield* until(
        "both",
        Effect.sync(() => reader.of("trade").length),
        (count) => count === 4
      )
      const since = service.talks.map(({ heard }) => heard[0]!["since"])
      assert.deepStrictEqual(since, [{ 7: { epoch: 1, seq: 10 } }, { 7: { epoch: 1, seq: 12 } }])
      assert.deepInclude(reader.of("disconnected")[0], { code: 1001, reason: "level4 stops" })
    }).pipe(Effect.scoped)
  )

  it.live("gives up places of markets that a restarted service does not know yet, and tells it", () =>
    Effect.gen(function* () {
      const service = yield* scriptedService(({ index, heard, say, socket }) => {
        if (index === 1 && heard.length === 1) return say(refusal("/since/7"))
        say(understood)
        say([trade(index === 0 ? 12 : 3)])
        if (index === 0) socket.terminate()
      })
      const reader = yield* streamReader({ url: service.url }, request)
      yield* until(
        "both",
        Effect.sync(() => reader.of("trade").length),
        (count) => count === 2
      )
      assert.deepStrictEqual(
        reader.values.map(({ type }) => type),
        ["connected", "trade", "disconnected", "connected", "resume", "trade"]
      )
      assert.deepInclude(reader.of("resume")[0], { market_id: MarketId.make(7), seq: 12, resumed: false })
      assert.isFalse("since" in service.talks[1]!.heard[1]!)
    }).pipe(Effect.scoped)
  )

  it.live("tries again when it is refused what it had before", () =>
    Effect.gen(function* () {
      const service = yield* scriptedService(({ index, say, socket }) => {
        if (index === 1) return say(refusal("/markets/0"))
        say(understood)
        if (index === 0) socket.terminate()
      })
      const reader = yield* streamReader({ url: service.url }, request)
      yield* until(
        "again",
        Effect.sync(() => reader.of("connected").length),
        (count) => count === 2
      )
      assert.strictEqual(reader.of("disconnected")[1]!.reason, "refused for now: /markets/0: no")
    }).pipe(Effect.scoped)
  )

  it.live("names the run of a place, once where it is that of all", () =>
    Effect.gen(function* () {
      const service = yield* scriptedService(({ index, say, socket }) => {
        say({ ...understood, run: index === 0 ? "first" : "second" })
        if (index === 0) say([trade(12)])
        if (index < 2) socket.terminate()
      })
      const since = { 7: { epoch: 1, seq: 10, run: "old" }, 8: { epoch: 2, seq: 5, run: "old" } }
      const reader = yield* streamReader({ url: service.url }, { ...request, since })
      yield* until(
        "three connections",
        Effect.sync(() => reader.of("connected").length),
        (count) => count === 3
      )
      const asked = service.talks.map(({ heard }) => [heard[0]!["run"], heard[0]!["since"]])
      const eighth = { 8: { epoch: 2, seq: 5, run: "old" } }
      assert.deepStrictEqual(asked, [
        [undefined, since],
        ["first", { 7: { epoch: 1, seq: 12 }, ...eighth }],
        ["second", { 7: { epoch: 1, seq: 12, run: "first" }, ...eighth }]
      ])
    }).pipe(Effect.scoped)
  )

  const nonsense = ["[]nonsense", '[{"type":"comet"}]', '{"type":"subscribed"}']
  it.live.each(nonsense)("ends when it hears %s", (text) =>
    Effect.gen(function* () {
      const service = yield* scriptedService(({ say }) => say(text))
      const exit = yield* (yield* streamReader({ url: service.url }, request)).ended
      const error = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
      assert.deepInclude(error?._tag === "Fail" ? error.error : {}, { _tag: "StreamUnreadable", sample: text })
    }).pipe(Effect.scoped)
  )

  it.effect("waits longer after each loss, and only begins anew after a healthy spell", () =>
    Effect.gen(function* () {
      const session = new StreamSession(request, Schedule.exponential("1 second"))
      const line = { send: () => {}, take: Effect.succeed([JSON.stringify(understood)]) }
      const lost = Effect.map(session.lost(new StreamLost({ code: 1006, reason: "cut" })), (told) => told.retry_in_ms)
      const losses = [yield* lost, yield* lost]
      for (const spell of ["4999 millis", "5 seconds"] as const) {
        yield* session.next(line)
        yield* TestClock.adjust(spell)
        losses.push(yield* lost)
      }
      losses.push(yield* lost)
      assert.deepStrictEqual(losses, [1_000, 2_000, 4_000, 1_000, 2_000])
      const waiting = yield* Effect.forkChild(session.patience)
      yield* TestClock.adjust("1999 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      yield* Fiber.join(waiting)
    })
  )
})
