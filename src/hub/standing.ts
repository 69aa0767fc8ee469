// Owns how a market stands now, as the event that a newcomer to a kind gets first: one way for each word of the table
// (domain/EventKinds.ts). Reading of the feed alone. Invariant: nothing of a book that is not whole.
import type { Newcomer } from "../domain/EventKinds.ts"
import type { MarketId } from "../domain/Market.ts"
import type { EventOfMarket } from "../feeds/core/FeedEvent.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"
import type { Label } from "./idleLabel.ts"
import type { Place } from "./Place.ts"

interface Market {
  readonly id: MarketId
  readonly tag: string
  readonly feed: LiveFeed | null
  readonly now: Place
  readonly label: Label
}

/** The event of now, of the given type; null where there is none. */
export const standing = (
  market: Market,
  newcomer: Exclude<Newcomer, "last" | "none">,
  type: string
): EventOfMarket | null => {
  if (newcomer === "label") return { type, ...headOf(market, null, market.label.since), ...market.label }
  const { feed } = market
  if (feed === null || !feed.exchange.whole) return null
  const { book, exchange } = feed
  const head = { type, ...headOf(market, exchange.bookTime, exchange.bookAt) }
  const { bidLevels, askLevels } = book
  const fields =
    newcomer === "book"
      ? { bids: book.bidTexts(bidLevels), asks: book.askTexts(askLevels) }
      : { bid: bidLevels > 0 ? book.bidText(0) : null, ask: askLevels > 0 ? book.askText(0) : null }
  return { ...head, ...fields }
}

const headOf = ({ id, tag, now: { epoch, seq } }: Market, ts_exchange: number | null, at: number | null) => ({
  market_id: id,
  tag,
  epoch,
  seq,
  ts_exchange,
  ts_received: at ?? nowMicros()
})
