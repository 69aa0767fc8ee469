// One client's websocket on a clock that the test moves: messages beyond its budget wait, are answered in order when
// it has refilled, and a client that goes on sending more is closed and told why; another one is served meanwhile.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import { StreamSocket } from "../../../src/api/stream/StreamSocket.ts"
import { TimeBudget } from "../../../src/api/stream/TimeBudget.ts"
import { WorkQueue } from "../../../src/api/stream/WorkQueue.ts"
import { Catalog } from "../../../src/layers/Catalog.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { streamClient } from "../../support/StreamClient.ts"
import { ManualTimers } from "../../support/manualTimers.ts"
import { until } from "../../support/until.ts"

/** A piece of work takes five milliseconds; a connection has fifty, and hardly more until the test moves the clock. */
const stage = Effect.acquireRelease(
  Effect.promise(async () => {
    const timers = new ManualTimers()
    let spent = 0
    const work = new WorkQueue(timers, () => (spent += 5))
    const hub = new Hub(1, timers)
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/stream", allowSynchronousEvents: false })
    server.on("connection", (ws: WebSocket, { socket }) => {
      const budgets = [new TimeBudget(0.01, 51, timers.time)]
      const run = (effect: Effect.Effect<void>) => void Effect.runFork(effect)
      const markets = { hub, catalog: Catalog.of({} as never) }
      return new StreamSocket(ws, socket, markets, 100, { work, timers, budgets, run })
    })
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { timers, work, hub, server, url }
  }),
  ({ hub, server, work }) =>
    Effect.sync(() => {
      for (const one of server.clients) one.terminate()
      server.close()
      work.close()
      hub.close()
    })
)

describe("StreamSocket", () => {
  it.live("lets messages beyond its budget wait, and closes who goes on with it", () =>
    Effect.gen(function* () {
      const { timers, url } = yield* stage
      const flood = yield* streamClient(url)
      const calm = yield* streamClient(url)
      const answered = () => flood.answers.map((answer) => answer["id"])
      const upTo = (count: number) => Array.from({ length: count }, (_, id) => id)
      for (let id = 0; id < 400; id++) flood.say({ op: "ping", id })
      const first = yield* until("the budget is spent", Effect.sync(answered), ({ length }) => length >= 10)
      assert.strictEqual((yield* calm.ask({ op: "ping", id: "calm" }))["id"], "calm")
      const held = answered().length
      assert.isBelow(held, 15)
      assert.deepStrictEqual(answered(), upTo(held))
      assert.isAtLeast(held, first.length)
      assert.isNull(flood.end)
      // what refills is worked off at once
      timers.advance(10_000)
      yield* until(
        "more",
        Effect.sync(() => answered().length),
        (length) => length > held
      )
      assert.deepStrictEqual(answered(), upTo(answered().length))
      timers.advance(10_000)
      const { code, reason } = (yield* flood.ended)!
      assert.strictEqual(code, 1008)
      assert.match(reason, /^too many messages: for 20 s they ask for more than one client may have$/)
      assert.isBelow(answered().length, 400)
      assert.strictEqual((yield* calm.ask({ op: "ping", id: "still" }))["id"], "still")
    }).pipe(Effect.scoped)
  )

  it.live("reads on when its messages are worked off, and forgets that they waited", () =>
    Effect.gen(function* () {
      const { timers, url } = yield* stage
      const client = yield* streamClient(url)
      for (let round = 1; round <= 4; round++) {
        for (let id = 0; id < 12; id++) client.say({ op: "ping", id })
        // twelve are more than the budget holds, and each round lasts longer than half of what is suffered
        yield* until(
          "the round",
          Effect.sync(() => {
            if (client.answers.length < 12 * round) timers.advance(100)
            return client.answers.length
          }),
          (length) => length === 12 * round
        )
        timers.advance(10_000)
      }
      assert.isNull(client.end)
    }).pipe(Effect.scoped)
  )
})
