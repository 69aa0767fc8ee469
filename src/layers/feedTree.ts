// Owns how what runs is shown as a tree: the service, its feeds, and the parts of each as MarketFeed.ts and Level2.ts
// begin and end them together. Reading of the feeds alone, when somebody asks. Pure.
// Invariant: nothing of an address is shown but its origin, since settings may hold secrets in the rest.
import type { TreeNode } from "../domain/Tree.ts"
import type { LiveFeed } from "../feeds/market/LiveFeed.ts"

/** `startedAt`: of the process, in microseconds since 1970. */
export const feedTree = (feeds: ReadonlyArray<LiveFeed>, startedAt: number): TreeNode => {
  const live = feeds.filter(({ exchange }) => exchange.state === "live").length
  const restarts = feeds.reduce((sum, { exchange }) => sum + exchange.counts.restarts, 0)
  const children = feeds.map(feedNode).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return {
    ...node("level4", "service", "running", startedAt),
    children: [
      {
        ...node("feeds", "feeds", "running", startedAt),
        restarts,
        detail: `${feeds.length} run, ${live} live`,
        children
      }
    ]
  }
}

type Kind = TreeNode["kind"]

const node = (
  name: string,
  kind: Kind,
  state: string,
  since: number | null,
  detail: string | null = null
): TreeNode => ({
  name,
  kind,
  state,
  since,
  restarts: 0,
  detail,
  children: []
})

const feedNode = (feed: LiveFeed): TreeNode => {
  const { exchange, startedAt } = feed
  const { epoch, reason, seq, since, state } = exchange.truth()
  const leaves = node("exchange", "exchange", "running", startedAt, `epoch ${epoch}, seq ${seq}`)
  return {
    ...node(exchange.tag, "feed", state, since, reason),
    restarts: exchange.counts.restarts,
    children: [leaves, level2Node(feed)]
  }
}

const level2Node = (feed: LiveFeed): TreeNode => {
  const { book, exchange, level2 } = feed
  const { connects, restarts } = exchange.counts
  // between two incarnations there is nothing below it
  if (level2 === null) return { ...node("level 2", "level_2", "waiting", null), restarts }
  const { reason, since, state } = exchange.truth()
  const { bidLevels, askLevels } = book
  const levels = `${bidLevels} bids, ${askLevels} asks`
  const filled = exchange.whole ? "whole" : bidLevels + askLevels === 0 ? "empty" : "partial"
  return {
    ...node(
      "level 2",
      "level_2",
      "running",
      level2.since,
      `subscribed ${connects} ${connects === 1 ? "time" : "times"}`
    ),
    restarts,
    children: [
      node("mediator", "mediator", state, since, reason),
      node("order book", "order_book", filled, level2.since, levels),
      ...level2.places.map(({ line, socket }) => {
        const { size } = socket.subscribers
        const shared = size === 1 ? "this market alone" : `${size} markets`
        const state = socket.isOpen ? "open" : "dialling"
        return node(
          `socket ${line.name}`,
          "socket",
          state,
          socket.openedAt,
          `${plain(feed.lineUrl(line.url))}, ${shared}`
        )
      })
    ]
  }
}

const plain = (address: string): string => {
  const { host, protocol } = new URL(address)
  return `${protocol}//${host}`
}
