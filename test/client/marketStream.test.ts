// The client's stream against the real server: what a reader gets over cut connections is what one gets over a whole
// one, and what can't be continued is told.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Schedule } from "effect"
import { LocalBook } from "../../src/client/LocalBook.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { shake } from "../support/shake.ts"
import { seeded, StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { streamReader } from "../support/StreamReader.ts"
import { tcpProxy } from "../support/TcpProxy.ts"
import { until } from "../support/until.ts"

let markets = 500
const staged = (base = "BTC") =>
  Effect.map(EventHub, (hub) => {
    const feed = new StagedFeed(hub, stagedMarket(++markets, base))
    feed.snapshot([["100", "1"]], [["101", "1"]])
    return feed
  })

/** The service, and a way to it that can be cut. */
const cuttable = Effect.gen(function* () {
  const { url } = yield* ApiClient
  const proxy = yield* tcpProxy(Number(new URL(url).port))
  return { url, proxy, far: `http://127.0.0.1:${proxy.port}` }
})

/** Some 100 KB of changes far below the touch. */
const manyLevels = (size: number) =>
  Array.from({ length: 5_000 }, (_, i): [string, string] => [`${(i + 1) / 100}`, `${size}`])

const CHANNELS = ["book_change", "spread", "trade"] as const

layer(layerApi(inMemory), { timeout: 60_000, excludeTestServices: true })("marketStream", (it) => {
  it.effect("continues over cut connections without loss or repetition", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { url, far, proxy } = yield* cuttable
      const request = { channels: CHANNELS, markets: [feed.channel.id] }
      const whole = yield* streamReader({ url }, request)
      const cut = yield* streamReader({ url: far }, request)
      yield* whole.reaches(feed.seq)
      yield* cut.reaches(feed.seq)
      const random = seeded(5)
      const book = new LocalBook(feed.channel.id)
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 20; i++) shake(feed, random)
        yield* cut.reaches(feed.seq)
        proxy.cut()
        for (let i = 0; i < 300; i++) shake(feed, random)
        feed.trade(round)
        if (round === 2) {
          feed.lose()
          feed.snapshot([["100", "3"]], [["101", "4"]])
        }
        yield* until(
          "again",
          Effect.sync(() => cut.of("connected").length),
          (count) => count === round + 2
        )
        yield* cut.reaches(feed.seq)
      }
      yield* whole.reaches(feed.seq)
      assert.deepStrictEqual(cut.events, whole.events)
      assert.isAbove(cut.events.length, 1_600)
      assert.deepStrictEqual(
        cut.of("resume").map(({ resumed }) => resumed),
        [true, true, true, true, true]
      )
      assert.lengthOf(cut.of("disconnected"), 5)
      for (const value of cut.values) book.apply(value)
      assert.isTrue(book.live)
      assert.strictEqual(JSON.stringify([book.bids(), book.asks()]), feed.text)
    }).pipe(Effect.scoped)
  )

  it.effect("says so and begins anew where the service knows no more what came meanwhile", () =>
    Effect.gen(function* () {
      const feed = yield* staged("LOST")
      const { far, proxy } = yield* cuttable
      const reader = yield* streamReader({ url: far }, { channels: CHANNELS, markets: [feed.channel.tag] })
      yield* reader.until("the book", ({ type }) => type === "book_snapshot")
      proxy.cut()
      // more characters than are kept of a market
      for (let round = 1; round <= 60; round++) feed.change(manyLevels(round), [])
      yield* reader.until("the resumption", ({ type }) => type === "resume")
      feed.change([["100", "77"]], [])
      yield* reader.until("the change", (value) => value.type === "book_change" && value.bids[0]?.[1] === "77")
      const [resume] = reader.of("resume")
      assert.isFalse(resume!.resumed)
      assert.match(resume!.reason!, /kept no more/)
      assert.deepStrictEqual(
        reader.values.slice(0, 9).map(({ type }) => type),
        ["connected", "status", "spread", "book_snapshot", "disconnected", "connected", "resume", "status", "spread"]
      )
      const book = new LocalBook(feed.channel.id)
      for (const value of reader.values) {
        book.apply(value)
        if (value.type === "disconnected" || value.type === "resume") assert.isFalse(book.live)
      }
      assert.isTrue(book.live)
      assert.strictEqual(JSON.stringify([book.bids(), book.asks()]), feed.text)
    }).pipe(Effect.scoped)
  )

  it.effect("never takes a place of another process for one of this one, though the numbers fit", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { url } = yield* ApiClient
      const { id } = feed.channel
      const { epoch, seq } = feed
      for (let i = 1; i <= 20; i++) feed.trade(i)
      const heard = (run: string) =>
        Effect.gen(function* () {
          const request = { channels: ["trade"], markets: [id], since: { [id]: { epoch, seq: seq + 3, run } } } as const
          const reader = yield* streamReader({ url }, request)
          yield* reader.until("the answer", ({ type }) => type === "resume")
          feed.trade(99)
          yield* reader.until("the trade", (value) => value.type === "trade" && value.id === "99")
          return reader
        })
      // somebody listens, so that what was told is kept
      const listener = yield* streamReader({ url }, { channels: ["trade"], markets: [id] })
      yield* listener.until("a connection", ({ type }) => type === "connected")
      assert.strictEqual(listener.of("connected")[0]!.run, feed.run)
      const foreign = yield* heard("elsewhere")
      assert.deepInclude(foreign.of("resume")[0], { resumed: false, events: 0 })
      assert.match(foreign.of("resume")[0]!.reason!, /of another run of level4$/)
      assert.deepStrictEqual(
        foreign.of("trade").map((trade) => trade.id),
        ["99"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("with delivery latest begins anew after a cut, and continues only where a place was given", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { far, proxy } = yield* cuttable
      const { epoch, seq } = feed
      const request = { channels: ["trade", "spread"], markets: [feed.channel.id], delivery: "latest" } as const
      const since = { [feed.channel.id]: { epoch, seq } }
      const reader = yield* streamReader({ url: far }, { ...request, since })
      yield* reader.until("the resumption", (value) => value.type === "resume" && value.resumed)
      proxy.cut()
      feed.trade(1)
      yield* reader.until("the touch", ({ type }) => type === "spread")
      assert.deepStrictEqual(
        reader.values.map(({ type }) => type),
        ["connected", "resume", "disconnected", "connected", "status", "spread"]
      )
    }).pipe(Effect.scoped)
  )

  it.effect("reads no faster than its reader: the service sees it, ends it with a word, and it goes on", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { url } = yield* ApiClient
      const request = { channels: ["book_change"], markets: [feed.channel.id] } as const
      const reader = yield* streamReader({ url, buffer: 100_000 }, request)
      yield* reader.until("the book", ({ type }) => type === "book_snapshot")
      yield* reader.gate.close
      const topic = feed.channel.topic("book_change")
      let round = 0
      const press = Effect.sync(() => {
        feed.change(manyLevels(++round), [])
        return topic.held
      })
      yield* until("closed", press, (held) => !held)
      assert.isAbove(round, 80)
      yield* reader.gate.open
      yield* reader.reaches(feed.seq)
      const [lost] = reader.of("disconnected")
      assert.strictEqual(lost!.code, 1013)
      assert.match(lost!.reason, /^too slow: \d+ bytes wait; last sent: market \d+ epoch 1 seq \d+$/)
      // all that waited was read before the end was, and the rest is what was told since
      assert.isTrue(reader.of("resume")[0]!.resumed)
      assert.lengthOf(reader.of("book_change"), round)
      const book = new LocalBook(feed.channel.id)
      for (const value of reader.values) book.apply(value)
      assert.strictEqual(JSON.stringify([book.bids(), book.asks()]), feed.text)
    }).pipe(Effect.scoped)
  )

  it.effect("gives up a service that says nothing more, and finds it again", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { far, proxy } = yield* cuttable
      const reader = yield* streamReader(
        { url: far, silence: "200 millis" },
        { channels: ["trade"], markets: [feed.channel.id] }
      )
      yield* reader.until("a connection", ({ type }) => type === "connected")
      proxy.freeze()
      const lost = yield* reader.until("the loss", ({ type }) => type === "disconnected")
      assert.match(lost!.type === "disconnected" ? lost.reason : "", /^nothing was heard for \d+ ms/)
      proxy.thaw()
      feed.trade(1)
      yield* reader.until("the trade", ({ type }) => type === "trade")
    }).pipe(Effect.scoped)
  )

  it.effect("fails where what is asked does not exist", () =>
    Effect.gen(function* () {
      const { url } = yield* ApiClient
      const request = { channels: ["trade"], markets: [99_999, "NOWHERE.SPOT:A-B"] } as const
      const exit = yield* (yield* streamReader({ url }, request)).ended
      const error = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
      assert.deepInclude(error?._tag === "Fail" ? error.error : {}, {
        _tag: "StreamRefused",
        faults: [
          { field: "/markets/0", message: "There is no market with id 99999; GET /markets lists those that exist" },
          {
            field: "/markets/1",
            message:
              "There is no market NOWHERE.SPOT:A-B; GET /markets lists those that exist, and * stands for any text"
          }
        ]
      })
    }).pipe(Effect.scoped)
  )

  it.effect("ends with the last loss when its schedule does", () =>
    Effect.gen(function* () {
      const request = { channels: ["trade"], markets: [1] } as const
      const reconnect = Schedule.recurs(2)
      const reader = yield* streamReader({ url: "http://127.0.0.1:1", reconnect }, request)
      const exit = yield* reader.ended
      assert.lengthOf(reader.of("disconnected"), 2)
      assert.match(String(Exit.isFailure(exit) ? exit.cause.reasons[0] : ""), /ECONNREFUSED/)
    }).pipe(Effect.scoped)
  )

  it.effect("lets go of its connection when nobody reads any more", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { url } = yield* ApiClient
      yield* Effect.scoped(
        Effect.flatMap(streamReader({ url }, { channels: ["spread"], markets: [feed.channel.id] }), (reader) =>
          reader.until("the touch", ({ type }) => type === "spread")
        )
      )
      yield* until(
        "gone",
        Effect.sync(() => feed.channel.topic("spread").held),
        (held) => !held
      )
    })
  )
})
