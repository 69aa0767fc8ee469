// A venue that halts a market in its listing, lets it trade again and drops it: the real service as its own process,
// following the simulator over real sockets and REST, says each of these of its feed and of the market, and the
// neighbour's feed is live all the while.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ListedMarket } from "../../src/domain/Market.ts"
import { environment } from "../../src/simulator/simulate.ts"
import { krakenSpot } from "../../src/simulator/venues/Kraken.ts"
import { stage, toyLayer } from "../simulator/ToyVenue.ts"
import { embeddedDatabase } from "../support/Databases.ts"
import { serviceProcess } from "../support/ServiceProcess.ts"
import { until } from "../support/until.ts"

it.live(
  "a market that its venue halts, lets trade again and drops is called so",
  () =>
    Effect.gen(function* () {
      const on = yield* stage
      const service = yield* serviceProcess({
        ...(yield* embeddedDatabase),
        ...environment(on.simulator),
        LEVEL4_LISTING_INTERVAL: "1 second"
      })
      const created = Effect.fnUntraced(function* (path: string, body: object) {
        const answer = yield* service.json("POST", path, body)
        assert.strictEqual(answer.status, 201, JSON.stringify(answer.body))
        return answer.body as ListedMarket
      })
      const exchange_id = (yield* created("/exchanges", { name: "Kraken" })).id
      const quote_symbol_id = (yield* created("/symbols", { symbol: "USD" })).id
      const marketOf = Effect.fnUntraced(function* (symbol: string) {
        const base_symbol_id = (yield* created("/symbols", { symbol })).id
        return yield* created("/markets", { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" })
      })
      const [market, neighbour] = [yield* marketOf("BTC"), yield* marketOf("ETH")]
      assert.deepStrictEqual([market.unverified, market.listing_status], [false, "trading"])

      const turn = ({ id }: ListedMarket, level4_feed_enabled: boolean) =>
        service.json("PATCH", `/markets/${id}`, { level4_feed_enabled })
      const list = (state: string) =>
        on.call("POST", "/listings", { exchange: "kraken", market_type: "SPOT", symbol: market.native_symbol, state })
      const said = ({ id }: ListedMarket) =>
        Effect.map(service.json("GET", `/markets/${id}`), ({ body }) => {
          const { feed, listing_status } = body as ListedMarket
          return `${listing_status} ${feed.state} ${feed.reason_code}`
        })
      const becomes = (one: ListedMarket, ...expected: ReadonlyArray<string>) =>
        until(expected.join(" or "), said(one), (now) => expected.includes(now))

      yield* turn(neighbour, true)
      yield* becomes(neighbour, "trading live null")
      // nothing is heard of it: with a book it would be live, for a while
      yield* on.call("POST", "/faults", {
        exchange: "Kraken",
        fault: "silent",
        symbol: market.native_symbol,
        for_ms: 600_000
      })
      yield* list("halted")
      yield* turn(market, true)
      yield* becomes(market, "halted halted halted")
      yield* on.call("DELETE", "/faults")
      yield* list("pre_launch")
      yield* becomes(market, "pre_launch halted pre_launch")
      yield* list("trading")
      yield* becomes(market, "trading live null")

      yield* turn(market, false)
      yield* list("dropped")
      yield* becomes(market, "delisted stopped stopped", "delisted stopped null")
      yield* turn(market, true)
      yield* becomes(market, "delisted backoff delisted")
      yield* list("trading")
      yield* turn(market, false)
      yield* turn(market, true)
      yield* becomes(market, "trading live null")
      yield* becomes(neighbour, "trading live null")
      const { feed } = (yield* service.json("GET", `/markets/${neighbour.id}`)).body as ListedMarket
      assert.deepStrictEqual([feed.epoch, feed.counters.resyncs], [1, 0], "nothing of it touched the neighbour")
    }).pipe(Effect.provide(toyLayer(krakenSpot, 0, 20)), Effect.scoped),
  120_000
)
