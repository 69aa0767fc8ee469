// What is measured of feeds and exchanges, on real ones that were driven by hand.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { HttpClient } from "effect/http"
import { Market } from "../../../src/domain/Market.ts"
import { FeedCounters, FeedState } from "../../../src/domain/FeedState.ts"
import { LiveFeed } from "../../../src/feeds/market/LiveFeed.ts"
import { makeVenues } from "../../../src/feeds/venue/Venues.ts"
import { exposition } from "../../../src/layers/metrics/Exposition.ts"
import { feedFamilies } from "../../../src/layers/metrics/feedFamilies.ts"
import { venueFamilies } from "../../../src/layers/metrics/venueFamilies.ts"
import { resolve } from "../../../src/schemes/Schemes.ts"
import { readExposition } from "../../support/prometheusText.ts"

const SECOND = 1_000_000
const AT = 1_795_000_000 * SECOND

const feedOf = (id: number, base: string): LiveFeed => {
  const market = Schema.decodeSync(Market)({
    id,
    exchange: { id: 1, name: "Binance" },
    base_symbol: { id: 1, symbol: base },
    quote_symbol: { id: 2, symbol: "USDT" },
    market_type: "SPOT",
    native_symbol: null,
    level4_feed_enabled: true,
    unverified: true
  })
  const resolved = resolve({ exchange: "Binance", base, quote: "USDT", market_type: "SPOT", native_symbol: null })
  if (typeof resolved === "string") throw new Error(resolved)
  const sink = { wanted: false, emit: () => {} }
  const feed = new LiveFeed(market, resolved.scheme, resolved.symbol, { ws: undefined, rest: undefined }, sink)
  feed.exchange.signal("dial", null, AT)
  return feed
}

const read = (feeds: ReadonlyArray<LiveFeed>, now: number) => {
  const families = readExposition(exposition(feedFamilies(feeds, now)))
  const value = (name: string, labels: Record<string, string> = {}): number | undefined =>
    families
      .get(`level4_${name}`)
      ?.samples.find((sample) => Object.entries(labels).every(([key, text]) => sample.labels[key] === text))?.value
  return { families, value }
}

describe("feedFamilies", () => {
  it("tells states, each of them, and which feed is in which", () => {
    const live = feedOf(1, "BTC")
    live.exchange.signal("connected", null, AT)
    live.exchange.signal("synced", null, AT + 2 * SECOND)
    const { families, value } = read([live, feedOf(2, "ETH")], AT + 5 * SECOND)
    assert.lengthOf(families.get("level4_feeds")?.samples ?? [], FeedState.literals.length)
    assert.strictEqual(value("feeds", { state: "live" }), 1)
    assert.strictEqual(value("feeds", { state: "connecting" }), 1)
    assert.strictEqual(value("feeds", { state: "halted" }), 0)
    const labels = { exchange: "Binance", market: "BINANCE.SPOT:BTC-USDT", market_id: "1" }
    assert.deepInclude(families.get("level4_feed_state")?.samples[0]?.labels, { ...labels, state: "live" })
    assert.strictEqual(value("feed_live", { market_id: "1" }), 1)
    assert.strictEqual(value("feed_live", { market_id: "2" }), 0)
    assert.strictEqual(value("feed_state_age_seconds", { market_id: "1" }), 3)
  })

  it("tells the counters, ages and lag of the feed", () => {
    const feed = feedOf(1, "BTC")
    const { exchange } = feed
    const before = read([feed], AT)
    assert.isUndefined(before.value("feed_last_frame_age_seconds"))
    assert.isUndefined(before.value("feed_exchange_lag_seconds"))
    Object.assign(exchange.counts, { frames: 7, bytes: 900, unknown: 1, gaps: 2, checksum_failures: 3, connects: 4 })
    Object.assign(exchange.counts, { resyncs: 5, trades: 6, trades_missed: 8, trades_repeated: 9, restarts: 10 })
    exchange.frameAt = AT + 1.5 * SECOND
    exchange.book("book_snapshot", [], [], AT + SECOND, AT + 1.25 * SECOND)
    feed.book.load(
      [["10", "1"]],
      [
        ["11", "1"],
        ["12", "1"]
      ]
    )
    const { value } = read([feed], AT + 4 * SECOND)
    const told = {
      feed_frames_total: 7,
      feed_received_bytes_total: 900,
      feed_frames_unknown_total: 1,
      feed_gaps_total: 2,
      feed_checksum_failures_total: 3,
      feed_connects_total: 4,
      feed_reconnects_total: 3,
      feed_resyncs_total: 5,
      feed_trades_total: 6,
      feed_trades_missed_total: 8,
      feed_trades_repeated_total: 9,
      feed_restarts_total: 10,
      feed_last_frame_age_seconds: 2.5,
      feed_exchange_lag_seconds: 0.25
    }
    for (const [name, wanted] of Object.entries(told)) assert.strictEqual(value(name), wanted, name)
    assert.strictEqual(value("feed_book_levels", { side: "bid" }), 1)
    assert.strictEqual(value("feed_book_levels", { side: "ask" }), 2)
    assert.isAbove(value("feed_book_bytes") ?? 0, 3 * 16)
  })

  it("leaves out no counter of the feed", () => {
    const feed = feedOf(1, "BTC")
    const names = Object.keys(FeedCounters.fields)
    Object.assign(feed.exchange.counts, Object.fromEntries(names.map((name, index) => [name, 1_001 + index])))
    const { families } = read([feed], AT)
    const told = new Set([...families.values()].flatMap(({ samples }) => samples.map(({ value }) => value)))
    for (const [index, name] of names.entries()) assert.isTrue(told.has(1_001 + index), name)
  })

  it("adds up the time that a book stands crossed, until it is given up too", () => {
    const feed = feedOf(1, "BTC")
    const crossed = (now: number) => read([feed], now).value("feed_crossed_seconds_total")
    assert.strictEqual(crossed(AT), 0)
    feed.exchange.crossed(true, AT + SECOND)
    assert.strictEqual(crossed(AT + 3 * SECOND), 2)
    feed.exchange.crossed(false, AT + 4 * SECOND)
    assert.strictEqual(crossed(AT + 9 * SECOND), 3)
    feed.exchange.crossed(true, AT + 10 * SECOND)
    feed.exchange.signal("lost", { code: "crossed", text: "crossed" }, AT + 10.5 * SECOND)
    assert.strictEqual(crossed(AT + 20 * SECOND), 3.5)
    assert.strictEqual(read([feed], AT).value("feed_crossed_total"), 2)
  })

  it("shows a bounded number of markets, and counts them all", () => {
    const feed = feedOf(1, "BTC")
    const feeds = Array.from({ length: 5_001 }, (_, index) =>
      Object.assign(Object.create(feed) as LiveFeed, {
        market: Object.assign(Object.create(feed.market), { id: index + 1 })
      })
    )
    const families = new Map(feedFamilies(feeds, AT).map((family) => [family.name, family.samples]))
    assert.lengthOf(families.get("level4_feed_live") ?? [], 5_000)
    assert.lengthOf(families.get("level4_feed_state") ?? [], 5_000)
    const connecting = families.get("level4_feeds")?.find(({ labels }) => labels["state"] === "connecting")
    assert.strictEqual(connecting?.value, 5_001)
  })
})

describe("venueFamilies", () => {
  it.effect("tells what is left of an exchange's budgets and who waits", () =>
    Effect.gen(function* () {
      const { scheme } = feedOf(1, "BTC")
      const limits = { ...scheme.limits, rest: { weight: 100, perMs: 60_000 } }
      const venues = yield* makeVenues(() => limits)
      const { budget } = venues.of(scheme)
      yield* budget.rest?.pass(30) ?? Effect.void
      budget.connects.block(60_000, 0, "429")
      const families = readExposition(exposition(venueFamilies(venues.all(), 0)))
      const value = (name: string) => families.get(`level4_venue_${name}`)?.samples[0]
      assert.deepInclude(value("rest_weight_limit"), { labels: { pool: "Binance spot" }, value: 100 })
      assert.strictEqual(value("rest_weight_left")?.value, 70)
      assert.strictEqual(value("rest_weight_waiting")?.value, 0)
      assert.strictEqual(value("connects_left")?.value, 0)
      assert.strictEqual(value("connects_refusals_total")?.value, 1)
      assert.strictEqual(value("sockets")?.value, 0)
    }).pipe(
      Effect.provideService(
        HttpClient.HttpClient,
        HttpClient.make(() => Effect.die("no request is made here"))
      ),
      Effect.scoped
    )
  )
})
