// Owns the answers of the streams' group: hands upgrades and event bodies to Streams, and the books of a pair
// (PairBooks.ts) to who brings them together.
// Invariant: what runs is sent while the catalog is down.
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect, Stream } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { IncomingMessage } from "node:http"
import { isConsolidated, type MarketChannelName, readChannel } from "../domain/ChannelName.ts"
import type { EventKinds } from "../domain/EventKinds.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { consolidated } from "../hub/Consolidated.ts"
import { EventHub } from "../hub/EventHub.ts"
import type { Place } from "../hub/Place.ts"
import { Api } from "./Api.ts"
import { KnownMarkets, type MarketReference } from "./KnownMarkets.ts"
import { makePairBooks } from "./PairBooks.ts"
import { UnknownChannelProblem, UpgradeRequiredProblem } from "./Problems.ts"
import { ambiguous, catalogUnavailable, notFound } from "./Refusals.ts"
import { offeredSubprotocols } from "./StreamToken.ts"
import { Streams } from "./stream/Streams.ts"

const DEFAULT_DEPTH = 25
const DEFAULT_CHANNELS = "spread,trade,book_change"

export const layerStreams = HttpApiBuilder.group(Api, "streams", (handlers) =>
  Effect.gen(function* () {
    const hub = yield* EventHub
    const pairs = yield* makePairBooks
    const streams = yield* Streams

    const known = yield* KnownMarkets
    const channelOf = (reference: MarketReference) =>
      known.find(reference).pipe(
        Effect.map((market) => hub.channel(market)),
        // what runs still, though the catalog has lost it, can be listened to until it is stopped
        Effect.catchTag("NotFound", (missing) => {
          const channel = typeof reference === "number" ? hub.channels.get(reference) : undefined
          return channel === undefined || channel.feed === null ? Effect.fail(missing) : Effect.succeed(channel)
        })
      )
    const follow = Effect.fnUntraced(function* (
      reference: MarketReference,
      names: string,
      lastEventId: string | undefined,
      request: HttpServerRequest.HttpServerRequest
    ) {
      const channels = yield* readChannels(hub.kinds, names)
      const market = yield* channelOf(reference)
      const place = placeOf(lastEventId)
      const since = new Map(place === null ? [] : [[market.id, place] as const])
      const order = {
        channels,
        consolidated: [],
        markets: [market],
        patterns: [],
        delivery: "lossless",
        since
      } as const
      // opened when it is read: the answer to a HEAD never is
      const events = Stream.suspend(() => {
        const body = streams.body(messageOf(request), request.headers["authorization"])
        body.subscriber.subscribe(order)
        return body.stream
      })
      const headers = { "x-accel-buffering": "no" }
      return HttpServerResponse.stream(events, { contentType: "text/event-stream", headers })
    })

    const over = Effect.fnUntraced(function* (pair: string, type: MarketType, depth: number) {
      const books = yield* pairs.books(yield* pairs.markets(pair, type), depth)
      return consolidated(pair.toUpperCase(), type, depth, books)
    })

    return handlers
      .handleRaw("stream", ({ request }) =>
        Effect.gen(function* () {
          const message = upgradeOf(request)
          if (message === null) return yield* new UpgradeRequiredProblem({ detail: UPGRADE })
          yield* streams.accept(message, request.headers["authorization"])
          return HttpServerResponse.empty({ status: 101 })
        })
      )
      .handleRaw("events", ({ headers, params, query, request }) =>
        follow(params.id, query.channels ?? DEFAULT_CHANNELS, headers["last-event-id"], request).pipe(
          Effect.catchTags({ NotFound: notFound, Ambiguous: ambiguous, CatalogUnavailable: catalogUnavailable })
        )
      )
      .handle("consolidated", ({ params, query }) =>
        over(params.pair, query.market_type ?? "SPOT", query.depth ?? DEFAULT_DEPTH).pipe(
          Effect.catchTag("CatalogUnavailable", catalogUnavailable)
        )
      )
  })
)

const UPGRADE =
  "This address speaks websocket (RFC 6455, version 13): connect to it as ws://<host>/stream. " +
  "For plain HTTP there is GET /markets/:id/events."

const messageOf = (request: HttpServerRequest.HttpServerRequest): IncomingMessage => {
  const message = NodeHttpServerRequest.toIncomingMessage(request)
  if (message instanceof IncomingMessage) return message
  throw new Error("level4 serves HTTP/1.1 alone")
}

/** The request below, if it is a whole opening handshake of a websocket. */
const upgradeOf = (request: HttpServerRequest.HttpServerRequest): IncomingMessage | null => {
  const message = messageOf(request)
  const { connection, upgrade } = message.headers
  const asks = upgrade?.toLowerCase() === "websocket" && /(^|[\s,])upgrade([\s,]|$)/i.test(connection ?? "")
  const key = message.headers["sec-websocket-key"] ?? ""
  const whole = message.headers["sec-websocket-version"] === "13" && /^[+/0-9A-Za-z]{22}==$/.test(key)
  const offers = offeredSubprotocols(message.headers["sec-websocket-protocol"]) !== undefined
  return asks && whole && offers && message.method === "GET" ? message : null
}

const readChannels = (
  kinds: EventKinds,
  names: string
): Effect.Effect<ReadonlyArray<MarketChannelName<string>>, UnknownChannelProblem> => {
  const channels: Array<MarketChannelName<string>> = []
  for (const name of new Set(names.split(",", 33).map((one) => one.trim()))) {
    const channel = readChannel<string>(name, kinds)
    if (typeof channel === "string") return new UnknownChannelProblem({ channel: name, detail: channel })
    if (isConsolidated(channel)) {
      return new UnknownChannelProblem({ channel: name, detail: `${name} is over several markets: use /stream for it` })
    }
    channels.push(channel)
  }
  return Effect.succeed(channels)
}

/** A client that comes again with an id that is none of ours hears that it misses something, as with one too old. */
const NOWHERE: Place = { epoch: 0, seq: 0, run: "none" }
const placeOf = (id: string | undefined): Place | null => {
  if (id === undefined || id === "") return null
  const match = /^(\d{1,15})-(\d{1,16})$/.exec(id)
  return match === null ? NOWHERE : { epoch: Number(match[1]), seq: Number(match[2]) }
}
