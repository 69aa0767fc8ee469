// Owns the stage of the tests of GET /stream: a service over real sockets, feeds whose venue is the test, and what a
// consumer makes of their events.
import { Effect } from "effect"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient } from "./ApiClient.ts"
import { StagedFeed, stagedMarket } from "./StagedFeed.ts"
import { ConsumerBook, type Said, type StreamClient, streamClient } from "./StreamClient.ts"

let markets = 100
/** A live feed of a market that no other test has, with its first book. */
export const staged = (base = "BTC", quote = "USD") =>
  Effect.map(EventHub, (hub) => {
    const feed = new StagedFeed(hub, stagedMarket(++markets, base, quote))
    feed.snapshot(
      [
        ["100", "1"],
        ["99", "2"]
      ],
      [
        ["101", "1"],
        ["102", "2"]
      ]
    )
    return feed
  })

export const connected = Effect.flatMap(ApiClient, ({ url }) => streamClient(url))

export const seqOf = (event: Said): number => Number(event["seq"])

/** The events of the books. */
export const books = (client: StreamClient) =>
  client.events.filter(({ type }) => type === "book_snapshot" || type === "book_change")

/** The book that a consumer holds after all that the client got. */
export const consumed = (client: StreamClient): ConsumerBook => {
  const consumer = new ConsumerBook()
  for (const event of books(client)) consumer.apply(event)
  return consumer
}
