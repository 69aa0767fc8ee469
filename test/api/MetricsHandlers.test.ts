// /metrics: text that any Prometheus reads, with the HTTP side counted by its routes, and no client able to make up
// series.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { assertProblem } from "../support/assertProblem.ts"
import { inMemory } from "../support/Catalogs.ts"
import { readExposition } from "../support/prometheusText.ts"
import { CatalogFaults } from "../support/MemoryCatalog.ts"

const scrape = (headers: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const { send } = yield* ApiClient
    const answer = yield* send("GET", "/metrics", undefined, headers)
    assert.strictEqual(answer.status, 200, answer.text)
    assert.strictEqual(answer.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
    return readExposition(answer.text)
  })

layer(layerApi(inMemory), { excludeTestServices: true })("/metrics", (it) => {
  it.effect("reads as Prometheus reads it, with the process and no feed", () =>
    Effect.gen(function* () {
      const families = yield* scrape()
      assert.isAbove(families.get("process_resident_memory_bytes")?.samples[0]?.value ?? 0, 1e6)
      assert.isAbove(families.get("process_start_time_seconds")?.samples[0]?.value ?? 0, 1_700_000_000)
      assert.isAbove(families.get("nodejs_heap_size_used_bytes")?.samples[0]?.value ?? 0, 1e6)
      for (const lag of ["mean", "p99", "max"]) assert.isTrue(families.has(`nodejs_eventloop_lag_${lag}_seconds`))
      assert.lengthOf(families.get("level4_feeds")?.samples ?? [], 10)
      assert.isFalse(families.has("level4_feed_live"))
    })
  )

  it.effect("tells whether the catalog is up, also while it is not", () =>
    Effect.gen(function* () {
      const faults = yield* CatalogFaults
      const up = Effect.map(scrape(), (families) => families.get("level4_catalog_up")?.samples[0]?.value)
      assert.strictEqual(yield* up, 1)
      faults.down = true
      assert.strictEqual(yield* up, 0)
      faults.down = false
    })
  )

  it.effect("counts answers by route, method and status, and times them", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      for (let i = 1; i <= 3; i++) yield* send("GET", `/symbols/${i}`)
      yield* send("POST", "/symbols", { symbol: "BTC" })
      const families = yield* scrape()
      const samples = families.get("level4_http_requests_total")?.samples ?? []
      const counted = samples.map(({ labels, value }) => [labels["method"], labels["route"], labels["status"], value])
      assert.deepInclude(counted, ["GET", "/symbols/:id", "404", 3])
      assert.deepInclude(counted, ["POST", "/symbols", "201", 1])
      const durations = families.get("level4_http_request_duration_seconds")?.samples ?? []
      const of = (suffix: string) =>
        durations.find(({ labels, name }) => labels["route"] === "/symbols/:id" && name.endsWith(suffix))?.value
      assert.strictEqual(of("_count"), 3)
      assert.isAbove(of("_sum") ?? 0, 0)
    })
  )

  it.effect("gives clients no way to make up series", () =>
    Effect.gen(function* () {
      const { raw, send } = yield* ApiClient
      const series = Effect.map(scrape(), (families) => families.get("level4_http_requests_total")?.samples ?? [])
      yield* send("GET", "/first-unknown")
      yield* raw("PROPFIND /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
      const before = yield* series
      for (let i = 0; i < 50; i++) yield* send("GET", `/${i}/${"x".repeat(i)}?a=${i}`)
      for (const method of ["TRACE", "QUERY", "LOCK"]) {
        yield* raw(`${method} /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      }
      // one more at most: the scrape's own
      assert.isAtMost((yield* series).length, before.length + 1)
    })
  )

  it.effect("counts what the gate refuses", () =>
    Effect.gen(function* () {
      const { raw, send } = yield* ApiClient
      yield* raw("GET /livez HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
      yield* send("POST", "/symbols", { symbol: "X" }, { origin: "https://evil.example" })
      const refused = (yield* scrape()).get("level4_http_refused_total")?.samples ?? []
      const counts = Object.fromEntries(refused.map(({ labels, value }) => [labels["reason"], value]))
      assert.deepStrictEqual(counts, { connections: 0, rate: 0, host: 1, origin: 1 })
    })
  )
})

const guarded = layerApi(inMemory, {
  LEVEL4_OPERATOR_TOKEN: "operators-of-this-test",
  LEVEL4_READER_TOKEN: "readers-of-this-test"
})
layer(guarded, { excludeTestServices: true })("/metrics behind tokens", (it) => {
  it.effect("is read with the reader's token, and shows none", () =>
    Effect.gen(function* () {
      const { send } = yield* ApiClient
      assertProblem(yield* send("GET", "/metrics"), 401, "unauthorized")
      for (const token of ["readers-of-this-test", "operators-of-this-test"]) {
        const families = yield* scrape({ authorization: `Bearer ${token}` })
        assert.notMatch(JSON.stringify([...families.values()]), /readers|operators/)
      }
    })
  )
})
