// One client's websocket on a clock that the test moves: messages beyond its budget wait, are answered in order when it has
// refilled, and a client that goes on sending more is closed and told why; another one is served meanwhile.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { type WebSocket, WebSocketServer } from "ws"
import { StreamSocket } from "../../../src/api/stream/StreamSocket.ts"
import { TimeBudget } from "../../../src/api/stream/TimeBudget.ts"
import { Turns } from "../../../src/api/stream/Turns.ts"
import { Catalog } from "../../../src/layers/Catalog.ts"
import { Hub } from "../../../src/hub/Hub.ts"
import { streamClient } from "../../support/StreamClient.ts"
import { until } from "../../support/until.ts"

/** Each piece of work takes five milliseconds; a connection has fifty, and hardly more until the test moves the clock. */
const stage = Effect.acquireRelease(
  Effect.promise(async () => {
    const time = { now: 0, spent: 0 }
    const turns = new Turns({ now: () => time.now, spent: () => (time.spent += 5) })
    const hub = new Hub(1)
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/stream", allowSynchronousEvents: false })
    server.on("connection", (ws: WebSocket, { socket }) => {
      const budgets = [new TimeBudget(0.01, 51, time.now)]
      const run = (effect: Effect.Effect<void>) => void Effect.runFork(effect)
      return new StreamSocket(ws, socket, { hub, catalog: Catalog.of({} as never) }, 100, { turns, budgets, run })
    })
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { time, turns, hub, server, url }
  }),
  ({ hub, server, turns }) =>
    Effect.sync(() => {
      for (const one of server.clients) one.terminate()
      server.close()
      turns.close()
      hub.close()
    })
)

describe("StreamSocket", () => {
  it.live("lets messages beyond its budget wait, and closes who goes on with it", () =>
    Effect.gen(function* () {
      const { time, url } = yield* stage
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
      time.now += 10_000
      yield* until(
        "more",
        Effect.sync(() => answered().length),
        (length) => length > held
      )
      assert.deepStrictEqual(answered(), upTo(answered().length))
      time.now += 10_000
      const { code, reason } = (yield* flood.ended)!
      assert.strictEqual(code, 1008)
      assert.match(reason, /^too many messages: for 20 s they ask for more than one client may have$/)
      assert.isBelow(answered().length, 400)
      assert.strictEqual((yield* calm.ask({ op: "ping", id: "still" }))["id"], "still")
    }).pipe(Effect.scoped)
  )

  it.live("reads on when its messages are worked off, and forgets that they waited", () =>
    Effect.gen(function* () {
      const { time, url } = yield* stage
      const client = yield* streamClient(url)
      for (let round = 1; round <= 4; round++) {
        for (let id = 0; id < 12; id++) client.say({ op: "ping", id })
        // twelve are more than the budget holds, and each round lasts longer than half of what is suffered
        yield* until(
          "the round",
          Effect.sync(() => {
            if (client.answers.length < 12 * round) time.now += 100
            return client.answers.length
          }),
          (length) => length === 12 * round
        )
        time.now += 10_000
      }
      assert.isNull(client.end)
    }).pipe(Effect.scoped)
  )
})
