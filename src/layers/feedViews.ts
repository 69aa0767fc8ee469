// Owns how a market's feed and book are shown to whoever asks: the running feed's own label and book, or what stands
// while none runs. Invariant: the truth label is the very one that the hub's streams give.
import { Book } from "../domain/Event.ts"
import { FeedView } from "../domain/FeedState.ts"
import { type Market, tagOf } from "../domain/Market.ts"
import { stoppedView } from "../feeds/core/stoppedView.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"
import type { Hub } from "../hub/Hub.ts"

/** The label of a market that no feed follows, as the hub's streams show it; 0 stands for a time that nobody knows. */
export const idleView = (hub: Hub, market: Market): FeedView => {
  const { epoch, seq, since, state, reason, reason_code } = hub.standing(market)
  const { counters, next_retry, ts_exchange, ts_received, unknown_sample } = stoppedView()
  const label = { state, reason, reason_code, since: since ?? 0, epoch, seq, next_retry }
  return new FeedView({ ...label, ts_exchange, ts_received, counters, unknown_sample })
}

export const idleBook = (
  market: Market,
  { state, reason, reason_code, since, epoch, seq, next_retry }: FeedView,
  depth: number
): Book =>
  new Book({
    market_id: market.id,
    tag: tagOf(market),
    depth,
    state,
    reason,
    reason_code,
    since,
    epoch,
    seq,
    next_retry,
    ts_exchange: null,
    ts_received: null,
    bid_levels: 0,
    ask_levels: 0,
    bids: [],
    asks: []
  })

export const bookOf = (market: Market, { book, exchange }: LiveFeed, depth: number): Book =>
  new Book({
    market_id: market.id,
    tag: tagOf(market),
    depth,
    ...exchange.truth(),
    ts_exchange: exchange.bookTime,
    ts_received: exchange.bookAt,
    bid_levels: book.bidLevels,
    ask_levels: book.askLevels,
    bids: book.bidTexts(depth),
    asks: book.askTexts(depth)
  })
