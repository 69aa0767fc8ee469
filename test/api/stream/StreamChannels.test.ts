// What GET /stream can be asked for: markets by number, tag and pattern, tops of books at intervals, books over venues.
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { LocalBook } from "../../../src/client/LocalBook.ts"
import { StreamEvent } from "../../../src/domain/StreamEvent.ts"
import { EventHub } from "../../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../../support/ApiClient.ts"
import { inMemory } from "../../support/Catalogs.ts"
import { FeedControl } from "../../support/FakeFeeds.ts"
import { type Said } from "../../support/StreamClient.ts"
import { connected, staged } from "../../support/streamStage.ts"
import { until } from "../../support/until.ts"

const firstBid = ({ bids }: Said): string => (bids as ReadonlyArray<readonly [string, string]>)[0]?.[1] ?? ""

layer(layerApi(inMemory), { timeout: 60_000, excludeTestServices: true })("GET /stream: channels and markets", (it) => {
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

  it.effect("tells the top of a book by its own name as a type of its own, which no consumer of the book takes", () =>
    Effect.gen(function* () {
      const feed = yield* staged("TOP", "USD")
      const client = yield* connected
      const channels = ["book_change", "book_top_1_10ms", "book_snapshot_1_10ms"]
      yield* client.ask({ op: "subscribe", channels, markets: [feed.channel.id] })
      const local = new LocalBook(feed.channel.id)
      const isNew = (name: string) => (event: Said) => event["channel"] === name && firstBid(event) === "9"
      feed.change([["100", "9"]], [])
      yield* client.until("the top", isNew("book_top_1_10ms"))
      yield* client.until("the alias", isNew("book_snapshot_1_10ms"))
      const told = (name: string) => client.events.findLast(isNew(name))!
      const { type, channel, ...content } = told("book_top_1_10ms")
      assert.deepStrictEqual([type, channel], ["book_top", "book_top_1_10ms"])
      assert.deepInclude(content, {
        depth: 1,
        interval_ms: 10,
        state: "live",
        bids: [["100", "9"]],
        asks: [["101", "1"]]
      })
      assert.deepStrictEqual(told("book_snapshot_1_10ms"), {
        type: "book_snapshot",
        channel: "book_snapshot_1_10ms",
        ...content
      })
      const isEvent = Schema.is(StreamEvent)
      for (const event of client.events) {
        assert(isEvent(event))
        local.apply(event)
      }
      assert.strictEqual(JSON.stringify([local.bids(), local.asks()]), feed.text)
    }).pipe(Effect.scoped)
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
