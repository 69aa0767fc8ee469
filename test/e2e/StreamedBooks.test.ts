// The whole way, in this process so that its venue is the test: a market switched on over HTTP, its frames over a real
// socket from a scripted Binance, a consumer of GET /stream, and the book of GET /markets/:id/book. At every pause both
// are equal, at the same seq, over thousands of changes and across gaps that are repaired by REST.
import { assert, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Server } from "../../src/api/Server.ts"
import type { Book } from "../../src/domain/Event.ts"
import { layerService } from "../../src/service.ts"
import { embeddedDatabase, layerSettings } from "../support/Databases.ts"
import { scriptedVenue } from "../support/ScriptedVenue.ts"
import { seeded } from "../support/StagedFeed.ts"
import { ConsumerBook, streamClient } from "../support/StreamClient.ts"
import { until } from "../support/until.ts"

const ROUNDS = 30
const CHANGES = 100

/** A venue's own book, told by changes and by REST. */
class VenueBook {
  last = 100
  readonly bids = new Map([["99.00", "1.00000000"]])
  readonly asks = new Map([["102.00", "1.00000000"]])
  private readonly random = seeded(21)

  /** One diff of the websocket; with `hole` the id before it is never told. */
  change(hole: boolean): object {
    const bid = this.random() < 0.5
    const distance = Math.ceil(this.random() * 200) / 100
    const price = (bid ? 100 - distance : 101 + distance).toFixed(2)
    const size = this.random() < 0.2 ? "0.00000000" : (this.random() * 10).toFixed(8)
    const side = bid ? this.bids : this.asks
    if (Number(size) === 0) side.delete(price)
    else side.set(price, size)
    if (hole) this.last++
    const u = ++this.last
    const level = [[price, size]]
    const data = {
      e: "depthUpdate",
      E: 1_795_000_000_000 + u,
      s: "BTCUSDT",
      U: u,
      u,
      b: bid ? level : [],
      a: bid ? [] : level
    }
    return { stream: "btcusdt@depth@100ms", data }
  }

  get snapshot(): string {
    return JSON.stringify({ lastUpdateId: this.last, bids: [...this.bids], asks: [...this.asks] })
  }
}

const call = (url: string, method: string, path: string, body?: object) =>
  Effect.promise(async () => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }
    const response = await fetch(`${url}${path}`, { method, ...init })
    return (await response.json()) as Book
  })

it.live(
  "a consumer of the stream holds the book of GET, across gaps",
  () =>
    Effect.gen(function* () {
      const book = new VenueBook()
      const venue = yield* scriptedVenue({
        reply: (text, socket) => {
          const { method, id } = JSON.parse(text) as { method: string; id: number }
          if (method === "SUBSCRIBE") socket.send(JSON.stringify({ result: null, id }))
        },
        rest: () => ({ status: 200, body: book.snapshot })
      })
      const environment = {
        ...(yield* embeddedDatabase),
        LEVEL4_PORT: "0",
        LEVEL4_BINANCE_SPOT_WS_URL: venue.ws,
        LEVEL4_BINANCE_SPOT_REST_URL: venue.rest
      }
      yield* Effect.gen(function* () {
        const { url } = yield* Server
        yield* call(url, "POST", "/exchanges", { name: "Binance" })
        for (const symbol of ["BTC", "USDT"]) yield* call(url, "POST", "/symbols", { symbol })
        yield* call(url, "POST", "/markets", {
          exchange_id: 1,
          base_symbol_id: 1,
          quote_symbol_id: 2,
          market_type: "SPOT"
        })
        const client = yield* streamClient(url)
        yield* client.ask({ op: "subscribe", channels: ["book_change"], markets: ["BINANCE.SPOT:BTC-USDT"] })
        yield* call(url, "PATCH", "/markets/1", { level4_feed_enabled: true })
        const read = call(url, "GET", "/markets/1/book?depth=5000")
        yield* until("live", read, ({ state }) => state === "live")

        const consumer = new ConsumerBook()
        let applied = 0
        let compared = 0
        for (let round = 0; round < ROUNDS; round++) {
          for (let i = 0; i < CHANGES; i++) venue.say(book.change(round % 10 === 9 && i === CHANGES / 2))
          const bids = String(book.bids.size)
          const served = yield* until(
            "the book of the venue",
            read,
            ({ state, bid_levels, ask_levels }) =>
              state === "live" && `${bid_levels}` === bids && ask_levels === book.asks.size
          )
          yield* until(
            "the same place",
            Effect.sync(() => Number(client.events.at(-1)?.["seq"] ?? 0)),
            (seq) => seq >= served.seq
          )
          for (; applied < client.events.length; applied++) consumer.apply(client.events[applied]!)
          const after = yield* read
          if (after.seq !== Number(client.events[applied - 1]!["seq"])) continue
          compared++
          assert.strictEqual(consumer.text, JSON.stringify([after.bids, after.asks]), `at seq ${after.seq}`)
        }
        assert.isAtLeast(compared, ROUNDS / 2)
        assert.isAbove(client.of("book_change").length, 2_000)
        assert.isAtLeast(client.of("book_snapshot").length, 2)
        assert.includeMembers(
          client.of("status").map(({ state }) => state),
          ["live", "resyncing"]
        )
        assert.isAtLeast(Math.max(...client.events.map(({ epoch }) => Number(epoch))), 3)
      }).pipe(Effect.provide(layerService.pipe(Layer.provide(layerSettings(environment)))))
    }).pipe(Effect.scoped),
  90_000
)
