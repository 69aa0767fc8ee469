// Two hundred clients of one market, twenty of which read nothing, and an hour of a busy market told in seconds: who
// reads gets everything, who does not is closed and told why, memory stays bounded and the feed is not held up.
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, fork } from "node:child_process"
import { createHash } from "node:crypto"
import { once } from "node:events"
import { join } from "node:path"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { websocketFormat } from "../../src/api/stream/formats.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { Group, type Member } from "../../src/hub/Group.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import type { CrowdReport } from "../support/streamCrowd.ts"
import { until } from "../support/until.ts"

const READERS = 180
const DEAF = 20
/** Ten a second, for an hour. */
const EVENTS = 36_000
/** Megabytes that the service may grow by: what may wait for the deaf, and slack for the garbage of the moment. */
const GROWTH_LIMIT = 256

const CROWD = join(import.meta.dirname, "../support/streamCrowd.ts")

const crowd = (url: string, order: object) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const { port } = new URL(url)
      const child = fork(CROWD, [port, String(READERS), String(DEAF), JSON.stringify(order)])
      await once(child, "message")
      return child
    }),
    (child) => Effect.sync(() => child.kill())
  )

const asked = (child: ChildProcess, word: "begin" | "report" | "wake") =>
  Effect.promise(async () => {
    child.send(word)
    const [report] = (await once(child, "message")) as [CrowdReport]
    return report
  })

/** What the crowd's group was sent, in bytes and their hash: a member of the group itself. */
class Witness implements Member {
  bytes = 0
  readonly hash = createHash("sha1")
  deliver(chunk: Buffer): void {
    this.bytes += chunk.length
    this.hash.update(chunk)
  }
}

/** Waits until every reader has got all that was sent: a machine that is busy with other tests tells them later. */
const caughtUp = (child: ChildProcess, sent: Witness) =>
  until(
    "all readers",
    // something may be sent at any time: what was sent so far is noted with the report, not when it is looked at
    Effect.map(asked(child, "report"), (report) => ({
      ...report,
      sent: { bytes: sent.bytes, hash: sent.hash.copy().digest("hex") }
    })),
    (report) => report.readers.every(({ bytes }) => bytes === report.sent.bytes)
  )

const turn = Effect.promise(() => new Promise((done) => setImmediate(done)))

it.live(
  "holds two hundred clients, of whom twenty are deaf",
  () =>
    Effect.gen(function* () {
      const { url } = yield* ApiClient
      const hub = yield* EventHub
      const feed = new StagedFeed(hub, stagedMarket(1))
      feed.snapshot([["100", "1"]], [["101", "1"]])
      const child = yield* crowd(url, { op: "subscribe", channels: ["book_change", "trade"], markets: [1] })
      const topic = feed.channel.topic("book_change")
      const groups = () => [...topic.groups].filter((one) => one instanceof Group)
      const members = () => groups().reduce((sum, group) => sum + group.members.size, 0)
      // an opening leaves in a turn of its own, after the answer
      yield* until("all opened", Effect.sync(members), (count) => count === READERS + DEAF)

      feed.remembers = false
      const witness = new Witness()
      const [group] = groups()
      const own = hub.fanout.separate(witness, websocketFormat, group!.topics, null)
      assert.strictEqual(hub.fanout.share(witness, websocketFormat, own), group)
      yield* asked(child, "begin")
      const before = process.memoryUsage().rss
      const lag = monitorEventLoopDelay({ resolution: 5 })
      lag.enable()
      let peak = 0
      let woken = false
      const begun = performance.now()
      for (let i = 0; i < EVENTS; i++) {
        const levels = Array.from({ length: 12 }, (_, k): [string, string] => [
          `99.${10 + ((i + k) % 80)}`,
          `${i % 977}.125`
        ])
        if (i % 10 === 0) feed.trade(i)
        else feed.change(levels, [])
        if (i % 12 !== 0) continue
        peak = Math.max(peak, process.memoryUsage().rss)
        yield* turn
        if (i % 1_500 !== 0) continue
        yield* caughtUp(child, witness)
        if (members() > READERS + 1 || woken) continue
        // they have some seconds to read what waits for them, and at its end why
        yield* asked(child, "wake")
        woken = true
      }
      const took = (performance.now() - begun) / 1_000
      yield* until("the deaf are let go", Effect.sync(members), (left) => left === READERS + 1)
      if (!woken) yield* asked(child, "wake")
      const report = yield* caughtUp(child, witness)
      lag.disable()
      for (const { hash } of report.readers) assert.strictEqual(hash, report.sent.hash)
      const grown = Math.round((peak - before) / 1e6)
      const p99 = lag.percentile(99) / 1e6
      console.info(
        `${EVENTS} events to ${READERS + DEAF} clients in ${took.toFixed(1)} s; ` +
          `${Math.round(witness.bytes / 1e6)} MB ` +
          `each; memory grew by ${grown} MB; event loop delay p50 ${(lag.percentile(50) / 1e6).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
      )
      assert.isBelow(grown, GROWTH_LIMIT)

      const ends = yield* until("the ends", asked(child, "report"), ({ deaf }) => deaf.every((tail) => tail !== null))
      for (const tail of ends.deaf)
        // on a machine that is busy the second may come first
        assert.match(tail ?? "", /(too slow: \d+ bytes wait; last sent: market 1 epoch 1 seq \d+|no answer to a ping)$/)
    }).pipe(Effect.scoped, Effect.provide(layerApi(inMemory))),
  120_000
)
