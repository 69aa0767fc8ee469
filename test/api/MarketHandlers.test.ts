// Markets over HTTP, on both databases: created between rows that exist, listed by every filter, switched on and off.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { idOf, newExchange, newMarket, newMarketBody, newSymbol, unique } from "../support/apiRows.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { onDatabases } from "../support/Catalogs.ts"
import { FeedControl, REFUSAL, SINCE } from "../support/FakeFeeds.ts"

const idsOf = (json: unknown): ReadonlyArray<unknown> => {
  assert(Array.isArray(json))
  return json.map((row: unknown) => (row !== null && typeof row === "object" && "id" in row ? row.id : row))
}

const fieldOf = (json: unknown, field: string): unknown =>
  json !== null && typeof json === "object" ? Object.entries(json).find(([name]) => name === field)?.[1] : undefined

describe.each(onDatabases)("/markets on $name", (kind) => {
  layer(layerApi(kind), { excludeTestServices: true })((it) => {
    it.effect("creates a market that is off, and shows it whole", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const [btc, usd] = [unique("BTC"), unique("USD")]
        const exchange_id = yield* newExchange("Poloniex")
        const base_symbol_id = yield* newSymbol(btc)
        const quote_symbol_id = yield* newSymbol(usd)
        const wanted = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT", native_symbol: "XBT/USD" }
        const created = yield* send("POST", "/markets", wanted)
        assert.strictEqual(created.status, 201, created.text)
        assert(created.json !== null && typeof created.json === "object" && "feed" in created.json)
        const { feed, ...market } = created.json
        assert.deepInclude(market, {
          ...wanted,
          exchange: { id: exchange_id, name: "Poloniex" },
          base_symbol: { id: base_symbol_id, symbol: btc },
          quote_symbol: { id: quote_symbol_id, symbol: usd },
          tag: `POLONIEX.SPOT:${btc}-${usd}`,
          level4_feed_enabled: false
        })
        assert.deepInclude(feed, { state: "stopped", reason: null, since: SINCE, epoch: 0, seq: 0, next_retry: null })
        const found = yield* send("GET", `/markets/${idOf(created.json)}`)
        assert.strictEqual(found.status, 200)
        assert.deepStrictEqual(found.json, created.json)
      })
    )

    it.effect("shows and takes back a market whose native symbol by rule is longer than a given one may be", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const exchange_id = yield* newExchange("Coinbase")
        const base_symbol_id = yield* newSymbol(unique("B").padEnd(32, "B"))
        const quote_symbol_id = yield* newSymbol(unique("Q").padEnd(32, "Q"))
        const body = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
        const created = yield* send("POST", "/markets", body)
        assert.strictEqual(created.status, 201, created.text)
        const again = yield* send("PATCH", `/markets/${idOf(created.json)}`, created.json)
        assert.deepStrictEqual(again.json, created.json)
      })
    )

    it.effect("refuses a duplicate, also one with a native symbol of its own, since both would have one tag", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const body = yield* newMarketBody()
        const first = yield* send("POST", "/markets", body)
        const again = assertProblem(yield* send("POST", "/markets", body), 409, "already-exists", { entity: "market" })
        assert.include(again["detail"], String(fieldOf(first.json, "tag")))
        const twin = yield* send("POST", "/markets", { ...body, native_symbol: "twin" })
        assertProblem(twin, 409, "already-exists", { entity: "market" })
      })
    )

    it.effect.each(["exchange_id", "base_symbol_id", "quote_symbol_id"])("names an unknown %s", (field) =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const body = yield* newMarketBody()
        for (const id of [424_242, 2_147_483_648, 9_007_199_254_740_991]) {
          const answer = yield* send("POST", "/markets", { ...body, [field]: id })
          const problem = assertProblem(answer, 422, "unknown-reference", { field, id })
          assert.include(problem["detail"], `${field} is ${id}`)
        }
      })
    )

    it.effect("refuses markets that contradict themselves", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const body = yield* newMarketBody()
        const same = { ...body, quote_symbol_id: body.base_symbol_id }
        assertProblem(yield* send("POST", "/markets", same), 422, "invalid-market", { field: "quote_symbol_id" })
        const future = { ...body, market_type: "FUTURE" }
        assertProblem(yield* send("POST", "/markets", future), 422, "invalid-market", { field: "native_symbol" })
        const named = yield* send("POST", "/markets", { ...future, native_symbol: "XBTZ26" })
        assert.strictEqual(named.status, 201, named.text)
        assert.match(String(fieldOf(named.json, "tag")), /-XBTZ26$/)
      })
    )

    it.effect("lists by every filter, alone and together", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const exchange_id = yield* newExchange()
        const spot = yield* newMarketBody({ exchange_id })
        const a = yield* send("POST", "/markets", spot)
        const b = yield* send("POST", "/markets", { ...spot, market_type: "PERP" })
        const c = yield* newMarket({ exchange_id })
        const [idA, idB] = [idOf(a.json), idOf(b.json)]
        yield* send("PATCH", `/markets/${idB}`, { level4_feed_enabled: true })
        const list = (query: string) => Effect.map(send("GET", `/markets?${query}`), ({ json }) => idsOf(json))
        const mine = `exchange_id=${exchange_id}`
        assert.deepStrictEqual(yield* list(mine), [idA, idB, c])
        assert.deepStrictEqual(yield* list(`${mine}&enabled=true`), [idB])
        assert.deepStrictEqual(yield* list(`${mine}&enabled=false`), [idA, c])
        assert.deepStrictEqual(yield* list(`${mine}&market_type=SPOT`), [idA, c])
        assert.deepStrictEqual(yield* list(`base_symbol_id=${spot.base_symbol_id}`), [idA, idB])
        assert.deepStrictEqual(yield* list(`quote_symbol_id=${spot.quote_symbol_id}&market_type=PERP`), [idB])
        assert.deepStrictEqual(yield* list(`${mine}&market_type=INVERSE`), [])
        assert.deepStrictEqual(yield* list(`${mine}&market_type=spot`), [idA, c], "in any case")
        assert.deepStrictEqual(yield* list("exchange_id=9007199254740991"), [])
        assert.includeMembers([...(yield* list(""))], [idA, idB, c])
      })
    )

    it.effect("starts and stops a feed, each as often as asked", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const id = yield* newMarket()
        for (const enabled of [true, true, false, false, true]) {
          const answer = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: enabled })
          assert.strictEqual(answer.status, 200, answer.text)
          assert.deepInclude(answer.json, { id, level4_feed_enabled: enabled })
          assert.deepInclude(fieldOf(answer.json, "feed"), { state: enabled ? "live" : "stopped" })
          assert.deepStrictEqual((yield* send("GET", `/markets/${id}`)).json, answer.json)
        }
      })
    )

    it.effect("takes back the whole market as GET gave it", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const id = yield* newMarket()
        const { json } = yield* send("GET", `/markets/${id}`)
        const on = yield* send("PATCH", `/markets/${id}`, { ...Object(json), level4_feed_enabled: true })
        assert.strictEqual(on.status, 200, on.text)
        assert.deepInclude(on.json, { level4_feed_enabled: true })
        assert.deepStrictEqual((yield* send("PATCH", `/markets/${id}`, {})).json, on.json)
        const off = yield* send("PATCH", `/markets/${id}`, { ...Object(on.json), level4_feed_enabled: false })
        assert.deepStrictEqual(off.json, json)
      })
    )

    it.effect("keeps the switch off where the feed can't run, and says why", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const id = yield* newMarket({ exchange_id: yield* newExchange("Nowhere") })
        assertProblem(yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: true }), 409, "feed-refused", {
          market_id: id,
          level4_feed_enabled: false,
          detail: REFUSAL
        })
        assert.deepInclude((yield* send("GET", `/markets/${id}`)).json, { level4_feed_enabled: false })
        const off = yield* send("PATCH", `/markets/${id}`, { level4_feed_enabled: false })
        assert.strictEqual(off.status, 200)
      })
    )

    it.effect("ends in the state of its flag, whatever order a crowd of switches comes in", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const { running } = yield* FeedControl
        const id = yield* newMarket()
        const wishes = Array.from({ length: 30 }, (_, index) => index % 3 !== 0)
        const answers = yield* Effect.forEach(
          wishes,
          (enabled) => send("PATCH", `/markets/${id}`, { level4_feed_enabled: enabled }),
          { concurrency: "unbounded" }
        )
        assert.isTrue(answers.every(({ status }) => status === 200))
        const { json } = yield* send("GET", `/markets/${id}`)
        const runs = [...running.keys()].some((key) => key === id)
        assert.strictEqual(fieldOf(json, "level4_feed_enabled"), runs)
      })
    )

    it.effect("knows no market of an unknown id", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        const unknown = { entity: "market", id: 31_337 }
        const on = { level4_feed_enabled: true }
        assertProblem(yield* send("GET", "/markets/31337"), 404, "not-found", unknown)
        assertProblem(yield* send("PATCH", "/markets/31337", on), 404, "not-found", unknown)
        assertProblem(yield* send("GET", "/markets/31337/book"), 404, "not-found", unknown)
      })
    )
  })
})
