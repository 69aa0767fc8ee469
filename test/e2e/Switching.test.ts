// A market switched on and off a hundred times over HTTP, in this process so that everything it holds can be counted:
// no socket, timer, listener or fiber may be left behind.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Server } from "../../src/api/Server.ts"
import { layerService } from "../../src/service.ts"
import { embeddedDatabase, layerSettings } from "../support/Databases.ts"
import { scriptedVenue } from "../support/ScriptedVenue.ts"
import { until } from "../support/until.ts"

const ROUNDS = 100

/** Active handles of this process by kind; what comes and goes by itself is left out. */
const handles = (): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

const call = (url: string, method: string, path: string, body?: object) =>
  Effect.promise(async () => {
    const headers = { "content-type": "application/json", connection: "close" }
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    return { status: response.status, body: (await response.json()) as { feed?: { state: string } } }
  })

const venueScript = {
  reply: (text: string, socket: { send(text: string): void }) => {
    const { method, id } = JSON.parse(text) as { method: string; id: number }
    if (method === "SUBSCRIBE") socket.send(JSON.stringify({ result: null, id }))
  },
  rest: () => ({
    status: 200,
    body: JSON.stringify({ lastUpdateId: 100, bids: [["10", "1"]], asks: [["11", "2"]] })
  })
}

describe("PATCH level4_feed_enabled", () => {
  it.live(
    "on and off a hundred times leaks no socket, timer or listener",
    () =>
      Effect.gen(function* () {
        const venue = yield* scriptedVenue(venueScript)
        const database = yield* embeddedDatabase
        const environment = {
          ...database,
          LEVEL4_PORT: "0",
          LEVEL4_BINANCE_SPOT_WS_URL: venue.ws,
          LEVEL4_BINANCE_SPOT_REST_URL: venue.rest
        }
        yield* Effect.gen(function* () {
          const { url } = yield* Server
          yield* call(url, "POST", "/exchanges", { name: "Binance" })
          for (const symbol of ["BTC", "USDT"]) yield* call(url, "POST", "/symbols", { symbol })
          const names = { exchange_id: 1, base_symbol_id: 1, quote_symbol_id: 2, market_type: "SPOT" }
          assert.strictEqual((yield* call(url, "POST", "/markets", names)).status, 201)
          const live = until("live", call(url, "GET", "/markets/1"), ({ body }) => body.feed?.state === "live")
          const round = Effect.gen(function* () {
            assert.strictEqual((yield* call(url, "PATCH", "/markets/1", { level4_feed_enabled: true })).status, 200)
            yield* live
            assert.strictEqual((yield* call(url, "PATCH", "/markets/1", { level4_feed_enabled: false })).status, 200)
          })
          // the first rounds open what is kept on purpose: database connections, http agents
          yield* Effect.repeat(round, { times: 4 })
          yield* until(
            "the sockets are closed",
            Effect.sync(() => venue.sockets.size),
            (size) => size === 0
          )
          const before = handles()
          const listeners = process.eventNames().map((name) => process.listenerCount(name))
          yield* Effect.repeat(round, { times: ROUNDS - 1 })
          yield* until(
            "handles are as before",
            Effect.sync(() => ({ sockets: venue.sockets.size, before, now: handles() })),
            ({ sockets, now }) =>
              sockets === 0 && Object.entries(now).every(([kind, count]) => count <= (before[kind] ?? 0) + 1)
          )
          assert.deepStrictEqual(
            process.eventNames().map((name) => process.listenerCount(name)),
            listeners
          )
          assert.strictEqual(venue.connects(), ROUNDS + 5)
          assert.isTrue(venue.closeCodes.every((code) => code === 1000))
        }).pipe(Effect.provide(layerService.pipe(Layer.provide(layerSettings(environment)))))
      }).pipe(Effect.scoped),
    60_000
  )
})
