// `level4 tail` against a service: what scripts read, what people see, and how it ends.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { EventHub } from "../../src/hub/EventHub.ts"
import { type CommandLine, NEW_BTC, onService } from "../support/cliService.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { tcpProxy } from "../support/TcpProxy.ts"
import { until } from "../support/until.ts"

const staged = (id: number, base = "BTC") =>
  Effect.map(EventHub, (hub) => {
    const feed = new StagedFeed(hub, stagedMarket(id, base))
    feed.snapshot([["100", "1"]], [["101", "2"]])
    return feed
  })

/** A command line that runs, and what it printed so far; `enough` ends it as Ctrl-C would. */
const running = (cli: CommandLine, args: string, env: Record<string, string> = {}) =>
  Effect.gen(function* () {
    const out: Array<string> = []
    const err: Array<string> = []
    const fiber = yield* Effect.forkScoped(
      cli(args, {
        env,
        onOutput: (lines) => out.push(...lines.split("\n")),
        onError: (line) => err.push(line)
      })
    )
    const prints = (what: string) =>
      until(
        what,
        Effect.sync(() => out),
        (lines) => lines.some((line) => line.includes(what))
      )
    const tells = (what: string) =>
      until(
        what,
        Effect.sync(() => err),
        (lines) => lines.some((line) => line.includes(what))
      )
    return { out, err, prints, tells, enough: Fiber.interrupt(fiber) }
  })

describe("level4 tail", () => {
  it.live("prints one JSON object a line", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const feed = yield* staged(101)
        const other = yield* staged(102, "ETH")
        const tail = yield* running(cli, "tail 101 coinbase.*:eth-* --channels trade,book_change --json")
        yield* tail.prints('"market_id":102')
        feed.change([["99", "3"]], [])
        other.trade(8)
        yield* tail.prints('"id":"8"')
        yield* tail.enough
        const values = tail.out.map((line) => JSON.parse(line) as Record<string, unknown>)
        assert.deepStrictEqual(
          values.map(({ type, market_id }) => [type, market_id]),
          [
            ["connected", undefined],
            ["status", 101],
            ["book_snapshot", 101],
            ["status", 102],
            ["book_snapshot", 102],
            ["book_change", 101],
            ["trade", 102]
          ]
        )
        assert.deepInclude(values[0], { patterns: ["coinbase.*:eth-*"] })
        assert.deepInclude(values[5], { bids: [["99", "3"]], asks: [] })
        assert.deepStrictEqual(tail.err, [])
      })
    )
  )

  it.live("shows people a line an event, and the connection on stderr", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const feed = yield* staged(101)
        const channels = "spread,trade,book_change,quote_10ms,book_snapshot_1_10ms,consolidated_BTC-USD"
        const tail = yield* running(cli, `tail 101 --channels ${channels}`)
        yield* tail.prints("0 left out")
        feed.change(
          [
            ["100", "0"],
            ["99", "7"],
            ["98", "1"],
            ["97", "1"]
          ],
          []
        )
        feed.trade(5)
        feed.lose()
        yield* tail.prints("1 left out")
        yield* tail.enough
        const lines = tail.out.map((line) => line.slice(14))
        assert.deepStrictEqual(tail.err, ["connected: 1 market"])
        const tag = "COINBASE.SPOT:BTC-USD"
        assert.includeMembers(lines, [
          `${tag}  status  live`,
          `${tag}  spread  bid 100 x 1  ask 101 x 2`,
          `${tag}  book  bid 100 x 1  ask 101 x 2  1 bids, 1 asks`,
          `${tag}  quote_10ms  bid 100 x 1  ask 101 x 2`,
          `${tag}  book_snapshot_1_10ms  bid 100 x 1  ask 101 x 2  1 bids, 1 asks`,
          "SPOT BTC-USD  bid 100 x 1 Coinbase  ask 101 x 2 Coinbase  1 live, 0 left out",
          `${tag}  change  bid 100 gone  bid 99 x 7  bid 98 x 1  and 1 more`,
          `${tag}  trade  buy 0.25 @ 100.5`,
          `${tag}  status  NOT LIVE: resyncing (gap: a hole)`,
          "SPOT BTC-USD  no bid  no ask  0 live, 1 left out"
        ])
        assert.match(tail.out[0]!, /^(\d\d:\d\d:\d\d\.\d{3}| {12}) {2}\S/)
      })
    )
  )

  it.live("continues after the place it is given", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const feed = yield* staged(101)
        const before = yield* running(cli, "tail 101 --channels trade --json")
        yield* before.prints("status")
        feed.trade(1)
        yield* before.prints('"id":"1"')
        const { epoch, seq } = JSON.parse(before.out.at(-1)!) as { epoch: number; seq: number }
        yield* before.enough
        feed.trade(2)
        const after = yield* running(cli, `tail 101 --channels trade --since 101=${epoch}-${seq}`)
        yield* after.prints("trade")
        assert.deepStrictEqual(
          after.out.map((line) => line.slice(37)),
          ["resume  nothing is missing; 1 events came meanwhile", "trade  buy 0.25 @ 100.5"]
        )
        const late = yield* running(cli, "tail 101 --channels trade --since 101=1-4711")
        yield* late.prints("starts over: ")
      })
    )
  )

  it.live("tells a lost connection and goes on", () =>
    onService((cli, url) =>
      Effect.gen(function* () {
        const feed = yield* staged(101)
        const proxy = yield* tcpProxy(Number(new URL(url).port))
        const env = { LEVEL4_URL: `http://127.0.0.1:${proxy.port}` }
        const tail = yield* running(cli, "tail 101", env)
        yield* tail.prints("spread")
        proxy.cut()
        feed.trade(1)
        yield* tail.prints("trade")
        yield* tail.prints("nothing is missing")
        assert.match(tail.err[1]!, /^disconnected: the connection broke \(1006\); next try in 0\.\d s$/)
        assert.strictEqual(tail.err[2], "connected: 1 market")
      })
    )
  )

  it.live("follows a market by ccxt's symbol, and says when the catalog has none of it", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const tail = yield* running(cli, "tail BTC/USD --json")
        yield* tail.prints('"tag":"KRAKEN.SPOT:BTC-USD"')
        yield* tail.enough
        const none = yield* cli("tail 1 nonsense")
        assert.deepStrictEqual([none.code, none.stdout], [2, ""])
        assert.include(none.stderr, "no market has the tag nonsense")
      })
    )
  )

  it.live("says what is wrong, and with which code it ends", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const unknown = yield* cli("tail 77 --channels tirade")
        assert.deepStrictEqual([unknown.code, unknown.stdout], [2, ""])
        assert.match(
          unknown.stderr,
          /^level4: The subscription is refused\n {2}\/channels\/0: Unknown channel; expected/
        )
        assert.include(unknown.stderr, "/markets/0: There is no market with id 77")
        const gone = yield* cli("tail 1", { env: { LEVEL4_URL: "http://127.0.0.1:1" } })
        assert.strictEqual(gone.code, 69)
        assert.match(gone.stderr, /^level4: no service answers at http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/)
        for (const wrong of ["tail", "tail 0", "tail 1 --delivery first", "tail 1 --since 1=7"]) {
          const ran = yield* cli(wrong)
          assert.deepStrictEqual([ran.code, ran.stdout], [1, ""], wrong)
        }
      })
    )
  )
})
