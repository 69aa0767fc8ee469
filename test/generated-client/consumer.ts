// A stranger's program over the client that stock generators make of the OpenAPI document: openapi-typescript's types on
// openapi-fetch. Called with the address of a service; walks the catalog, a feed, its book and errors, and prints what it
// saw as JSON. It is compiled and run by test/api/GeneratedClient.test.ts, since schema.d.ts exists only there.
import createClient from "openapi-fetch"
import type { components, paths } from "./schema.js"

const [, , baseUrl = "", token = ""] = process.argv
const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } })

const must = <A>(answer: { data?: A; error?: unknown }): A => {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error))
  return answer.data
}

const exchange = must(await client.POST("/exchanges", { body: { name: "Kraken" } }))
const base = must(await client.POST("/symbols", { body: { symbol: "BTC" } }))
const quote = must(await client.POST("/symbols", { body: { symbol: "USD" } }))
const created: components["schemas"]["Market"] = must(
  await client.POST("/markets", {
    body: { exchange_id: exchange.id, base_symbol_id: base.id, quote_symbol_id: quote.id, market_type: "SPOT" }
  })
)
const path = { id: created.id }
const started = must(await client.PATCH("/markets/{id}", { params: { path }, body: { level4_feed_enabled: true } }))
const book = must(await client.GET("/markets/{id}/book", { params: { path, query: { depth: 2, require: "live" } } }))
const [bestBid, bestBidSize] = book.bids[0] ?? []
const listed = must(await client.GET("/markets", { params: { query: { enabled: "true", market_type: "SPOT" } } }))
const ready = must(await client.GET("/readyz"))
const metrics = must(await client.GET("/metrics", { parseAs: "text" }))

const missing = await client.GET("/markets/{id}", { params: { path: { id: 999 } } })
const problem = missing.error
const entity = problem?.type === "https://level4.dev/problems/not-found" ? problem.entity : null
const twice = await client.POST("/symbols", { body: { symbol: "BTC" } })

process.stdout.write(
  JSON.stringify({
    tag: created.tag,
    enabled: started.level4_feed_enabled,
    state: book.state,
    best: [bestBid, bestBidSize],
    listed: listed.map(({ id }) => id),
    live: ready.feeds.live,
    metrics: metrics.includes("level4_feeds"),
    missing: [missing.response.status, entity],
    twice: [twice.response.status, twice.error?.title]
  })
)
