// Owns what channels at intervals say: the top of a market's book, its best bid and ask, the book over a pair's venues.
// Each carries the truth label, since it is a price without history. Which channels there are is a table
// (domain/PeriodicChannels.ts), when they are sent is the tickers'. Pure reading of feeds.
import type { ConsolidatedName, PeriodicChannelName } from "../domain/ChannelName.ts"
import type { TextLevel } from "../feeds/book/OrderBook.ts"
import { nowMicros } from "../feeds/core/Now.ts"
import { consolidated, type Venue } from "./Consolidated.ts"
import type { MarketChannel } from "./MarketChannel.ts"
import type { Content } from "./Tickers.ts"

const CONSOLIDATED_DEPTH = 25

const NO_LEVELS: { readonly bids: ReadonlyArray<TextLevel>; readonly asks: ReadonlyArray<TextLevel> } = {
  bids: [],
  asks: []
}

/** The best levels of a market with their truth label; none where the book is not whole. */
const look = (channel: MarketChannel, depth: number) => {
  const { feed } = channel
  const { epoch, seq } = channel.now
  const exchange = feed?.exchange
  const { state, reason, reason_code } = channel.label
  const { bids, asks } =
    feed === null || !feed.exchange.whole
      ? NO_LEVELS
      : { bids: feed.book.bidTexts(depth), asks: feed.book.askTexts(depth) }
  const times = { ts_exchange: exchange?.bookTime ?? null, ts_received: exchange?.bookAt ?? nowMicros() }
  return { epoch, seq, state, reason, reason_code, bids, asks, ...times }
}

const headOf = (channel: MarketChannel, seen: ReturnType<typeof look>) => {
  const { epoch, seq, ts_exchange, ts_received } = seen
  return { market_id: channel.id, tag: channel.tag, epoch, seq, ts_exchange, ts_received }
}

const quoted = (level: TextLevel | undefined) => (level === undefined ? null : { price: level[0], size: level[1] })

/** What a channel of one market says: the best levels a side, or the best bid and ask. Its events are of its kind. */
export const marketContent = (channel: MarketChannel, of: PeriodicChannelName): Content => ({
  market: channel,
  stamp: () => channel.now.seq,
  make: (topic) => {
    const { kind, name, interval: interval_ms } = of
    const seen = look(channel, of.kind === "quote" ? 1 : of.depth)
    const { epoch, seq, state, reason, reason_code, bids, asks } = seen
    const rest =
      of.kind === "quote"
        ? { state, reason, reason_code, channel: name, interval_ms, bid: quoted(bids[0]), ask: quoted(asks[0]) }
        : { state, reason, reason_code, channel: name, depth: of.depth, interval_ms, bids, asks }
    const text = JSON.stringify({ type: kind, ...headOf(channel, seen), ...rest })
    return { event: { topic, type: kind, epoch, seq, text }, body: JSON.stringify([epoch, rest]) }
  }
})

/** `consolidated_<pair>`; `channels` gives the markets of the pair. */
export const consolidatedContent = (
  { name, pair, type }: ConsolidatedName,
  channels: () => ReadonlyArray<MarketChannel>
): Content => ({
  market: null,
  // of each seq the low digits alone: the sum of several whole ones is beyond what a double holds exactly
  stamp: () => channels().reduce((sum, { now }) => sum + (now.seq % 2 ** 40), channels().length),
  make: (topic) => {
    const venues = channels().map((channel): Venue => ({
      market: channel.market,
      book: look(channel, CONSOLIDATED_DEPTH)
    }))
    const whole = consolidated(pair, type, CONSOLIDATED_DEPTH, venues)
    const { bids, asks, left_out } = whole
    const text = JSON.stringify({ type: "consolidated", channel: name, ...whole })
    return {
      event: { topic, type: "consolidated", epoch: 0, seq: 0, text },
      body: JSON.stringify([bids, asks, left_out])
    }
  }
})
