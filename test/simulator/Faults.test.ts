// Every fault over a real socket, with a venue that says next to nothing: what reaches the client, how often it struck,
// and that it is over in the end.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { until } from "../support/until.ts"
import { stage, toyLayer, toyVenue, type Stage } from "./ToyVenue.ts"

const hits = (on: Stage) =>
  Effect.map(on.call("GET", "/faults"), ({ body }) => {
    const [fault] = body["faults"] as ReadonlyArray<{ readonly hits: number; readonly state: string }>
    return `${fault!.hits} ${fault!.state}`
  })

const over = (on: Stage) =>
  until("the end of the fault", hits(on), (seen) => seen.endsWith("over")).pipe(
    Effect.map((seen) => seen.split(" ")[0])
  )

const book = (symbol: string, n: number, c = 6) => JSON.stringify({ s: symbol, n, c })

describe("faults of frames", () => {
  it.live.each([
    ["drop", [book("A", 2), book("A", 3)]],
    ["duplicate", [book("A", 1), book("A", 1), book("A", 2), book("A", 3)]],
    ["reorder", [book("A", 2), book("A", 1), book("A", 3)]],
    ["malformed", [book("A", 1).slice(0, 10), book("A", 2), book("A", 3)]],
    ["unknown", ['{"simulated_fault":"unknown frame"}', book("A", 1), book("A", 2), book("A", 3)]],
    ["corrupt_checksum", [book("A", 1, 7), book("A", 2), book("A", 3)]]
  ] as const)("%s strikes one frame, of its market alone", ([fault, expected]) =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      const asked = yield* on.fault({ fault, symbol: "A" })
      assert.strictEqual(asked["state"], "active")
      on.move("A", 3)
      on.move("B")
      const heard = yield* client.frames(expected.length + 2)
      assert.deepStrictEqual(heard.slice(1), [...expected, book("B", 4)])
      assert.strictEqual(yield* hits(on), "1 over")
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("a count strikes as many; a time strikes all until it is over", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* on.fault({ fault: "drop", count: 2 })
      on.move("A", 2)
      on.move("B")
      assert.deepStrictEqual((yield* client.frames(2)).slice(1), [book("B", 3)])
      yield* on.fault({ fault: "drop", for_ms: 150 })
      on.move("A", 5)
      const quiet = on
        .call("GET", "/faults")
        .pipe(Effect.map(({ body }) => (body["faults"] as ReadonlyArray<{ readonly state: string }>)[1]!.state))
      yield* until("the end of the fault", quiet, (state) => state === "over")
      on.move("A")
      assert.deepStrictEqual((yield* client.frames(3)).slice(2), [book("A", 9)])
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("a frame that waits for the next one goes alone after a second", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* on.fault({ fault: "reorder", symbol: "A" })
      on.move("A")
      assert.deepStrictEqual((yield* client.frames(2)).slice(1), [book("A", 1)])
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("silent: what is asked is acknowledged, and the market is not heard", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* on.fault({ fault: "silent", symbol: "A", for_ms: 300 })
      client.socket.send("subscribe")
      yield* client.frames(2)
      on.move("A", 3)
      on.move("B")
      assert.deepStrictEqual((yield* client.frames(3)).slice(1), ["subscribe", book("B", 4)])
      assert.strictEqual(yield* over(on), "3")
      on.move("A")
      assert.strictEqual((yield* client.frames(4))[3], book("A", 5))
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe("faults of sockets", () => {
  it.live("delay: everything comes late and in order", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* on.fault({ fault: "delay", delay_ms: 300, for_ms: 200 })
      const begun = performance.now()
      on.move("A", 2)
      const heard = yield* client.frames(3)
      assert.isAtLeast(performance.now() - begun, 295)
      assert.deepStrictEqual(heard.slice(1), [book("A", 1), book("A", 2)])
      yield* over(on)
      on.move("A")
      assert.strictEqual((yield* client.frames(4))[3], book("A", 3))
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("stall: nothing is sent nor answered, then all of it", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* on.fault({ fault: "stall", for_ms: 400 })
      const begun = performance.now()
      client.socket.send("hello")
      client.socket.ping()
      on.move("A", 2)
      const other = yield* on.dial()
      assert.deepStrictEqual(yield* other.frames(1), ["gateway 1"])
      assert.strictEqual(client.heard.length, 1)
      const heard = yield* client.frames(4)
      assert.isAtLeast(performance.now() - begun, 395)
      assert.sameMembers(heard.slice(1), [book("A", 1), book("A", 2), "hello"])
      yield* until(
        "the pong",
        Effect.sync(() => client.pongs()),
        (pongs) => pongs === 1
      )
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("half_open: no frame, no pong, no answer to a close; cut in the end, and new sockets are whole", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* client.frames(1)
      yield* on.fault({ fault: "half_open", for_ms: 400 })
      client.socket.ping()
      client.socket.send("hello")
      on.move("A", 3)
      const other = yield* on.dial()
      yield* other.frames(1)
      other.socket.send("hello")
      assert.deepStrictEqual(yield* other.frames(2), ["gateway 1", "hello"])
      assert.deepStrictEqual([client.heard.length, client.pongs(), client.closed()], [1, 0, null])
      assert.strictEqual(yield* client.end, "1006")
      assert.isNull(other.closed())
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live.each([
    [{ fault: "close" }, "1001 a fault"],
    [{ fault: "close", code: 1013 }, "1013 a fault"],
    [{ fault: "cut" }, "1006"],
    [{ fault: "restart" }, "1012 service restart"],
    [{ fault: "maintenance", for_ms: 200 }, "1001 maintenance"]
  ] as const)("%j ends the socket with %s", ([request, code]) =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* client.frames(1)
      const asked = yield* on.fault(request)
      assert.strictEqual(asked["hits"], 1)
      assert.strictEqual(yield* client.end, code)
      assert.strictEqual(client.heard[1], request.fault === "maintenance" ? "maintenance" : undefined)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("strikes only the sockets that carry the market it names", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      assert.strictEqual((yield* on.fault({ fault: "cut", symbol: "A" }))["hits"], 1)
      yield* client.end
      yield* on.dial()
      assert.strictEqual((yield* on.fault({ fault: "cut", symbol: "S0" }))["hits"], 0)
    }).pipe(Effect.provide(toyLayer(toyVenue(), 1)), Effect.scoped)
  )

  it.live("restart: sequences begin anew, the market's past is still known", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const { body } = yield* on.call("GET", "/truth/toy/spot/A?depth=10")
      on.move("A", 3)
      yield* on.fault({ fault: "restart" })
      const client = yield* on.dial()
      assert.deepStrictEqual(yield* client.frames(1), ["gateway 2"])
      assert.deepStrictEqual((yield* on.call("GET", "/toy/spot/book")).body, { moves: 0, gateway: 2 })
      const past = yield* on.call("POST", "/truth/toy/spot/A/match", body)
      assert.strictEqual(past.body["matches"], true)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("maintenance: dials and calls get 503 until it is over", () =>
    Effect.gen(function* () {
      const on = yield* stage
      yield* on.fault({ fault: "maintenance", for_ms: 300 })
      assert.strictEqual((yield* on.dial().pipe(Effect.flip)).message, "503 retry-after 1")
      assert.strictEqual((yield* on.call("GET", "/toy/spot/book")).status, 503)
      yield* over(on)
      assert.strictEqual((yield* on.call("GET", "/toy/spot/book")).status, 200)
      yield* on.dial()
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe("faults of dials and calls", () => {
  it.live("refuse: so many dials get a status, and no limit is spent", () =>
    Effect.gen(function* () {
      const on = yield* stage
      yield* on.fault({ fault: "refuse", count: 7, status: 502, retry_after_s: 9 })
      for (let n = 0; n < 7; n++) {
        assert.strictEqual((yield* on.dial().pipe(Effect.flip)).message, "502 retry-after 9")
      }
      yield* on.dial()
      assert.strictEqual(yield* hits(on), "7 over")
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("rest_status and slow_rest: one call is refused, one is late", () =>
    Effect.gen(function* () {
      const on = yield* stage
      yield* on.fault({ fault: "rest_status", count: 1, status: 418, retry_after_s: 3 })
      const refused = yield* on.call("GET", "/toy/spot/book")
      assert.deepStrictEqual([refused.status, refused.headers.get("retry-after")], [418, "3"])
      yield* on.fault({ fault: "slow_rest", count: 1, delay_ms: 300 })
      const begun = performance.now()
      assert.strictEqual((yield* on.call("GET", "/toy/spot/book")).status, 200)
      assert.isAtLeast(performance.now() - begun, 295)
      assert.strictEqual((yield* on.call("GET", "/toy/spot/book")).status, 200)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe("Retry-After as a date", () => {
  it.live("is of refused dials and calls, and never sooner than asked", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const begun = Date.now()
      yield* on.fault({ fault: "rest_status", count: 1, retry_after_s: 30, retry_after_date: true })
      const { status, headers } = yield* on.call("GET", "/toy/spot/book")
      const text = headers.get("retry-after") ?? ""
      assert.deepStrictEqual([status, new Date(text).toUTCString()], [429, text])
      assert.isAtLeast(Date.parse(text), begun + 30_000)
      yield* on.fault({ fault: "refuse", count: 1, retry_after_s: 30, retry_after_date: true })
      assert.match((yield* on.dial().pipe(Effect.flip)).message, /^503 retry-after \w{3}, \d\d \w{3} \d{4} .* GMT$/)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe("/faults", () => {
  it.live("says which faults a venue has no way to do", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      const asked: Array<unknown> = []
      for (const fault of ["ids_anew", "announce_shutdown", "halt_on_connect", "trades_anew"]) {
        const { applicable, state, hits } = yield* on.fault({ fault })
        asked.push([applicable, state, hits])
      }
      const none = [false, "over", 0]
      assert.deepStrictEqual(asked, [none, none, none, [true, "over", 2]])
      assert.isNull(client.closed())
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live.each([
    [{ fault: "explode" }, 400, 'no such fault: Expected "drop" | '],
    [{ fault: "drop", for_ms: 600_001 }, 400, "600000"],
    [{ fault: "drop", exchange: "Nowhere" }, 422, "nothing simulated here"],
    [{ fault: "drop", symbol: "C" }, 422, "nothing simulated here"],
    [{ fault: "restart", symbol: "A" }, 422, "leave symbol out"],
    [{ fault: "bad_level", level: "odd" }, 400, "tiny"],
    [{ fault: "halt_on_connect", symbol: "A" }, 422, "leave symbol out"]
  ] as const)("refuses %j with %d", ([request, status, detail]) =>
    Effect.gen(function* () {
      const on = yield* stage
      const answer = yield* on.call("POST", "/faults", { exchange: "toy", ...request })
      assert.strictEqual(answer.status, status)
      assert.include(String(answer.body["detail"]), detail)
      assert.strictEqual(answer.body["simulated"], true)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("DELETE ends all", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      yield* on.fault({ fault: "drop", for_ms: 60_000 })
      on.move("A")
      yield* on.call("DELETE", "/faults")
      on.move("A")
      assert.deepStrictEqual((yield* client.frames(2)).slice(1), [book("A", 2)])
      assert.strictEqual(yield* hits(on), "1 over")
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})
