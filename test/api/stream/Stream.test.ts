// GET /stream over real sockets: what a consumer makes of it is the book, at every seq; a cut connection resumes; slow clients
// are told; bad input is answered and leaves the connection open.
import { assert, it, layer } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { EventHub } from "../../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../../support/ApiClient.ts"
import { inMemory } from "../../support/Catalogs.ts"
import { FeedControl } from "../../support/FakeFeeds.ts"
import { seeded, StagedFeed, stagedMarket } from "../../support/StagedFeed.ts"
import { ConsumerBook, type Said, type StreamClient, streamClient } from "../../support/StreamClient.ts"
import { withTimersOf } from "../../support/stoppedTimers.ts"
import { until } from "../../support/until.ts"

let markets = 100
/** A live feed of a market that no other test has, with its first book. */
const staged = (base = "BTC", quote = "USD") =>
  Effect.map(EventHub, (hub) => {
    const feed = new StagedFeed(hub, stagedMarket(++markets, base, quote))
    feed.snapshot(
      [
        ["100", "1"],
        ["99", "2"]
      ],
      [
        ["101", "1"],
        ["102", "2"]
      ]
    )
    return feed
  })
const connected = Effect.flatMap(ApiClient, ({ url }) => streamClient(url))
const seqOf = (event: Said): number => Number(event["seq"])
const books = (client: StreamClient) =>
  client.events.filter(({ type }) => type === "book_snapshot" || type === "book_change")

/** Changes a side of the book at random, below or above 100.5. */
const shake = (feed: StagedFeed, random: () => number): void => {
  const size = random() < 0.3 ? "0" : String(Math.ceil(random() * 1_000) / 8)
  const distance = Math.ceil(random() * 100)
  if (random() < 0.5) feed.change([[String(100.25 - distance / 100), size]], [])
  else feed.change([], [[String(100.75 + distance / 100), size]])
}

layer(layerApi(inMemory), { timeout: 60_000, excludeTestServices: true })("GET /stream", (it) => {
  it.effect("gives, at every seq, exactly the book, across resyncs and a stop", () =>
    Effect.gen(function* () {
      const hub = yield* EventHub
      const feed = yield* staged()
      const { id } = feed.channel
      const client = yield* connected
      yield* client.ask({ op: "subscribe", channels: ["book_change", "trade"], markets: [id] })
      const random = seeded(7)
      for (let round = 0; round < 40; round++) {
        for (let i = 0; i < 100; i++) shake(feed, random)
        feed.trade(round)
        if (round % 10 === 9) {
          feed.lose()
          feed.snapshot([[String(99 - round / 100), "3"]], [["101.5", "4"]])
        }
        // lets the windows leave
        if (round % 4 === 3) yield* client.until("the last", (event) => seqOf(event) === feed.seq)
      }
      feed.stop()
      const again = new StagedFeed(hub, stagedMarket(id), 1_796_000_000_000_000)
      assert.strictEqual(again.epoch, feed.epoch)
      again.snapshot([["55", "1"]], [["56", "1"]])
      yield* client.until("the last", (event) => seqOf(event) === again.seq)

      const consumer = new ConsumerBook()
      let compared = 0
      let last = 0
      for (const event of books(client)) {
        assert.isAbove(seqOf(event), last)
        last = seqOf(event)
        consumer.apply(event)
        const expected = feed.books.get(last) ?? again.books.get(last)
        if (expected === undefined) continue
        compared++
        assert.strictEqual(consumer.text, expected, `at seq ${last}`)
      }
      assert.isAbove(compared, 3_000)
      assert.strictEqual(consumer.text, again.text)
      assert.strictEqual(client.of("trade").length, 40)
      assert.strictEqual(client.of("book_snapshot").length, 6)
      const states = client.of("status").map((event) => event["state"])
      assert.deepStrictEqual(states.slice(0, 3), ["live", "resyncing", "live"])
      assert.includeMembers(states, ["stopped"])
    }).pipe(Effect.scoped)
  )

  it.effect("tells a newcomer the state, the whole book and the touch, then goes on by one", () =>
    Effect.gen(function* () {
      const feed = yield* staged("NEW")
      feed.change([["98", "5"]], [])
      const client = yield* connected
      const channels = ["spread", "book_change"]
      const answer = yield* client.ask({ op: "subscribe", id: "a", channels, markets: [feed.channel.tag] })
      const { run, ...understood } = answer
      assert.strictEqual(run, feed.run)
      assert.deepStrictEqual(understood, {
        type: "subscribed",
        id: "a",
        channels,
        markets: [{ id: feed.channel.id, tag: feed.channel.tag, state: "live" }],
        patterns: [],
        delivery: "lossless"
      })
      yield* client.atLeast(3)
      const place = feed.seq
      assert.deepStrictEqual(
        client.events.map(({ type, seq, epoch }) => ({ type, seq, epoch })),
        ["status", "spread", "book_snapshot"].map((type) => ({ type, seq: place, epoch: 1 }))
      )
      assert.deepStrictEqual(client.of("spread")[0]!["bid"], { price: "100", size: "1" })
      assert.deepStrictEqual(client.of("book_snapshot")[0]!["bids"], [
        ["100", "1"],
        ["99", "2"],
        ["98", "5"]
      ])
      feed.change([["100", "7"]], [])
      yield* client.until("the spread", (event) => event.type === "spread" && seqOf(event) > place)
      assert.deepStrictEqual(
        client.events.slice(3).map(({ type, seq }) => ({ type, seq })),
        [
          { type: "book_change", seq: place + 1 },
          { type: "spread", seq: place + 2 }
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("sends no book that is not whole, and the next one as soon as it is", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      feed.lose()
      const client = yield* connected
      yield* client.ask({ op: "subscribe", channels: ["spread", "book_change"], markets: [feed.channel.id] })
      yield* client.atLeast(1)
      assert.deepStrictEqual(
        client.events.map(({ type, state }) => [type, state]),
        [["status", "resyncing"]]
      )
      feed.snapshot([["90", "1"]], [["91", "1"]])
      yield* client.until("live", (event) => event["state"] === "live")
      assert.deepStrictEqual(
        client.events.slice(1).map(({ type }) => type),
        ["book_snapshot", "spread", "status"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("resumes a cut connection without loss or repetition, and says so when it can't", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { id } = feed.channel
      const order = { op: "subscribe", channels: ["book_change", "spread", "trade"], markets: [id] }
      const random = seeded(11)
      const whole = yield* connected
      yield* whole.ask(order)
      const first = yield* connected
      yield* first.ask(order)
      for (let i = 0; i < 50; i++) shake(feed, random)
      yield* first.until("the last", (event) => seqOf(event) === feed.seq)
      first.socket.terminate()
      for (let i = 0; i < 500; i++) shake(feed, random)
      feed.lose()
      feed.snapshot([["100", "1"]], [["101", "1"]])
      feed.trade(1)

      const { epoch, seq } = first.events.at(-1)!
      const second = yield* connected
      yield* second.ask({ ...order, since: { [id]: { epoch, seq } } })
      for (let i = 0; i < 50; i++) shake(feed, random)
      yield* second.until("the last", (event) => seqOf(event) === feed.seq)
      yield* whole.until("the last", (event) => seqOf(event) === feed.seq)
      const [resume, ...rest] = second.events
      assert.strictEqual(resume!.type, "resume")
      assert.strictEqual(resume!["resumed"], true)
      assert.deepStrictEqual([...first.events, ...rest], whole.events)

      const refused = [
        [{ epoch: 1, seq: 4711 }, /kept no more/],
        [{ epoch: 1, seq: feed.seq + 1 }, /another run/],
        [{ epoch: 9, seq: feed.seq - 1 }, /another run/],
        [{ epoch: 1, seq: feed.seq - 1 }, /not of epoch 1/],
        // a place that would be ours by its numbers, of another process
        [{ epoch: feed.epoch, seq: feed.seq, run: "elsewhere" }, /another run/]
      ] as const
      for (const [place, why] of refused) {
        const client = yield* connected
        yield* client.ask({ ...order, since: { [id]: place } })
        yield* client.until("the snapshot", ({ type }) => type === "book_snapshot")
        const told = client.events[0]!
        assert.strictEqual(told["resumed"], false)
        assert.match(String(told["reason"]), why)
        assert.deepStrictEqual(
          client.events.map(({ type }) => type),
          ["resume", "status", "book_snapshot", "spread"]
        )
      }
    }).pipe(Effect.scoped)
  )

  it.effect("keeps what is told for a while when the last listener is gone, within a bound", () =>
    Effect.gen(function* () {
      const hub = yield* EventHub
      const feed = yield* staged()
      feed.remembers = false
      const { id } = feed.channel
      const order = { op: "subscribe", channels: ["book_change"], markets: [id] }
      const leave = Effect.gen(function* () {
        const client = yield* connected
        yield* client.ask(order)
        yield* client.until("the book", ({ type }) => type === "book_snapshot")
        return client.events.at(-1)!
      }).pipe(Effect.scoped)
      const { epoch, seq } = yield* leave
      yield* until(
        "gone",
        Effect.sync(() => feed.channel.topic("book_change").held),
        (held) => !held
      )
      assert.isTrue(feed.channel.wanted)
      const random = seeded(3)
      for (let i = 0; i < 8_000; i++) shake(feed, random)
      const back = yield* connected
      yield* back.ask({ ...order, since: { [id]: { epoch, seq } } })
      yield* back.until("the last", (event) => seqOf(event) === feed.seq)
      assert.strictEqual(back.events[0]!["events"], 8_000)
      back.socket.terminate()
      for (let i = 0; i < 1_000; i++) shake(feed, random)
      const late = yield* connected
      yield* late.ask({ ...order, since: { [id]: { epoch, seq } } })
      yield* late.until("the book", ({ type }) => type === "book_snapshot")
      assert.strictEqual(late.events[0]!["resumed"], false)
      late.socket.terminate()
      yield* until(
        "gone",
        Effect.sync(() => feed.channel.topic("book_change").held),
        (held) => !held
      )
      for (const topic of feed.channel.topics) topic.rest(hub.now() + 61_000)
      assert.isFalse(feed.channel.wanted)
    }).pipe(Effect.scoped)
  )

  it.effect("chooses markets by number, tag, pattern and all, also those that come later", () =>
    Effect.gen(function* () {
      const hub = yield* EventHub
      const one = yield* staged("AAA", "EUR")
      const other = yield* staged("AAB", "GBP")
      const client = yield* connected
      const answer = yield* client.ask({
        op: "subscribe",
        channels: ["trade"],
        markets: ["coinbase.*:aa*-eur", "*-GBP"]
      })
      assert.deepStrictEqual(
        (answer["markets"] as ReadonlyArray<{ id: number }>).map((market) => market.id),
        [one.channel.id, other.channel.id]
      )
      assert.deepStrictEqual(answer["patterns"], ["coinbase.*:aa*-eur", "*-GBP"])
      const later = yield* staged("AAC", "EUR")
      yield* staged("ABC", "EUR")
      later.trade(1)
      yield* client.until("a trade", ({ type }) => type === "trade")
      assert.strictEqual(client.of("trade")[0]!["market_id"], later.channel.id)
      const heard = new Set(client.events.map((event) => event["market_id"]))
      assert.deepStrictEqual(heard, new Set([one.channel.id, other.channel.id, later.channel.id]))

      yield* client.ask({ op: "unsubscribe", channels: ["trade"], markets: ["coinbase.*:aa*-eur"] })
      later.trade(2)
      const newest = yield* staged("AAD", "EUR")
      newest.trade(3)
      other.trade(4)
      yield* client.until("a trade", (event) => event["market_id"] === other.channel.id && event.type === "trade")
      assert.strictEqual(client.of("trade").length, 2)
      assert.isFalse(later.channel.topic("trade").held)
      const all = yield* client.ask({ op: "subscribe", channels: ["status"], markets: "*" })
      assert.lengthOf(all["markets"] as ReadonlyArray<unknown>, hub.channels.size)
    }).pipe(Effect.scoped)
  )

  it.effect("tells tops of books at intervals, with their state, and only when they changed", () =>
    Effect.gen(function* () {
      const feed = yield* staged("ITV", "USD")
      const client = yield* connected
      const channels = ["book_snapshot_1_10ms", "quote_10ms", "consolidated_itv-usd"]
      yield* client.ask({ op: "subscribe", channels, markets: [feed.channel.id] })
      yield* client.atLeast(4)
      const [snapshot] = client.of("book_snapshot")
      assert.deepInclude(snapshot, { channel: "book_snapshot_1_10ms", depth: 1, interval_ms: 10, state: "live" })
      assert.deepStrictEqual([snapshot!["bids"], snapshot!["asks"]], [[["100", "1"]], [["101", "1"]]])
      feed.change([["99", "9"]], [])
      feed.trade(1)
      feed.change([["100", "9"]], [])
      yield* client.until("a quote", ({ type, bid }) => type === "quote" && (bid as { size: string }).size === "9")
      feed.lose()
      yield* client.until("doubt", ({ type, state }) => type === "quote" && state === "resyncing")
      yield* client.until("left out", ({ left_out }) => Array.isArray(left_out) && left_out.length === 1)
      assert.strictEqual(client.of("quote").length, 3)
      assert.strictEqual(client.of("quote")[2]!["bid"], null)
      const { hub, before } = yield* Effect.map(EventHub, (hub) => ({ hub, before: feed.channel.periodic.size }))
      assert.strictEqual(before, 2)
      client.socket.terminate()
      yield* until(
        "let go",
        Effect.sync(() => feed.channel.periodic.size),
        (size) => size === 0
      )
      assert.isAbove(hub.channels.size, 0)
    }).pipe(Effect.scoped)
  )

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

  it.effect("knows markets that were never followed by the catalog, and those that were without it", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      assert.isArray(control.asked)
      for (const symbol of ["ONE", "TWO"]) yield* send("POST", "/symbols", { symbol })
      yield* send("POST", "/exchanges", { name: "Kraken" })
      const names = { exchange_id: 1, base_symbol_id: 1, quote_symbol_id: 2, market_type: "SPOT" }
      const created = yield* send("POST", "/markets", names)
      assert.strictEqual(created.status, 201, created.text)
      const client = yield* connected
      const answer = yield* client.ask({ op: "subscribe", channels: ["trade"], markets: ["kraken.spot:one-two"] })
      const market = { id: 1, tag: "KRAKEN.SPOT:ONE-TWO", state: "stopped" }
      assert.deepStrictEqual(answer["markets"], [market])
      yield* client.until("its state", ({ state }) => state === "stopped")
      const other = yield* connected
      const bad = yield* other.ask({ op: "subscribe", channels: ["consolidated_NO-PAIR"] })
      assert.deepStrictEqual(bad["errors"], [{ field: "/channels/0", message: "There is no SPOT market of NO-PAIR" }])
      yield* other.ask({ op: "subscribe", channels: ["consolidated_one-two"] })
      const told = yield* other.until("who is left out", ({ type }) => type === "consolidated")
      assert.deepStrictEqual(
        (told!["left_out"] as ReadonlyArray<{ tag: string }>).map(({ tag }) => tag),
        [market.tag]
      )
    }).pipe(Effect.scoped)
  )
})

const consumed = (client: StreamClient): ConsumerBook => {
  const consumer = new ConsumerBook()
  for (const event of books(client)) consumer.apply(event)
  return consumer
}

it.live("says goodbye to every stream when the service stops, in time", () =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const context = yield* Layer.buildWithScope(layerApi(inMemory), scope)
    const { url } = yield* Effect.provideContext(ApiClient, context)
    const hub = yield* Effect.provideContext(EventHub, context)
    const feed = new StagedFeed(hub, stagedMarket(1))
    feed.snapshot([["1", "1"]], [["2", "1"]])
    const client = yield* streamClient(url)
    const deaf = yield* streamClient(url)
    for (const one of [client, deaf]) yield* one.ask({ op: "subscribe", channels: ["book_change"], markets: [1] })
    deaf.socket.pause()
    const body = yield* Effect.promise(() => fetch(`${url}/markets/1/events`))
    const text = body.text()
    yield* withTimersOf(3_000, Scope.close(scope, Exit.void))
    assert.deepStrictEqual(yield* client.ended, { code: 1001, reason: "level4 stops" })
    assert.match(
      yield* Effect.promise(() => text),
      /event: close\ndata: \{"type":"close","code":1001,"reason":"level4 stops"\}\n\n$/
    )
  }).pipe(Effect.scoped)
)
