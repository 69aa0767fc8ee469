// Owns what is known of one running feed: its market as resolved, its endpoints, what leaves it, what is remembered of
// its market, and the book of the moment. Invariant: level 2 replaces the book when it restarts; exchange and memory
// live as long as the feed is switched on.
import { Effect, Queue } from "effect"
import type { Market } from "../../domain/Market.ts"
import { tagOf } from "../../domain/Market.ts"
import type { Line, TranslationScheme } from "../../schemes/TranslationScheme.ts"
import type { EventSink } from "../core/FeedEvent.ts"
import { FeedExchange } from "../core/FeedExchange.ts"
import { nowMicros } from "../core/Now.ts"
import type { Tap } from "../core/TrafficRow.ts"
import { OrderBook } from "../book/OrderBook.ts"
import { MarketMemory } from "../truth/MarketMemory.ts"
import type { SharedSocket } from "../venue/SharedSocket.ts"

/** Addresses that replace a scheme's own; undefined: its default. */
export interface Endpoints {
  readonly ws: string | undefined
  readonly rest: string | undefined
}

/** One incarnation of level 2, as far as it is shown. */
export interface Level2Run {
  /** Microseconds since 1970. */
  readonly since: number
  /** Where the market is on the sockets of the moment, the book's line first. */
  readonly places: ReadonlyArray<{ readonly line: Line; readonly socket: SharedSocket }>
}

export class LiveFeed {
  readonly market: Market
  readonly scheme: TranslationScheme
  readonly symbol: string
  readonly endpoints: Endpoints
  readonly exchange: FeedExchange
  readonly memory = new MarketMemory()
  book: OrderBook
  /** When it was switched on; microseconds since 1970. */
  readonly startedAt = nowMicros()
  /** The level 2 that runs; null between two. */
  level2: Level2Run | null = null
  /** Null: nobody records. */
  tap: Tap | null = null
  /** The socket on which this market had trouble of its own; the next one is another. */
  avoid: SharedSocket | null = null
  /** Its books come from REST, so that the REST address is known to belong to the stream. */
  booksByRest = false
  /** Refusals of the symbol in a row, none of them final. */
  refusals = 0
  /** Connections in a row that brought nothing but wrong books. */
  wrongBooks = 0
  /** Wakes a feed that the venue rejected: somebody switched it on again. */
  readonly again = Effect.runSync(Queue.sliding<void>(1))

  constructor(market: Market, scheme: TranslationScheme, symbol: string, endpoints: Endpoints, sink: EventSink) {
    this.market = market
    this.scheme = scheme
    this.symbol = symbol
    this.endpoints = endpoints
    this.exchange = new FeedExchange(market.id, tagOf(market), sink, this.startedAt)
    this.book = new OrderBook(scheme.keepsText)
  }

  /** Somebody switches it on once more: a symbol that the venue rejected is tried again. */
  retry(): void {
    if (this.exchange.state === "rejected") Queue.offerUnsafe(this.again, undefined)
  }

  /**
   * Address of one of the scheme's sockets. What an override leaves out, path or query, is the line's own; one whose
   * path ends in a slash is a prefix of the line's path.
   */
  lineUrl(url: string): string {
    if (this.endpoints.ws === undefined) return url
    const override = new URL(this.endpoints.ws)
    const original = new URL(url)
    if (override.pathname.endsWith("/")) override.pathname += original.pathname.slice(1)
    if (override.search === "") override.search = original.search
    return override.href
  }

  /** A stream at another address is not held against the venue's own REST, unless that was set as well. */
  get mayAskRest(): boolean {
    return this.booksByRest || this.endpoints.ws === undefined || this.endpoints.rest !== undefined
  }

  get restOrigin(): string {
    return (this.endpoints.rest ?? this.scheme.rest ?? "").replace(/\/+$/, "")
  }
}
