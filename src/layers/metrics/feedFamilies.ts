// Owns what is measured of each running feed. Everything is read from the feed's own counters at the moment of the
// scrape.
// Invariant: series are bounded: per-market families show at most MAX_FEEDS feeds, `level4_feeds` counts them all.
import { FeedState } from "../../domain/FeedState.ts"
import type { LiveFeed } from "../../feeds/market/LiveFeed.ts"
import type { Family, Labels, Sample } from "./Exposition.ts"

const MAX_FEEDS = 5_000

interface FeedLabels {
  readonly all: Labels
  readonly bid: Labels
  readonly ask: Labels
}

type Read = (feed: LiveFeed, now: number) => number | null

const count =
  (name: keyof LiveFeed["exchange"]["counts"]): Read =>
  ({ exchange }) =>
    exchange.counts[name]
const seconds = (micros: number): number => micros / 1_000_000
const age = (since: number, now: number): number => Math.max(0, seconds(now - since))

/** One sample a feed; null: nothing is known yet. */
const PER_FEED: ReadonlyArray<readonly [name: string, type: Family["type"], help: string, read: Read]> = [
  ["live", "gauge", "1 while the book is good, else 0", ({ exchange }) => Number(exchange.state === "live")],
  [
    "state_age_seconds",
    "gauge",
    "Time since the feed entered its state",
    ({ exchange }, now) => age(exchange.truth().since, now)
  ],
  [
    "last_frame_age_seconds",
    "gauge",
    "Time since the last frame of this market; absent before the first",
    ({ exchange }, now) => (exchange.frameAt === null ? null : age(exchange.frameAt, now))
  ],
  [
    "exchange_lag_seconds",
    "gauge",
    "By how much the exchange's clock in the last book frame was behind ours when it came; absent where it sends none",
    ({ exchange }) =>
      exchange.bookAt === null || exchange.bookTime === null ? null : seconds(exchange.bookAt - exchange.bookTime)
  ],
  ["frames_total", "counter", "Frames received", count("frames")],
  ["received_bytes_total", "counter", "Characters of all frames received", count("bytes")],
  [
    "frames_ignored_total",
    "counter",
    "Frames that meant nothing to the book, such as acknowledgements",
    count("ignored")
  ],
  ["frames_unknown_total", "counter", "Frames that no schema knew", count("unknown")],
  ["gaps_total", "counter", "Breaks found in the venue's sequence", count("gaps")],
  ["checksum_failures_total", "counter", "Books that the venue's checksum disproved", count("checksum_failures")],
  ["resyncs_total", "counter", "Times the book was found wrong or doubtful and rebuilt", count("resyncs")],
  ["connects_total", "counter", "Times the market was subscribed on a socket", count("connects")],
  [
    "reconnects_total",
    "counter",
    "Times it was subscribed again after the first",
    ({ exchange }) => Math.max(0, exchange.counts.connects - 1)
  ],
  ["audits_total", "counter", "Comparisons of the book with a second one from the venue", count("audits")],
  ["audits_failed_total", "counter", "Comparisons that could not be made", count("audits_failed")],
  ["audit_differences_total", "counter", "Comparisons that found the book wrong", count("audit_differences")],
  ["doubts_total", "counter", "Silences for which the venue was asked whether the market moved on", count("doubts")],
  [
    "doubts_confirmed_total",
    "counter",
    "Those after which it had: the subscription was dead",
    count("doubts_confirmed")
  ],
  ["restarts_total", "counter", "Defects of the feed's own code, each answered by a restart", count("restarts")],
  ["crossed_total", "counter", "Times the best bid was not below the best ask", count("crossed")],
  [
    "crossed_seconds_total",
    "counter",
    "Time that the book stood crossed",
    ({ exchange }, now) => seconds(exchange.crossedMicros(now))
  ],
  ["book_bytes", "gauge", "Memory of the book's levels", ({ book }) => book.bytes],
  ["trades_total", "counter", "Trades passed on", count("trades")],
  ["trades_missed_total", "counter", "Trades that the venue's ids show to be missing", count("trades_missed")],
  ["trades_repeated_total", "counter", "Trades that came again and were dropped", count("trades_repeated")],
  ["invalid_levels_total", "counter", "Price levels refused as no decimals above zero", count("invalid_levels")],
  ["invalid_trades_total", "counter", "Trades refused as no decimals above zero", count("invalid_trades")]
]

/** `now` is in microseconds since 1970. */
export const feedFamilies = (feeds: ReadonlyArray<LiveFeed>, now: number): ReadonlyArray<Family> => {
  const shown = feeds.slice(0, MAX_FEEDS).map((feed) => ({ feed, labels: labelsOf(feed) }))
  const families = PER_FEED.map(([name, type, help, read]): Family => {
    const samples: Array<Sample> = []
    for (const { feed, labels } of shown) {
      const value = read(feed, now)
      if (value !== null) samples.push({ labels: labels.all, value })
    }
    return { name: `level4_feed_${name}`, type, help, samples }
  })
  return [
    {
      name: "level4_feeds",
      type: "gauge",
      help: "Running feeds by state; only live is good",
      samples: FeedState.literals.map((state) => ({
        labels: { state },
        value: feeds.filter(({ exchange }) => exchange.state === state).length
      }))
    },
    {
      name: "level4_feed_state",
      type: "gauge",
      help: "1 for the state that the feed is in",
      samples: shown.map(({ feed, labels }) => ({ labels: { ...labels.all, state: feed.exchange.state }, value: 1 }))
    },
    ...families,
    {
      name: "level4_feed_book_levels",
      type: "gauge",
      help: "Price levels of the book",
      samples: shown.flatMap(({ feed: { book }, labels }) => [
        { labels: labels.bid, value: book.bidLevels },
        { labels: labels.ask, value: book.askLevels }
      ])
    }
  ]
}

/** Made once a feed, so that their text is, too. */
const known = new WeakMap<LiveFeed, FeedLabels>()

const labelsOf = (feed: LiveFeed): FeedLabels => {
  let labels = known.get(feed)
  if (labels === undefined) {
    const { exchange, market } = feed
    const all = { exchange: market.exchange.name, market: exchange.tag, market_id: String(market.id) }
    labels = { all, bid: { ...all, side: "bid" }, ask: { ...all, side: "ask" } }
    known.set(feed, labels)
  }
  return labels
}
