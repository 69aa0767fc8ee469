// What a newcomer does, against the simulator of every venue and the real service in this process: find instruments,
// add them by patterns, start them and wait until they are live; and what venues do meanwhile: list, halt, drop.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Server } from "../../src/api/Server.ts"
import type { ListedInstrument } from "../../src/domain/Instrument.ts"
import type { ListedMarket } from "../../src/domain/Market.ts"
import { layerService } from "../../src/service.ts"
import { environment } from "../../src/simulator/simulate.ts"
import { Simulator } from "../../src/simulator/Simulator.ts"
import type { Listing, Venue } from "../../src/simulator/Venue.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { level4 } from "../support/CommandLine.ts"
import { embeddedDatabase, layerSettings } from "../support/Databases.ts"
import { until } from "../support/until.ts"

const call = (url: string, method: string, path: string, body?: object) =>
  Effect.promise(async () => {
    const headers = { "content-type": "application/json" }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(`${url}${path}`, init)
    const text = await response.text()
    return { status: response.status, json: text === "" ? null : (JSON.parse(text) as unknown) }
  })

const get = <A>(url: string, path: string) =>
  Effect.map(call(url, "GET", path), ({ json, status }) => {
    assert.strictEqual(status, 200, JSON.stringify(json))
    return json as A
  })

/** The service on these simulated venues; `test` gets its address and the simulator's. */
const onSimulator = <E>(
  simulated: ReadonlyArray<Venue>,
  env: Readonly<Record<string, string>>,
  test: (service: string, simulator: string) => Effect.Effect<void, E>
) =>
  Effect.gen(function* () {
    const simulator = yield* Simulator
    const settings = {
      ...(yield* embeddedDatabase),
      ...environment(simulator),
      LEVEL4_PORT: "0",
      LEVEL4_LOG_LEVEL: "error",
      ...env
    }
    yield* Effect.gen(function* () {
      yield* test((yield* Server).url, `http://${simulator.authority}`)
    }).pipe(Effect.provide(layerService.pipe(Layer.provide(layerSettings(settings)))))
  }).pipe(
    Effect.provide(
      Simulator.layer({ venues: simulated, host: "127.0.0.1", port: 0, seed: "instruments", rate: 4, madeUp: 1 })
    ),
    Effect.scoped
  )

const run = (url: string, line: string) => level4(line.split(" "), { env: { LEVEL4_URL: url } })

/** A tick or step as its exact text: 5 units of the first decimal are 0.5. */
const unit = (decimals: number, step = 1): string => {
  const digits = String(step).padStart(decimals + 1, "0")
  const [whole, part] = [digits.slice(0, digits.length - decimals), digits.slice(digits.length - decimals)]
  const kept = part.replace(/0+$/, "")
  return kept === "" ? whole : `${whole}.${kept}`
}

/** Bitfinex's prices have five significant digits and no tick; bitFlyer's list names no ticks at all. */
const WITHOUT_TICKS = new Set(["Bitfinex", "bitFlyer"])

const isListed = (rows: ReadonlyArray<ListedInstrument>, { exchange }: Venue, listing: Listing): void => {
  const row = rows.find(({ native_symbol }) => native_symbol === listing.symbol)
  assert(row !== undefined, `${exchange} lists no ${listing.symbol}: ${rows.map((one) => one.native_symbol).join(" ")}`)
  const { base, price_tick, quote, size_step, status } = row
  assert.deepStrictEqual({ base, quote, status }, { base: listing.base, quote: listing.quote, status: "trading" })
  if (WITHOUT_TICKS.has(exchange)) return
  assert.strictEqual(price_tick, unit(listing.priceDecimals, listing.priceStep), `tick of ${listing.symbol}`)
  assert.strictEqual(size_step, unit(listing.sizeDecimals, listing.sizeStep), `step of ${listing.symbol}`)
}

describe("every simulated venue", () => {
  it.live(
    "is listed, filtered, added by one pattern, started, and live",
    () =>
      onSimulator(venues, {}, (url) =>
        Effect.gen(function* () {
          for (const venue of venues) {
            const { exchange, listings, marketType } = venue
            const path = `/exchanges/${exchange}/instruments`
            const rows = yield* get<ReadonlyArray<ListedInstrument>>(
              url,
              `${path}?market_type=${marketType}&limit=5000`
            )
            assert.isTrue(rows.every(({ market_type }) => market_type === marketType))
            for (const listing of listings) isListed(rows, venue, listing)
            const { base } = listings[0]!
            const ofBase = yield* get<ReadonlyArray<ListedInstrument>>(
              url,
              `${path}?market_type=${marketType.toLowerCase()}&base=${base.toLowerCase()}&limit=5000`
            )
            assert.deepStrictEqual(
              ofBase,
              rows.filter((row) => row.base === base)
            )
          }
          for (const { exchange, marketType, listings } of venues) {
            const pattern = `${exchange}.${marketType}:*-${listings[0]!.quote}`
            const added = yield* run(url, `markets add ${pattern} --start --wait live --timeout 60s`)
            assert.strictEqual(added.code, 0, `${pattern}: ${added.stderr}`)
          }
          const markets = yield* get<ReadonlyArray<ListedMarket>>(url, "/markets")
          for (const { exchange, marketType, listings } of venues) {
            const [first] = listings
            const market = markets.find(
              (row) =>
                row.exchange.name === exchange && row.market_type === marketType && row.native_symbol === first!.symbol
            )
            assert.strictEqual(market?.feed.state, "live", `${exchange} ${marketType}: ${market?.feed.reason}`)
            assert.isFalse(market?.unverified)
            assert.strictEqual(market?.listing_status, "trading")
          }
        })
      ),
    180_000
  )
})

const kraken = venues.filter(({ exchange }) => exchange === "Kraken")

describe("a listing that changes", () => {
  it.live(
    "halts, drops and adds markets, and a rule follows it",
    () =>
      onSimulator(kraken, { LEVEL4_LISTING_INTERVAL: "1 second" }, (url, simulator) =>
        Effect.gen(function* () {
          const ruled = yield* run(url, "rules add KRAKEN.SPOT:* --start")
          assert.strictEqual(ruled.code, 0, ruled.stderr)
          const marketOf = (tag: string) =>
            Effect.map(get<ReadonlyArray<ListedMarket>>(url, "/markets"), (rows) => rows.find((row) => row.tag === tag))
          const state = (tag: string) => Effect.map(marketOf(tag), (row) => row?.feed.state ?? "not there")
          const reason = (tag: string) => Effect.map(marketOf(tag), (row) => row?.feed.reason_code ?? null)
          yield* until("the rule's markets are live", state("KRAKEN.SPOT:BTC-USD"), (seen) => seen === "live")
          const change = (symbol: string, to: string) =>
            Effect.map(
              call(simulator, "POST", "/listings", { exchange: "Kraken", market_type: "SPOT", symbol, state: to }),
              ({ json, status }) => assert.strictEqual(status, 200, JSON.stringify(json))
            )
          const made = yield* call(simulator, "POST", "/listings", {
            exchange: "Kraken",
            market_type: "SPOT",
            made_up: 1
          })
          assert.strictEqual(made.status, 200, JSON.stringify(made.json))
          yield* until("the new listing is followed", state("KRAKEN.SPOT:S001-USD"), (seen) => seen === "live")
          yield* change("ETH/USD", "halted")
          yield* change("ETH/BTC", "dropped")
          const status = (tag: string) => Effect.map(marketOf(tag), (row) => row?.listing_status ?? null)
          yield* until("halted in the listing", status("KRAKEN.SPOT:ETH-USD"), (seen) => seen === "halted")
          yield* until("delisted by two answers", status("KRAKEN.SPOT:ETH-BTC"), (seen) => seen === "delisted")
          assert.isNull(yield* reason("KRAKEN.SPOT:BTC-USD"))
          yield* change("ETH/USD", "trading")
          yield* until("trading again", status("KRAKEN.SPOT:ETH-USD"), (seen) => seen === "trading")
          yield* until("live again", state("KRAKEN.SPOT:ETH-USD"), (seen) => seen === "live")
        })
      ),
    120_000
  )

  it.live("refuses a native symbol of another market, and names the right one", () =>
    onSimulator(kraken, {}, (url) =>
      Effect.gen(function* () {
        const wrong =
          "markets new --exchange Kraken --base BTC --quote USD --type perp --native-symbol PF_ETHUSD --create"
        const refused = yield* run(url, wrong)
        assert.strictEqual(refused.code, 2)
        assert.match(refused.stderr, /PF_XBTUSD/)
        assert.deepStrictEqual(yield* get(url, "/markets"), [])
        const unchecked = yield* call(url, "POST", "/markets?unchecked=true", {
          exchange_id: 1,
          base_symbol_id: 1,
          quote_symbol_id: 2,
          market_type: "PERP",
          native_symbol: "PF_ETHUSD"
        })
        assert.strictEqual(unchecked.status, 201, JSON.stringify(unchecked.json))
        assert.isTrue((unchecked.json as ListedMarket).unverified)
        const lower = yield* call(url, "POST", "/markets", {
          exchange_id: 1,
          base_symbol_id: 1,
          quote_symbol_id: 2,
          market_type: "SPOT",
          native_symbol: "btc/usd"
        })
        assert.strictEqual(lower.status, 422)
        assert.match(JSON.stringify(lower.json), /BTC\/USD/)
      })
    )
  )
})
