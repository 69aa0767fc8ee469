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
  const detail = `${feeds.length} run, ${live} live`
  const all = node("feeds", "feeds", "running", startedAt, { detail, restarts, children })
  return node("level4", "service", "running", startedAt, { children: [all] })
}

type Rest = Partial<Pick<TreeNode, "detail" | "restarts" | "children">>

const node = (
  name: string,
  kind: TreeNode["kind"],
  state: string,
  since: number | null,
  { children = [], detail = null, restarts = 0 }: Rest = {}
): TreeNode => ({ name, kind, state, since, restarts, detail, children })

const feedNode = (feed: LiveFeed): TreeNode => {
  const { exchange, startedAt } = feed
  const { epoch, reason, seq, since, state } = exchange.truth()
  const leaves = node("exchange", "exchange", "running", startedAt, { detail: `epoch ${epoch}, seq ${seq}` })
  const { restarts } = exchange.counts
  return node(exchange.tag, "feed", state, since, { detail: reason, restarts, children: [leaves, level2Node(feed)] })
}

const level2Node = (feed: LiveFeed): TreeNode => {
  const { book, exchange, level2 } = feed
  const { connects, restarts } = exchange.counts
  // between two incarnations there is nothing below it
  if (level2 === null) return node("level 2", "level_2", "waiting", null, { restarts })
  const { reason, since, state } = exchange.truth()
  const { bidLevels, askLevels } = book
  const filled = exchange.whole ? "whole" : bidLevels + askLevels === 0 ? "empty" : "partial"
  const sockets = level2.places.map(({ line, socket }) => {
    const { size } = socket.subscribers
    const detail = `${plain(feed.lineUrl(line.url))}, ${size === 1 ? "this market alone" : `${size} markets`}`
    return node(`socket ${line.name}`, "socket", socket.isOpen ? "open" : "dialling", socket.openedAt, { detail })
  })
  return node("level 2", "level_2", "running", level2.since, {
    detail: `subscribed ${connects} ${connects === 1 ? "time" : "times"}`,
    restarts,
    children: [
      node("mediator", "mediator", state, since, { detail: reason }),
      node("order book", "order_book", filled, level2.since, { detail: `${bidLevels} bids, ${askLevels} asks` }),
      ...sockets
    ]
  })
}

const plain = (address: string): string => {
  const { host, protocol } = new URL(address)
  return `${protocol}//${host}`
}
