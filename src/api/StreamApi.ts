// Owns the contract of streams: the websocket, one market's server-sent events, and the book over a pair's venues. Part
// of Api.ts. What is said on the websocket is stream/Protocol.ts.
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ALIASES, channelSpellings } from "../domain/ChannelName.ts"
import { Consolidated } from "../domain/Consolidated.ts"
import { StreamEvent } from "../domain/StreamEvent.ts"
import { Reader } from "./Guards.ts"
import { commonMarketType, digits, marketReference, pair } from "./Params.ts"
import {
  CatalogUnavailableProblem,
  InvalidRequestProblem,
  NotFoundProblem,
  OriginNotAllowedProblem,
  UnknownChannelProblem,
  UnknownPairProblem,
  UpgradeRequiredProblem
} from "./Problems.ts"

const docs = (summary: string, description: string) => OpenApi.annotations({ summary, description })

const coded = (name: string) => `\`${name}\``
const CHANNELS = [
  ...channelSpellings().map(coded),
  ...ALIASES.map(({ alias, channel }) => `${coded(alias)} (alias of ${coded(channel)})`)
].join(", ")

const Depth = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 5000 })).annotate({
  description: "Levels a side, over all venues together; 25 if left out"
})

export class StreamApi extends HttpApiGroup.make("streams")
  .add(
    HttpApiEndpoint.get("stream", "/stream", {
      success: HttpApiSchema.Empty(101).annotate({ description: "Switching protocols: the websocket is open" }),
      error: [UpgradeRequiredProblem, OriginNotAllowedProblem]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Open a stream (websocket)",
          "A websocket. Say " +
            '`{"op":"subscribe","id":1,"channels":["spread","book_change"],"markets":[1,"*.SPOT:BTC-*"],' +
            '"delivery":"lossless"}`, `unsubscribe` in the same way, or `{"op":"ping"}`. Messages that begin with ' +
            "`[` are arrays of events, those that begin with `{` answer yours. A subscription to `book_change` " +
            "begins with a `book_snapshot`, and the `status` of a market comes with its other channels. " +
            `Channels: ${CHANNELS}. ` +
            'With `"since":{"1":{"epoch":3,"seq":4711}}` a subscription continues where an earlier one ended, or ' +
            "says in a `resume` event that it can't. `lossless` ends with close code 1013 and the last place when a " +
            "client is too slow; `latest` leaves events out, says how many in a `skipped` event, and goes on with " +
            "the newest state."
        )
      ),
    HttpApiEndpoint.get("events", "/markets/:id/events", {
      params: { id: marketReference },
      query: {
        channels: Schema.optionalKey(
          Schema.String.annotate({
            description: "Channels as on /stream, separated by commas; spread,trade,book_change if left out"
          })
        )
      },
      headers: {
        "last-event-id": Schema.optionalKey(
          Schema.String.annotate({ description: "The id of the last event that was received: continues after it" })
        )
      },
      success: HttpApiSchema.StreamSse({ data: StreamEvent }),
      error: [NotFoundProblem, InvalidRequestProblem, UnknownChannelProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Follow a market (server-sent events)",
          "The events of one market as text/event-stream, for curl and browsers. The `id` of an event is its epoch " +
            "and seq; a browser that reconnects sends the last one as Last-Event-ID and misses nothing that is still " +
            "kept. A client that reads too slowly gets an event `close` that says so, and the end."
        )
      ),
    HttpApiEndpoint.get("consolidated", "/consolidated/:pair", {
      params: { pair },
      query: {
        market_type: Schema.optionalKey(commonMarketType),
        depth: Schema.optionalKey(digits(Depth))
      },
      success: Consolidated,
      error: [UnknownPairProblem, CatalogUnavailableProblem]
    })
      .middleware(Reader)
      .annotateMerge(
        docs(
          "Read a pair's book over all venues",
          "One book over all live feeds of the pair: each level with its exchange, sizes in one unit. Markets of " +
            "the pair that are not in it are named with the reason. Fees are not included, and venues may cross " +
            "each other: `crossed` says so. Running feeds can be read while the catalog is down."
        )
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Streams, and books over several venues" })) {}
