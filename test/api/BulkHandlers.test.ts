// Markets by patterns over HTTP, on both databases: added, started, counted, refused.
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory, onDatabases } from "../support/Catalogs.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { instrument, ListingControl } from "../support/FakeInstruments.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"

const spot = (base: string, quote: string) => instrument({ native_symbol: `${base}/${quote}`, base, quote })
const post = (body: object) => Effect.flatMap(ApiClient, ({ send }) => send("POST", "/markets/batch", body))
const lists = (exchange: string, bases: ReadonlyArray<string>) =>
  Effect.map(ListingControl, (listing) =>
    listing.list(
      exchange,
      bases.map((base) => spot(base, "USD"))
    )
  )

describe.each(onDatabases)("POST /markets/batch on $name", (kind) => {
  layer(layerApi(kind), { excludeTestServices: true })((it) => {
    it.effect("adds, starts, and repeats without harm", () =>
      Effect.gen(function* () {
        const { send } = yield* ApiClient
        yield* lists("Kraken", ["BTC", "ETH", "SOL"])
        const patterns = ["KRAKEN.SPOT:*-USD"]
        const dry = yield* post({ patterns, dry_run: true })
        assert.deepInclude(dry.json, { matched: 3, added: 3, dry_run: true })
        assert.deepStrictEqual((yield* send("GET", "/markets")).json, [])
        const first = yield* post({ patterns })
        assert.strictEqual(first.status, 200, first.text)
        assert.deepInclude(first.json, { matched: 3, added: 3, existing: 0, started: 0, refused: 0, dry_run: false })
        assert.deepInclude((first.json as { markets: ReadonlyArray<unknown> }).markets[0], {
          tag: "KRAKEN.SPOT:BTC-USD",
          native_symbol: "BTC/USD",
          market_id: 1,
          outcome: "added",
          started: false,
          detail: null
        })
        const started = yield* post({ patterns, start: true })
        assert.deepInclude(started.json, { added: 0, existing: 3, started: 3 })
        assert.deepInclude((yield* post({ patterns, start: true })).json, { added: 0, existing: 3, started: 0 })
        const { json } = yield* send("GET", "/markets?enabled=true")
        assert(Array.isArray(json))
        assert.lengthOf(json, 3)
        for (const market of json) assert.deepInclude(market, { unverified: false, level4_feed_enabled: true })
      })
    )

    it.effect("adds and starts many at once", () =>
      Effect.gen(function* () {
        const control = yield* FeedControl
        yield* lists(
          "HitBTC",
          Array.from({ length: 60 }, (_, n) => `C${n}`)
        )
        const answer = yield* post({ patterns: ["HITBTC.*"], start: true })
        assert.deepInclude(answer.json, { matched: 60, added: 60, started: 60 })
        assert.isAtLeast(control.running.size, 60)
      })
    )
  })
})

layer(layerApi(inMemory), { excludeTestServices: true })("POST /markets/batch", (it) => {
  it.effect("refuses more matches than the limit, and says how many there are", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      yield* lists("Kraken", ["BTC", "ETH", "SOL"])
      const answer = yield* post({ patterns: ["KRAKEN.*"], limit: 2 })
      const problem = assertProblem(answer, 422, "too-many-matches", { matched: 3, limit: 2 })
      assert.include(problem["detail"], "Raise `limit`, or narrow the patterns.")
      assert.deepStrictEqual((yield* send("GET", "/markets")).json, [])
      assert.deepInclude((yield* post({ patterns: ["KRAKEN.SPOT:NONE-*"] })).json, {
        matched: 0,
        added: 0,
        markets: []
      })
    })
  )

  it.effect("names the exchange that a misspelt pattern means", () =>
    Effect.gen(function* () {
      const answer = yield* post({ patterns: ["KRAKEM.SPOT:*-USD"] })
      const problem = assertProblem(answer, 422, "unmatched-pattern", {
        pattern: "KRAKEM.SPOT:*-USD",
        nearest: "Kraken"
      })
      assert.match(String(problem["detail"]), /did you mean Kraken\?$/)
    })
  )

  it.effect("names every fault of a body", () =>
    Effect.gen(function* () {
      for (const [body, path] of [
        [{}, "/patterns"],
        [{ patterns: [] }, "/patterns"],
        [{ patterns: Array.from({ length: 21 }, () => "KRAKEN.*") }, "/patterns"],
        [{ patterns: ["KRAKEN. *"] }, "/patterns/0"],
        [{ patterns: ["x".repeat(201)] }, "/patterns/0"],
        [{ patterns: ["KRAKEN.*"], limit: 5001 }, "/limit"],
        [{ patterns: ["KRAKEN.*"], limit: 0 }, "/limit"],
        [{ patterns: ["KRAKEN.*"], start: "yes" }, "/start"],
        [{ patterns: ["KRAKEN.*"], dryrun: true }, "/dryrun"]
      ] as const) {
        const { errors } = assertProblem(yield* post(body), 400, "invalid-request")
        assert.deepInclude((errors as ReadonlyArray<object>)[0], { in: "body", path })
      }
    })
  )

  it.effect("goes on without a venue that does not answer, and is a 503 where none does", () =>
    Effect.gen(function* () {
      const listing = yield* ListingControl
      yield* lists("Kraken", ["BTC"])
      listing.fail("Gemini", "timed out")
      const answer = yield* post({ patterns: ["KRAKEN.*", "GEMINI.*"], dry_run: true })
      const detail = "Gemini does not say what it lists: timed out. Nothing of it is known."
      assert.deepNestedInclude(answer.json, {
        matched: 1,
        "exchanges[1]": { exchange: "Gemini", age: null, error: detail }
      })
      const none = yield* post({ patterns: ["GEMINI.*"] })
      assertProblem(none, 503, "listing-unavailable", { exchange: "Gemini", age: null, detail })
    })
  )

  it.effect("says that the catalog is away", () =>
    Effect.gen(function* () {
      const faults = yield* CatalogFaults
      yield* lists("Kraken", ["BTC"])
      faults.down = true
      assertProblem(yield* post({ patterns: ["KRAKEN.*"] }), 503, "catalog-unavailable")
      faults.down = false
    })
  )
})
