// Books over HTTP: with their truth label, as deep as asked, refused by require=live unless good, and read without the
// catalog once their market is known.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { newExchange, newMarket } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { FeedControl, SINCE } from "../support/FakeFeeds.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"

const level = (price: number) => [String(price), "0.5"]

layer(layerApi(inMemory), { excludeTestServices: true })("GET /markets/:id/book", (it) => {
  const started = Effect.gen(function* () {
    const { send } = yield* ApiClient
    const id = yield* newMarket()
    const { json, status } = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true })
    assert.strictEqual(status, 200)
    return { id, tag: String(Object(json).tag) }
  })

  it.effect("gives 25 levels a side unless told, best first, with the label of truth", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { id, tag } = yield* started
      const { json, status } = yield* send("GET", `/markets/${id}/book`)
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(json, {
        market_id: id,
        tag,
        state: "live",
        reason: null,
        reason_code: null,
        since: SINCE,
        epoch: 1,
        seq: 7,
        next_retry: null,
        ts_exchange: null,
        ts_received: SINCE,
        depth: 25,
        bid_levels: 100,
        ask_levels: 100,
        bids: Array.from({ length: 25 }, (_, index) => level(1000 - index)),
        asks: Array.from({ length: 25 }, (_, index) => level(1001 + index))
      })
    })
  )

  it.effect.each([1, 2, 100, 5000])("gives %i levels", (depth) =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const { id } = yield* started
      const { json } = yield* send("GET", `/markets/${id}/book?depth=${depth}&require=live`)
      const { asks, bids, depth: told } = Object(json)
      assert.deepStrictEqual([bids.length, asks.length, told], [Math.min(depth, 100), Math.min(depth, 100), depth])
    })
  )

  it.effect("gives an empty, stopped book where no feed runs, and refuses it as a live one", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const id = yield* newMarket()
      const { json, status } = yield* send("GET", `/markets/${id}/book`)
      assert.strictEqual(status, 200)
      assert.deepInclude(json, { state: "stopped", bids: [], asks: [], epoch: 0, ts_received: null })
      const body = assertProblem(yield* send("GET", `/markets/${id}/book?require=live`), 503, "book-not-live", {
        market_id: id,
        state: "stopped"
      })
      assert.include(body["detail"], `PATCH /markets/${id}`)
    })
  )

  it.effect("names state and reason of a book that is not live", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const { id, tag } = yield* started
      control.state = "resyncing"
      control.reason = "gap"
      control.reason_code = "gap"
      const answer = yield* send("GET", `/markets/${id}/book?require=live`)
      assertProblem(answer, 503, "book-not-live", {
        detail: `The book of ${tag} is resyncing (gap), not live. Try again, or read it without require=live and mind its state.`,
        market_id: id,
        tag,
        state: "resyncing",
        reason: "gap",
        reason_code: "gap",
        since: SINCE,
        epoch: 1,
        seq: 7,
        next_retry: null
      })
      assert.strictEqual(answer.headers.get("retry-after"), "2")
      const without = yield* send("GET", `/markets/${id}/book`)
      assert.deepInclude(without.json, { state: "resyncing", reason: "gap", reason_code: "gap" })
      control.state = "live"
      control.reason = null
      control.reason_code = null
    })
  )

  it.effect("advises a start only where one is possible, and another try only where it can help", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const control = yield* FeedControl
      const refused = (id: number) =>
        Effect.map(send("GET", `/markets/${id}/book?require=live`), (answer) => ({
          detail: String(assertProblem(answer, 503, "book-not-live")["detail"]),
          retry: answer.headers.get("retry-after")
        }))
      const foreign = yield* refused(yield* newMarket())
      assert.match(foreign.detail, /can't start its feed: level4 has no scheme for Venue/)
      const known = yield* newMarket({ exchange_id: yield* newExchange("Kraken") })
      const stopped = yield* refused(known)
      assert.match(stopped.detail, /PATCH \/markets\/\d+ with \{"level4_feed_enabled":true\} starts its feed\.$/)
      yield* send("PATCH", `/markets/${known}`, { level4_feed_enabled: true })
      control.state = "rejected"
      const rejected = yield* refused(known)
      assert.match(rejected.detail, /is rejected, not live\. PATCH \/markets\/\d+ .* asks the venue again/)
      control.state = "retired"
      control.reason = "the venue closed"
      const retired = yield* refused(known)
      assert.match(retired.detail, /is retired \(the venue closed\), not live\. No book of it will come; /)
      assert.notMatch(retired.detail, /try again|PATCH/i)
      assert.deepStrictEqual([stopped.retry, rejected.retry, retired.retry], [null, null, null])
      control.state = "live"
      control.reason = null
    })
  )

  it.effect("goes on while the catalog is down", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      const faults = yield* CatalogFaults
      const { id } = yield* started
      const unseen = yield* newMarket()
      faults.down = true
      assert.strictEqual((yield* send("GET", `/markets/${id}/book?require=live`)).status, 200)
      assertProblem(yield* send("GET", `/markets/${unseen}/book`), 503, "catalog-unavailable")
      faults.down = false
      assert.strictEqual((yield* send("GET", `/markets/${unseen}/book`)).status, 200)
    })
  )
})
