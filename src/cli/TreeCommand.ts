// Owns `level4 tree`: what runs in the service, as a tree for people and as the API's nodes for programs.
import { Clock, Effect } from "effect"
import { Command } from "effect/cli"
import type { TreeNode } from "../domain/Tree.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { span } from "./Ladder.ts"
import { paintState } from "./MarketTable.ts"
import { printData } from "./Output.ts"
import type { Style } from "./Style.ts"
import { printable } from "./Table.ts"

export const treeCommand = Command.make(
  "tree",
  clientFlags,
  Effect.fnUntraced(function* ({ url, json }) {
    const tree = yield* (yield* connect(url)).tree
    const now = (yield* Clock.currentTimeMillis) * 1000
    yield* printData(json, tree, (style) => [...lines(style, tree, now)].join("\n"))
  })
).pipe(
  Command.withDescription(
    "Show what runs in the service: its feeds, and of each what leaves it (exchange) and level 2, whose mediator, " +
      "order book and sockets are restarted as one. Each with its state, since when, and how often a defect made it " +
      "restart."
  ),
  Command.withShortDescription("Show the tree of what runs"),
  Command.withExamples([
    { command: "level4 tree", description: "Everything that runs" },
    {
      command: "level4 tree --json | jq -r '.children[0].children[] | select(.state != \"live\") | .name'",
      description: "The markets whose feed is not live"
    }
  ])
)

/** Of what it is a part, drawn before it: nothing for the root. */
interface Place {
  readonly branch: string
  readonly below: string
}

const ROOT: Place = { branch: "", below: "" }

function* lines(style: Style, node: TreeNode, now: number, { below, branch }: Place = ROOT): Generator<string> {
  yield style.quiet(branch) + label(style, node, now)
  for (const [index, child] of node.children.entries()) {
    const last = index === node.children.length - 1
    yield* lines(style, child, now, {
      branch: `${below}${last ? "└─ " : "├─ "}`,
      below: `${below}${last ? "   " : "│  "}`
    })
  }
}

/** Their state is that of a feed; the words of all others are never loud. */
const JUDGED: ReadonlySet<TreeNode["kind"]> = new Set<TreeNode["kind"]>(["feed", "mediator"])

const label = (style: Style, { detail, kind, name, restarts, since, state }: TreeNode, now: number): string => {
  const paint = JUDGED.has(kind) ? paintState(style, state) : style.quiet
  const facts = [
    ...(since === null || since === 0 ? [] : [`for ${span(now - since)}`]),
    ...(restarts === 0 ? [] : [style.bad(`${restarts} ${restarts === 1 ? "restart" : "restarts"}`)]),
    ...(detail === null ? [] : [printable(detail)])
  ]
  return `${style.heading(printable(name))}  ${[paint(printable(state)), ...facts].join(", ")}`
}
