// GET /stream over real sockets: what a consumer makes of it is the book, at every seq; the end of the service is told.
import { assert, it, layer } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { EventHub } from "../../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../../support/ApiClient.ts"
import { inMemory } from "../../support/Catalogs.ts"
import { shake } from "../../support/shake.ts"
import { seeded, StagedFeed, stagedMarket } from "../../support/StagedFeed.ts"
import { ConsumerBook, streamClient } from "../../support/StreamClient.ts"
import { withTimersOf } from "../../support/stoppedTimers.ts"
import { books, connected, seqOf, staged } from "../../support/streamStage.ts"

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
})

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
