// Owns the contract of /tree: the living supervision tree. Part of Api.ts.
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { TreeNode } from "../domain/Tree.ts"
import { Reader } from "./Guards.ts"

export class TreeApi extends HttpApiGroup.make("tree")
  .add(
    HttpApiEndpoint.get("read", "/tree", { success: TreeNode })
      .middleware(Reader)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Read the supervision tree",
          description:
            "What runs now, as nested nodes: the service, its feeds, and of each feed what leaves it (exchange) and " +
            "level 2, whose mediator, order book and sockets are restarted as one."
        })
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "What runs, for operators" })) {}
