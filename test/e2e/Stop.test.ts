// The end of the service as a person or a supervisor makes it: SIGTERM with a live feed ends it with 0, after a close
// frame to the venue; a start after that finds the switch off (idle) or the feed live again (resume).
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { once } from "node:events"
import type { ListedMarket } from "../../src/domain/Market.ts"
import { embeddedDatabase } from "../support/Databases.ts"
import { scriptedVenue } from "../support/ScriptedVenue.ts"
import { serviceProcess } from "../support/ServiceProcess.ts"
import { until } from "../support/until.ts"

const script = {
  reply: (text: string, socket: { send(text: string): void }) => {
    const { id } = JSON.parse(text) as { id: number }
    socket.send(JSON.stringify({ result: null, id }))
  },
  rest: () => ({ status: 200, body: JSON.stringify({ lastUpdateId: 100, bids: [["10", "1"]], asks: [["11", "2"]] }) })
}

describe("SIGTERM", () => {
  it.live(
    "ends with the venue told, and what comes after is as LEVEL4_ON_BOOT says",
    () =>
      Effect.gen(function* () {
        const venue = yield* scriptedVenue(script)
        const environment = {
          ...(yield* embeddedDatabase),
          LEVEL4_BINANCE_SPOT_WS_URL: venue.ws,
          LEVEL4_BINANCE_SPOT_REST_URL: venue.rest
        }
        yield* Effect.gen(function* () {
          const service = yield* serviceProcess(environment)
          yield* service.json("POST", "/exchanges", { name: "Binance" })
          for (const symbol of ["BTC", "USDT"]) yield* service.json("POST", "/symbols", { symbol })
          const names = { exchange_id: 1, base_symbol_id: 1, quote_symbol_id: 2, market_type: "SPOT" }
          yield* service.json("POST", "/markets", names)
          yield* service.json("PATCH", "/markets/1", { level4_feed_enabled: true })
          yield* until(
            "live",
            service.json("GET", "/markets/1"),
            ({ body }) => (body as ListedMarket).feed.state === "live"
          )
          const ended = once(service.child, "exit")
          service.child.kill("SIGTERM")
          assert.deepStrictEqual(yield* Effect.promise(() => ended), [0, null])
          yield* until(
            "the close frame",
            Effect.sync(() => venue.closeCodes),
            (codes) => codes.length === 1
          )
          assert.deepStrictEqual(venue.closeCodes, [1000])
        }).pipe(Effect.scoped)
        yield* Effect.gen(function* () {
          const service = yield* serviceProcess({ ...environment, LEVEL4_ON_BOOT: "resume" })
          yield* until(
            "live again",
            service.json("GET", "/markets/1"),
            ({ body }) => (body as ListedMarket).feed.state === "live"
          )
          service.child.kill("SIGKILL")
        }).pipe(Effect.scoped)
        const service = yield* serviceProcess(environment)
        const { body } = yield* until(
          "switched off",
          service.json("GET", "/markets/1"),
          (answer) => !(answer.body as ListedMarket).level4_feed_enabled
        )
        assert.strictEqual((body as ListedMarket).feed.state, "stopped")
        assert.strictEqual(venue.connects(), 2)
      }).pipe(Effect.scoped),
    90_000
  )
})
