// The simulator over real sockets: what it allows and what a breach costs, the truth it shows, its marks, its end.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { Simulator } from "../../src/simulator/Simulator.ts"
import { until } from "../support/until.ts"
import { stage, toyLayer, toyVenue } from "./ToyVenue.ts"

describe("a simulated venue's limits", () => {
  it.live("bans an address that dials too often, and counts it", () =>
    Effect.gen(function* () {
      const on = yield* stage
      for (let n = 0; n < 5; n++) yield* on.dial()
      assert.strictEqual((yield* on.dial().pipe(Effect.flip)).message, "418 retry-after 60")
      const call = yield* on.call("GET", "/toy/spot/book")
      assert.deepStrictEqual([call.status, call.headers.get("retry-after")], [418, "60"])
      const { body } = yield* on.call("GET", "/truth")
      const [venue] = body["venues"] as ReadonlyArray<Record<string, unknown>>
      const { connects, connects_refused, rest, rest_refused, bans, open } = venue!
      assert.deepStrictEqual([connects, connects_refused, rest, rest_refused, bans, open], [5, 1, 1, 1, 1, 5])
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("bans an address whose calls weigh too much", () =>
    Effect.gen(function* () {
      const on = yield* stage
      assert.strictEqual((yield* on.call("GET", "/toy/spot/heavy")).status, 200)
      assert.strictEqual((yield* on.call("GET", "/toy/spot/heavy?x=1")).status, 418)
      assert.match((yield* on.dial().pipe(Effect.flip)).message, /^418 /)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("closes a socket that says too much, its pings counted", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      for (let n = 0; n < 10; n++) client.socket.ping()
      for (let n = 0; n < 11; n++) client.socket.send("again")
      assert.strictEqual(yield* client.end, "1008 Too many requests")
      assert.strictEqual(on.simulator.venues[0]!.counts.message_breaches, 1)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("closes a socket with more markets than the venue allows", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      client.socket.send("hello")
      assert.strictEqual(yield* client.end, "1008 too many subscriptions")
    }).pipe(
      Effect.provide(toyLayer(toyVenue({ limits: { ...toyVenue().limits, marketsPerSocket: 1 } }))),
      Effect.scoped
    )
  )

  it.live("pings as the venue does, and closes on a client that does not answer", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      const pings = yield* Effect.sync(() => {
        let count = 0
        client.socket.on("ping", () => void count++)
        return () => count
      })
      yield* until("two pings", Effect.sync(pings), (count) => count >= 2)
      assert.isNull(client.closed())
      const deaf = yield* on.dial()
      deaf.socket.pong = () => {}
      assert.strictEqual(yield* deaf.end, "1008 no pong")
    }).pipe(Effect.provide(toyLayer(toyVenue({ ping: { everyMs: 200, pongWithinMs: 300 } }))), Effect.scoped)
  )

  it.live("gives a defect of a venue to one socket, and counts it", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const [client, other] = [yield* on.dial(), yield* on.dial()]
      client.socket.send("crash")
      assert.strictEqual(yield* client.end, "1011 a defect of the simulator")
      on.move("A")
      yield* other.frames(2)
      assert.strictEqual(on.simulator.venues[0]!.counts.defects, 1)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe("the simulator", () => {
  it.live("marks everything as simulated", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      assert.strictEqual(client.headers()["x-simulated"], "true")
      for (const path of ["/", "/truth", "/truth/toy/spot/A", "/faults", "/toy/spot/book", "/toy/spot/x", "/no"]) {
        const { headers, body } = yield* on.call("GET", path)
        assert.strictEqual(headers.get("x-simulated"), "true", path)
        if (!path.startsWith("/toy")) assert.strictEqual(body["simulated"], true, path)
      }
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live.each([
    ["GET", "/no", 404],
    ["GET", "/truth/toy/spot/C", 404],
    ["GET", "/truth/toy/perp/A", 404],
    ["GET", "/truth/toy/spot/%", 404],
    ["PUT", "/truth/toy/spot/A", 405],
    ["PUT", "/faults", 405],
    ["POST", "/toy/spot/book", 405],
    ["GET", "/toy/spot/none", 404],
    ["POST", "/truth/toy/spot/A/match", 400]
  ] as const)("answers %s %s with %d", ([method, path, status]) =>
    Effect.gen(function* () {
      const on = yield* stage
      assert.strictEqual((yield* on.call(method, path)).status, status)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("refuses to upgrade where there is nothing", () =>
    Effect.gen(function* () {
      const on = yield* stage
      assert.match((yield* on.dial("/toy/spot/other").pipe(Effect.flip)).message, /^400 /)
      assert.match((yield* on.dial("/no/where").pipe(Effect.flip)).message, /^404 /)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("tells a late book from a wrong one, and what traded", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const shown = (yield* on.call("GET", "/truth/toy/spot/A?depth=10")).body
      assert.strictEqual((shown["bids"] as ReadonlyArray<unknown>).length, 10)
      const match = (body: object) => on.call("POST", "/truth/toy/spot/A/match", body)
      const now = (yield* match(shown)).body
      assert.deepStrictEqual(now, { simulated: true, matches: true, age_ms: 0 })
      on.move("A", 100)
      const late = (yield* match(shown)).body
      assert.strictEqual(late["matches"], true)
      const asks = shown["asks"] as ReadonlyArray<readonly [string, string]>
      const wrong = { ...shown, asks: [[asks[0]![0], "77777"], ...asks.slice(1)] }
      assert.deepStrictEqual((yield* match(wrong)).body, { simulated: true, matches: false })
      const { trades } = (yield* on.call("GET", "/truth/toy/spot/A/trades")).body as {
        readonly trades: ReadonlyArray<{ readonly id: number }>
      }
      assert.isAbove(trades.length, 1)
      const after = yield* on.call("GET", `/truth/toy/spot/A/trades?after=${trades[0]!.id}`)
      assert.deepStrictEqual(after.body["trades"], trades.slice(1))
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("lists made-up markets on demand, and moves all at their rate", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const one = on.simulator.venues[0]!
      assert.strictEqual(one.markets.size, 302)
      assert.isTrue(on.simulator.setRate("toy", "SPOT", "S299", 1_000))
      assert.isFalse(on.simulator.setRate("toy", "SPOT", "nothing", 1))
      yield* until(
        "moves",
        Effect.sync(() => [...one.markets.values()].map(({ engine }) => engine.version)),
        (versions) => versions.every((version) => version > 0) && versions[301]! > 10 * versions[0]!
      )
    }).pipe(Effect.provide(toyLayer(toyVenue(), 300, 5)), Effect.scoped)
  )

  it.live("ends with a close frame for everybody", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(toyLayer(), scope)
      const on = yield* stage.pipe(Effect.provideContext(context))
      const client = yield* on.dial()
      yield* client.frames(1)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* client.end, "1001 the simulation ends")
    }).pipe(Effect.scoped)
  )

  it.live("refuses an address that is taken", () =>
    Effect.gen(function* () {
      const { port } = yield* Simulator
      const second = Simulator.layer({
        venues: [toyVenue()],
        host: "127.0.0.1",
        port,
        seed: "1",
        rate: 0,
        madeUp: 0
      })
      const error = yield* Layer.build(second).pipe(Effect.flip)
      assert.match(error.message, /^can't listen on 127\.0\.0\.1 port \d+: .*EADDRINUSE/)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})
