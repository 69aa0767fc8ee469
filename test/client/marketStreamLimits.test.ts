// The client's stream where the service refuses: more than a connection may hold, and a token that is missing.
import { assert, layer } from "@effect/vitest"
import { Effect, Exit, Redacted } from "effect"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { streamReader } from "../support/StreamReader.ts"
import { tcpProxy } from "../support/TcpProxy.ts"

let markets = 600
const staged = (base = "BTC") =>
  Effect.map(EventHub, (hub) => {
    const feed = new StagedFeed(hub, stagedMarket(++markets, base))
    feed.snapshot([["100", "1"]], [["101", "1"]])
    return feed
  })

/** The service, and a way to it that can be cut. */
const cuttable = Effect.gen(function* () {
  const { url } = yield* ApiClient
  const proxy = yield* tcpProxy(Number(new URL(url).port))
  return { url, proxy, far: `http://127.0.0.1:${proxy.port}` }
})

layer(layerApi(inMemory, { LEVEL4_STREAM_SUBSCRIPTIONS: "2" }), { timeout: 60_000, excludeTestServices: true })(
  "marketStream beyond what a connection may hold",
  (it) => {
    it.effect("keeps what fits when a market appears, and ends with the reason when it must subscribe again", () =>
      Effect.gen(function* () {
        const one = yield* staged("LIM")
        const { far, proxy } = yield* cuttable
        const request = { channels: ["trade"], markets: ["*:LI*-USD"] } as const
        const reader = yield* streamReader({ url: far }, request)
        yield* reader.until("a connection", ({ type }) => type === "connected")
        const two = yield* staged("LIN")
        const three = yield* staged("LIO")
        yield* reader.until("what is left out", ({ type }) => type === "left_out")
        one.trade(1)
        three.trade(2)
        two.trade(3)
        yield* reader.until("the trade", (value) => value.type === "trade" && value.id === "3")
        assert.deepStrictEqual(
          reader.of("left_out").map(({ reason }) => reason),
          [
            `${three.channel.tag} fits *:LI*-USD and is left out: A connection may hold 2 subscriptions, counted as channel times market`
          ]
        )
        assert.deepStrictEqual(
          reader.of("trade").map(({ market_id }) => market_id),
          [one.channel.id, two.channel.id]
        )
        assert.lengthOf(reader.of("connected"), 1)
        assert.lengthOf(reader.of("disconnected"), 0)
        proxy.cut()
        const exit = yield* reader.ended
        const error = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
        assert.deepInclude(error?._tag === "Fail" ? error.error : {}, {
          _tag: "StreamRefused",
          faults: [
            {
              field: "/channels",
              message: "A connection may hold 2 subscriptions, counted as channel times market; this would make 3",
              code: "limit"
            }
          ]
        })
        assert.lengthOf(reader.of("connected"), 1)
      }).pipe(Effect.scoped)
    )
  }
)

layer(
  layerApi(inMemory, { LEVEL4_READER_TOKEN: "reader-of-this-test", LEVEL4_OPERATOR_TOKEN: "operator-of-this-test" }),
  {
    timeout: 60_000,
    excludeTestServices: true
  }
)("marketStream with a token", (it) => {
  it.effect("needs it, and fails without", () =>
    Effect.gen(function* () {
      const feed = yield* staged()
      const { url } = yield* ApiClient
      const request = { channels: ["spread"], markets: [feed.channel.id] } as const
      const exit = yield* (yield* streamReader({ url }, request)).ended
      const error = Exit.isFailure(exit) ? exit.cause.reasons[0] : undefined
      assert.deepInclude(error?._tag === "Fail" ? error.error : {}, { _tag: "StreamRefused", status: 401 })
      const reader = yield* streamReader({ url, token: Redacted.make("reader-of-this-test") }, request)
      yield* reader.until("the touch", ({ type }) => type === "spread")
    }).pipe(Effect.scoped)
  )
})
