// Coming back to GET /stream: a cut connection resumes without loss or repetition, as far as what came is kept.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { EventHub } from "../../../src/hub/EventHub.ts"
import { layerApi } from "../../support/ApiClient.ts"
import { inMemory } from "../../support/Catalogs.ts"
import { shake } from "../../support/shake.ts"
import { seeded } from "../../support/StagedFeed.ts"
import { connected, seqOf, staged } from "../../support/streamStage.ts"
import { until } from "../../support/until.ts"

layer(layerApi(inMemory), { timeout: 60_000, excludeTestServices: true })("GET /stream: coming back", (it) => {
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
})
