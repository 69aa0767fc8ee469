// Owns the shape of the supervision tree as clients see it. Who fills it is layers/feedTree.ts.
import { Schema } from "effect"

const fields = {
  name: Schema.String,
  kind: Schema.Literals([
    "service",
    "feeds",
    "feed",
    "exchange",
    "level_2",
    "mediator",
    "order_book",
    "socket"
  ]).annotate({
    description:
      "feed: one market; exchange: what leaves it; level_2: restarted as one; socket: one that markets may share"
  }),
  state: Schema.String.annotate({
    description: "Of a feed, and of the mediator that judges its book, the feed's state; of all else a word of its own"
  }),
  since: Schema.NullOr(Schema.Int).annotate({ description: "Microseconds since 1970; null where that is not known" }),
  restarts: Schema.Int.annotate({ description: "Defects of its own code that were answered by a restart" }),
  detail: Schema.NullOr(Schema.String)
}

/** A part of the service that runs. */
export interface TreeNode extends Schema.Struct.Type<typeof fields> {
  readonly children: ReadonlyArray<TreeNode>
}

export const TreeNode: Schema.Codec<TreeNode> = Schema.Struct({
  ...fields,
  children: Schema.Array(Schema.suspend((): Schema.Codec<TreeNode> => TreeNode))
}).annotate({ identifier: "TreeNode", description: "A part of the service that runs, with the parts it runs of" })
