// The bounds of GET /stream: bad input is answered and leaves the connection open, and slow clients are told what they
// missed.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../../support/ApiClient.ts"
import { inMemory } from "../../support/Catalogs.ts"
import { seeded } from "../../support/StagedFeed.ts"
import { connected, consumed, seqOf, staged } from "../../support/streamStage.ts"
import { until } from "../../support/until.ts"

layer(layerApi(inMemory), { timeout: 60_000, excludeTestServices: true })("GET /stream: bounds", (it) => {
  it.effect("answers every fault by its field and stays open", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { id } = feed.channel
      const client = yield* connected
      const fault = (message: object | string) =>
        Effect.map(client.ask(message), (answer) => {
          assert.strictEqual(answer.type, "error", JSON.stringify(answer))
          return (answer["errors"] as ReadonlyArray<{ field: string; message: string }>).map(
            ({ field, message }) => `${field}: ${message}`
          )
        })
      const subscribe = { op: "subscribe", channels: ["trade"], markets: [id] }
      assert.match((yield* fault("{nonsense"))[0]!, /^: Expected valid JSON/)
      assert.match((yield* fault("[1,2]"))[0]!, /^: Expected/)
      assert.match((yield* fault({ op: "explode" }))[0]!, /^\/op: Expected "subscribe"/)
      assert.deepStrictEqual(yield* fault({ op: "subscribe" }), ["/channels: Required, but missing"])
      assert.match(
        (yield* fault({ ...subscribe, channels: ["tirade"] }))[0]!,
        /^\/channels\/0: Unknown channel; expected spread/
      )
      assert.match(
        (yield* fault({ ...subscribe, channels: ["trade", "quote_7ms"] }))[0]!,
        /^\/channels\/1: The interval/
      )
      assert.match(
        (yield* fault({ ...subscribe, channels: ["book_snapshot_0_100ms"] }))[0]!,
        /^\/channels\/0: The depth/
      )
      assert.match((yield* fault({ ...subscribe, channels: "trade" }))[0]!, /^\/channels: Expected an array/)
      assert.match((yield* fault({ ...subscribe, channels: [] }))[0]!, /^\/channels: /)
      assert.match((yield* fault({ op: "subscribe", channels: ["trade"] }))[0]!, /^\/markets: Required for trade/)
      assert.deepStrictEqual(yield* fault({ ...subscribe, markets: [id, 999_999, "NO.SPOT:A-B"] }), [
        "/markets/1: There is no market with id 999999; GET /markets lists those that exist",
        "/markets/2: There is no market NO.SPOT:A-B; GET /markets lists those that exist, and * stands for any text"
      ])
      assert.match((yield* fault({ ...subscribe, markets: [-1, 1.5, null] }))[0]!, /^\/markets/)
      assert.match((yield* fault({ ...subscribe, delivery: "soon" }))[0]!, /^\/delivery: /)
      assert.match((yield* fault({ ...subscribe, sinse: {} }))[0]!, /^\/sinse: Unknown field/)
      assert.match((yield* fault({ ...subscribe, since: { "1": { epoch: 1 } } }))[0]!, /^\/since\/1\/seq: Required/)
      assert.match((yield* fault({ ...subscribe, since: { "7": { epoch: 1, seq: 1 } } }))[0]!, /^\/since\/7: 7 is not/)
      const named = yield* client.ask({ op: "unsubscribe", id: 42 })
      assert.strictEqual(named["id"], 42)
      client.socket.send(Buffer.from([1, 2, 3]), { binary: true })
      yield* until(
        "the answer to the binary message",
        Effect.sync(() => JSON.stringify(client.answers.at(-1))),
        (text) => text.includes("binary messages are not read")
      )
      assert.strictEqual((yield* client.ask({ op: "ping", id: "p" }))["id"], "p")
      yield* client.ask(subscribe)
      feed.trade(1)
      yield* client.until("a trade", ({ type }) => type === "trade")
      assert.isNull(client.end)
    }).pipe(Effect.scoped)
  )

  it.effect("bounds a message's size, and what follows a close is not read", () =>
    Effect.gen(function* () {
      const client = yield* connected
      client.say(`{"op":"ping","id":"${"x".repeat(1 << 20)}"}`)
      assert.strictEqual((yield* client.ended)!.code, 1009)
      const feed = yield* staged()
      const late = yield* connected
      const raw = (late.socket as unknown as { readonly _socket: { write(data: Buffer): void } })._socket
      late.socket.close(1000)
      const order = JSON.stringify({ op: "subscribe", channels: ["trade"], markets: [feed.channel.id] })
      raw.write(Buffer.concat([Buffer.from([0x81, 0x80 | order.length, 0, 0, 0, 0]), Buffer.from(order)]))
      assert.strictEqual((yield* late.ended)!.code, 1000)
      assert.isFalse(feed.channel.topic("trade").held)
    }).pipe(Effect.scoped)
  )

  it.effect("counts what a slow client of the newest missed, and lets it catch up", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      feed.remembers = false
      const { id } = feed.channel
      const client = yield* connected
      yield* client.ask({ op: "subscribe", channels: ["book_change", "trade"], markets: [id], delivery: "latest" })
      yield* client.until("the book", ({ type }) => type === "book_snapshot")
      client.socket.pause()
      const random = seeded(5)
      const padding = Array.from({ length: 400 }, (_, i): [string, string] => [String(50 + i / 100), "1"])
      for (let i = 0; i < 1_500; i++) {
        feed.change(
          padding.map(([price]) => [price, String(Math.ceil(random() * 1e6))]),
          []
        )
        feed.trade(i)
        if (i % 20 === 0) yield* Effect.promise(() => new Promise((done) => setImmediate(done)))
      }
      client.socket.resume()
      yield* client.until("what was skipped", ({ type, channel }) => type === "skipped" && channel === "book_change")
      feed.change([["100", "77"]], [])
      yield* client.until("the last", (event) => seqOf(event) === feed.seq || seqOf(event) === feed.seq - 1)
      yield* until(
        "the book",
        Effect.sync(() => consumed(client).text === feed.text),
        (same) => same
      )
      const skipped = (channel: string) =>
        client
          .of("skipped")
          .reduce((sum, event) => sum + (event["channel"] === channel ? Number(event["count"]) : 0), 0)
      assert.isAbove(skipped("book_change"), 300)
      assert.strictEqual(client.of("trade").length + skipped("trade"), 1_500)
      assert.strictEqual(client.of("book_change").length + skipped("book_change"), 1_501)
      assert.isNull(client.end)
    }).pipe(Effect.scoped)
  )

  it.effect("closes a client that reads too slowly to lose nothing, and tells it the last place", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      feed.remembers = false
      const client = yield* connected
      yield* client.ask({ op: "subscribe", channels: ["book_change"], markets: [feed.channel.id] })
      yield* client.until("the book", ({ type }) => type === "book_snapshot")
      client.socket.pause()
      const levels = Array.from({ length: 1_000 }, (_, i): [string, string] => [String(50 + i / 100), "1"])
      yield* until(
        "let go",
        Effect.sync(() => {
          for (let i = 0; i < 50; i++)
            feed.change(
              levels.map(([price]) => [price, String(feed.seq)]),
              []
            )
          return feed.channel.topic("book_change").held
        }),
        (held) => !held
      )
      client.socket.resume()
      const { code, reason } = (yield* client.ended)!
      assert.strictEqual(code, 1013)
      const { epoch, seq } = client.events.at(-1)!
      assert.match(reason, /^too slow: \d+ bytes wait; last sent: /)
      assert.include(reason, `market ${feed.channel.id} epoch ${String(epoch)} seq ${String(seq)}`)
    }).pipe(Effect.scoped)
  )

  it.effect("holds a connection to its number of subscriptions and patterns", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const client = yield* connected
      for (let i = 0; i < 10_000; i++) {
        const channels = [
          `book_snapshot_${1 + (i % 1_000)}_${[10, 20, 50, 100, 200, 250, 500, 1000, 2000, 5000][i % 10]}ms`
        ]
        client.say({ op: "subscribe", id: i, channels, markets: [feed.channel.id] })
      }
      for (let i = 0; i < 70; i++) client.say({ op: "subscribe", id: i, channels: ["trade"], markets: [`NONE${i}*`] })
      const answers = yield* until(
        "all answers",
        Effect.sync(() => client.answers),
        ({ length }) => length >= 10_070
      )
      assert.strictEqual(answers.filter(({ type }) => type === "error").length, 6)
      assert.match(JSON.stringify(answers.at(-1)), /may hold 64 patterns/)
      assert.strictEqual(feed.channel.periodic.size, 1_000)
      client.socket.terminate()
      yield* until(
        "let go",
        Effect.sync(() => feed.channel.periodic.size),
        (size) => size === 0
      )
    }).pipe(Effect.scoped)
  )

  it.effect("asks plain HTTP to upgrade", () =>
    Effect.gen(function* () {
      const { send, raw } = yield* ApiClient
      const answer = yield* send("GET", "/stream")
      assert.strictEqual(answer.status, 426)
      assert.strictEqual(answer.headers.get("upgrade"), "websocket")
      assert.include(answer.text, "speaks websocket")
      const head = "GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      const bad = yield* raw(`${head}Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n`, (text) =>
        text.includes("}")
      )
      assert.match(bad, /^HTTP\/1.1 426 [^]*upgrade-required/)
    })
  )
})
