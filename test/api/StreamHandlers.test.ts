// GET /markets/:id/events and GET /consolidated/:pair over HTTP: the form of server-sent events, their resumption and
// refusals; one book over the feeds of a pair, with whoever is left out named.
import { assert, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Consolidated } from "../../src/domain/Consolidated.ts"
import type { MarketId } from "../../src/domain/Market.ts"
import { StreamEvent } from "../../src/domain/StreamEvent.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newMarket, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"
import { StagedFeed } from "../support/StagedFeed.ts"
import { until } from "../support/until.ts"

interface SentEvent {
  readonly id: string
  readonly event: string
  readonly data: Record<string, unknown>
}

/** The events of a body so far. */
const read = (text: string): ReadonlyArray<SentEvent> =>
  text
    .split("\n\n")
    .slice(0, -1)
    .map((block) => {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2)))
      return { id: fields["id"], event: fields["event"], data: JSON.parse(fields["data"]) as Record<string, unknown> }
    })

/** A body that is read as it comes, until the scope ends. */
const follow = (path: string, headers: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const { url } = yield* ApiClient
    const abort = new AbortController()
    yield* Effect.addFinalizer(() => Effect.sync(() => abort.abort()))
    const response = yield* Effect.promise(() => fetch(url + path, { headers, signal: abort.signal }))
    let text = ""
    const decoder = new TextDecoder()
    const reading = async () => {
      for await (const chunk of response.body!) text += decoder.decode(chunk, { stream: true })
    }
    reading().catch(() => {})
    const events = Effect.sync(() => read(text))
    return { response, atLeast: (count: number) => until("events", events, ({ length }) => length >= count) }
  })

const staged = Effect.gen(function* () {
  const id = yield* newMarket()
  const hub = yield* EventHub
  const feed = new StagedFeed(hub, yield* Catalog.use((catalog) => Effect.orDie(catalog.market(id as MarketId))))
  feed.snapshot([["100", "1"]], [["101", "1"]])
  return { id, feed }
})

const decodeEvent = Schema.decodeUnknownSync(StreamEvent, { onExcessProperty: "error" })

layer(layerApi(inMemory), { excludeTestServices: true })("GET /markets/:id/events", (it) => {
  it.effect("tells how things stand, then every event, in the shapes of the contract", () =>
    Effect.gen(function* () {
      const { feed, id } = yield* staged
      const { response, atLeast } = yield* follow(`/markets/${id}/events?channels=book_change,trade,spread,quote_10ms`)
      assert.strictEqual(response.headers.get("content-type"), "text/event-stream")
      assert.strictEqual(response.headers.get("cache-control"), "no-store")
      assert.strictEqual(response.headers.get("x-accel-buffering"), "no")
      const standing = yield* atLeast(4)
      assert.deepStrictEqual(
        standing.map(({ event }) => event),
        ["status", "book_snapshot", "spread", "quote"]
      )
      const [first] = standing
      assert.strictEqual(first!.id, `1-${feed.seq}`)
      feed.change([["100", "0"]], [])
      feed.trade(9)
      const all = yield* atLeast(8)
      for (const { data } of all) decodeEvent(data)
      const told = all.slice(4).map(({ event }) => event)
      assert.sameMembers(told, ["book_change", "spread", "trade", "quote"])
      const trade = all.find(({ event }) => event === "trade")!
      assert.strictEqual(trade.id, `1-${feed.seq}`)
      assert.deepInclude(trade.data, { id: "9", price: "100.5", size: "0.25", side: "buy" })
    }).pipe(Effect.scoped)
  )

  it.effect("goes on after Last-Event-ID, as a browser sends it", () =>
    Effect.gen(function* () {
      const { feed, id } = yield* staged
      const first = yield* follow(`/markets/${id}/events`)
      yield* first.atLeast(3)
      feed.trade(1)
      const { id: last } = (yield* first.atLeast(4))[3]!
      feed.trade(2)
      feed.trade(3)
      const second = yield* follow(`/markets/${id}/events`, { "last-event-id": last })
      const events = yield* second.atLeast(3)
      assert.deepStrictEqual(
        events.map(({ event, data }) => [event, data["id"] ?? data["resumed"]]),
        [
          ["resume", true],
          ["trade", "2"],
          ["trade", "3"]
        ]
      )
      for (const { data } of events) decodeEvent(data)
      const old = yield* follow(`/markets/${id}/events`, { "last-event-id": "1-17" })
      const [resume, ...standing] = yield* old.atLeast(4)
      assert.strictEqual(resume!.data["resumed"], false)
      assert.deepStrictEqual(
        standing.map(({ event }) => event),
        ["status", "spread", "book_snapshot"]
      )
      const foreign = yield* follow(`/markets/${id}/events`, { "last-event-id": "what" })
      const [told, then] = yield* foreign.atLeast(2)
      assert.deepStrictEqual([told!.event, told!.data["resumed"], then!.event], ["resume", false, "status"])
    }).pipe(Effect.scoped)
  )

  it.effect("lets go when the client does, and opens nothing for a HEAD", () =>
    Effect.gen(function* () {
      const { feed, id } = yield* staged
      const { send } = yield* ApiClient
      assert.strictEqual((yield* send("HEAD", `/markets/${id}/events`)).status, 200)
      assert.isFalse(feed.channel.topic("trade").held)
      yield* Effect.scoped(Effect.flatMap(follow(`/markets/${id}/events`), ({ atLeast }) => atLeast(1)))
      yield* until(
        "let go",
        Effect.sync(() => feed.channel.topic("trade").held),
        (held) => !held
      )
    })
  )

  it.effect("refuses what it does not know", () =>
    Effect.gen(function* () {
      const { id } = yield* staged
      const { send } = yield* ApiClient
      assertProblem(yield* send("GET", `/markets/${id}/events?channels=spread,tirade`), 400, "unknown-channel")
      assertProblem(yield* send("GET", `/markets/${id}/events?channels=consolidated_A-B`), 400, "unknown-channel")
      assertProblem(yield* send("GET", `/markets/${id}/events?chanels=spread`), 400, "invalid-request")
      assertProblem(yield* send("GET", "/markets/999999/events"), 404, "not-found")
    })
  )
})

/** Two markets of one pair on two exchanges that level4 knows, with the pair's name. */
const pair = (exchanges: ReadonlyArray<string>, market_type = "SPOT") =>
  Effect.gen(function* () {
    const base = unique("B")
    const quote = unique("Q")
    const base_symbol_id = yield* newSymbol(base)
    const quote_symbol_id = yield* newSymbol(quote)
    const { send } = yield* ApiClient
    const ids: Array<number> = []
    for (const name of exchanges) {
      const listed = yield* send("GET", "/exchanges")
      const known = (listed.json as ReadonlyArray<{ id: number; name: string }>).find((one) => one.name === name)
      const exchange_id = known?.id ?? (yield* newExchange(name))
      const answer = yield* send("POST", "/markets", { exchange_id, base_symbol_id, quote_symbol_id, market_type })
      assert.strictEqual(answer.status, 201, answer.text)
      ids.push((answer.json as { id: number }).id)
    }
    return { name: `${base}-${quote}`, ids }
  })

const read200 = (path: string) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    const answer = yield* send("GET", path)
    assert.strictEqual(answer.status, 200, answer.text)
    return Schema.decodeUnknownSync(Consolidated, { onExcessProperty: "error" })(answer.json)
  })

layer(layerApi(inMemory), { excludeTestServices: true })("GET /consolidated/:pair", (it) => {
  it.effect("joins the live feeds of a pair, and names whoever is left out", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { ids, name } = yield* pair(["Kraken", "Coinbase", "Bitstamp"])
      for (const id of ids.slice(0, 2)) yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
      const book = yield* read200(`/consolidated/${name.toLowerCase()}?depth=3`)
      assert.deepInclude(book, {
        pair: name,
        market_type: "SPOT",
        size_unit: "base",
        crossed: false,
        fees_included: false
      })
      assert.deepStrictEqual(
        book.bids.map(({ price, size, exchange }) => [price, size, exchange]),
        [
          ["1000", "0.5", "Kraken"],
          ["1000", "0.5", "Coinbase"],
          ["999", "0.5", "Kraken"]
        ]
      )
      assert.strictEqual(book.best_ask?.price, "1001")
      assert.deepStrictEqual(
        book.feeds.map((feed) => feed.market_id),
        ids.slice(0, 2)
      )
      assert.deepStrictEqual(
        book.left_out.map(({ market_id, state, reason }) => [market_id, state, reason]),
        [[ids[2], "stopped", "the feed is stopped"]]
      )
      const control = yield* FeedControl
      Object.assign(control, { state: "resyncing", reason: "gap: 5 to 7", reason_code: "gap" })
      const none = yield* read200(`/consolidated/${name}`)
      Object.assign(control, { state: "live", reason: null, reason_code: null })
      assert.deepStrictEqual([none.bids, none.asks, none.best_bid, none.feeds], [[], [], null, []])
      assert.deepStrictEqual(
        none.left_out.map(({ reason, reason_code }) => [reason, reason_code]),
        [
          ["gap: 5 to 7", "gap"],
          ["gap: 5 to 7", "gap"],
          ["the feed is stopped", "stopped"]
        ]
      )
    })
  )

  it.effect("is read without the catalog as long as a feed of the pair runs", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const faults = yield* CatalogFaults
      const { ids, name } = yield* pair(["Kraken", "Coinbase"])
      yield* send("PATCH", `/markets/${ids[0]}`, { level4_feed_enabled: true })
      faults.down = true
      const book = yield* read200(`/consolidated/${name}`)
      const refused = yield* send("GET", "/consolidated/NO-PAIR")
      faults.down = false
      assert.strictEqual(book.bids.length, 25)
      assert.deepStrictEqual(book.left_out, [])
      assertProblem(refused, 503, "catalog-unavailable")
    })
  )

  it.effect("refuses unknown pairs, types that have no common book, and depths that are none", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assertProblem(yield* send("GET", "/consolidated/NO-PAIR"), 404, "unknown-pair")
      assertProblem(yield* send("GET", "/consolidated/A-B?market_type=FUTURE"), 400, "invalid-request")
      assertProblem(yield* send("GET", "/consolidated/NO-PAIR?market_type=perp"), 404, "unknown-pair")
      assertProblem(yield* send("GET", "/consolidated/A-B?depth=0"), 400, "invalid-request")
    })
  )
})
