// `level4 tree` against a service, and against nothing. What the tree holds is test/layers/feedTree.test.ts's.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { EventHub } from "../../src/hub/EventHub.ts"
import { got, onService } from "../support/cliService.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"

describe("level4 tree", () => {
  it.live("draws what runs, and prints the API's nodes", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const { measured } = yield* FeedControl
        const hub = yield* EventHub
        for (const [id, base] of [
          [101, "BTC"],
          [102, "ETH"]
        ] as const) {
          measured.push(new StagedFeed(hub, stagedMarket(id, base)).feed)
        }
        const ran = yield* cli("tree")
        assert.deepStrictEqual([ran.code, ran.stderr], [0, ""])
        assert.deepStrictEqual(
          ran.stdout
            .split("\n")
            .map((line) =>
              line.replace(/for [\d.]+ (s|min \d+ s|h \d+ min|days \d+ h)/, "for …").replace(/seq \d+$/, "seq …")
            ),
          [
            "level4  running, for …",
            "└─ feeds  running, for …, 2 run, 0 live",
            "   ├─ COINBASE.SPOT:BTC-USD  syncing, for …, waiting for the first book",
            "   │  ├─ exchange  running, for …, epoch 0, seq …",
            "   │  └─ level 2  waiting",
            "   └─ COINBASE.SPOT:ETH-USD  syncing, for …, waiting for the first book",
            "      ├─ exchange  running, for …, epoch 0, seq …",
            "      └─ level 2  waiting"
          ]
        )
        const json = yield* cli("tree --json")
        assert.deepStrictEqual(JSON.parse(json.stdout), yield* got("/tree"))
      })
    )
  )

  it.live("fails where no service answers", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const ran = yield* cli("tree", { env: { LEVEL4_URL: "http://127.0.0.1:1" } })
        assert.deepStrictEqual([ran.code, ran.stdout], [69, ""])
        assert.match(ran.stderr, /^level4: no service answers/)
      })
    )
  )
})
