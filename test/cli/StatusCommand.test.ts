// `level4 status`: what it says of a service that is well, of one whose feeds are not, and of one without its database.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { statusLines, statusReport } from "../../src/cli/StatusReport.ts"
import { plain } from "../../src/cli/Style.ts"
import { FeedState } from "../../src/domain/FeedState.ts"
import { NEW_BTC, onService } from "../support/cliService.ts"
import { level4 } from "../support/CommandLine.ts"
import { FeedControl } from "../support/FakeFeeds.ts"
import { CatalogFaults, DOWN } from "../support/MemoryCatalog.ts"

describe("level4 status", () => {
  it.live("ends with 0 when the service is ready and all that is switched on is live", () =>
    onService((cli, url) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli(NEW_BTC.replace("SPOT", "PERP"))
        yield* cli("markets start 1")
        const { code, stderr, stdout } = yield* cli("status")
        assert.deepStrictEqual([code, stderr], [0, ""])
        const [first, ...rest] = stdout.split("\n")
        assert.match(first ?? "", new RegExp(`^level4 ${manifest.version} at ${url} {2}ready {2}up \\d`))
        assert.deepStrictEqual(rest, ["database  ok", "feeds     1 enabled, 1 running: 1 live"])
      })
    )
  )

  it.live("ends with 2 and names what is not live, with its reason, for people and for scripts", () =>
    onService((cli) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        yield* cli("markets start 1")
        Object.assign(yield* FeedControl, { state: "stale", reason: "the venue is silent", reason_code: "silent" })
        const people = yield* cli("status")
        assert.deepStrictEqual([people.code, people.stderr], [2, "level4: 1 of 1 enabled markets are not live"])
        assert.match(
          people.stdout,
          /\n\nSTATE +FOR +MARKET +REASON\nstale .* KRAKEN\.SPOT:BTC-USD {2}the venue is silent$/
        )
        const script = yield* cli("status --json")
        assert.strictEqual(script.code, 2)
        const report = JSON.parse(script.stdout) as { readonly feeds: Record<string, unknown>; readonly ok: boolean }
        assert.isFalse(report.ok)
        assert.deepInclude(JSON.parse(script.stdout), { ready: true, version: manifest.version })
        assert.deepInclude(report.feeds["not_live"], {
          market_id: 1,
          tag: "KRAKEN.SPOT:BTC-USD",
          state: "stale",
          reason: "the venue is silent",
          reason_code: "silent",
          since: 1_795_000_000_000_000
        })
      })
    )
  )

  it.live("says that the service is not ready while its database is away", () =>
    onService((cli) =>
      Effect.gen(function* () {
        const faults = yield* CatalogFaults
        faults.down = true
        const { code, stderr, stdout } = yield* cli("status")
        assert.deepStrictEqual([code, stderr], [2, `level4: the service is not ready: ${DOWN}`])
        assert.include(stdout, "  NOT READY  up ")
        assert.include(stdout, `database  ${DOWN}\nfeeds     switches unknown, 0 running`)
        const json = yield* cli("status --json")
        assert.deepInclude(JSON.parse(json.stdout), { ready: false, database: { ok: false, detail: DOWN } })
      })
    )
  )

  it.live("ends with 69 when there is no service", () =>
    Effect.gen(function* () {
      const gone = yield* level4(["status", "--json"], { env: { LEVEL4_URL: "http://127.0.0.1:1" } })
      assert.deepStrictEqual([gone.code, gone.stdout], [69, ""])
    })
  )
})

describe("statusLines", () => {
  const NOW = 1_795_000_000_000_000
  const feed = (tag: string, state: FeedState, seconds: number) => ({
    market_id: 1 as never,
    tag,
    state,
    reason: `why ${tag} is ${state}`,
    reason_code: null,
    since: NOW - seconds * 1_000_000
  })
  const report = (feeds: ReadonlyArray<ReturnType<typeof feed>>) => {
    const states = Object.fromEntries(
      FeedState.literals.map((state) => [state, feeds.filter((one) => one.state === state).length])
    ) as Record<FeedState, number>
    const about = { name: "level4" as const, version: "1.2.3", started_at: NOW - 90_000_000_000 }
    const database = { ok: true, detail: null }
    const counts = { running: feeds.length, live: states.live, enabled: feeds.length, states, not_live: feeds }
    return statusReport("http://h", about, { ready: true, database, feeds: counts }, null)
  }

  it("names the worst first, then what lasts longest, in lines that fit", () => {
    const feeds = [
      feed("A", "halted", 10),
      feed("B", "stale", 5),
      feed("C", "stale", 70),
      feed("D", "rejected", 1),
      feed("E", "live", 1)
    ]
    assert.strictEqual(
      statusLines({ ...plain, width: 48 }, report(feeds), NOW),
      [
        "level4 1.2.3 at http://h  ready  up 25 h 0 min",
        "database  ok",
        "feeds     5 enabled, 5 running: 1 rejected, 2 stale, 1 halted, 1 live",
        "",
        "STATE     FOR         MARKET  REASON",
        "rejected  1.0 s       D       why D is rejected",
        "stale     1 min 10 s  C       why C is stale",
        "stale     5.0 s       B       why B is stale",
        "halted    10 s        A       why A is halted"
      ].join("\n")
    )
  })

  it("names fifty to people, and says that there are more", () => {
    const feeds = Array.from({ length: 60 }, (_, index) => feed(`M${index}`, "stale", index))
    const lines = statusLines(plain, report(feeds), NOW).split("\n")
    assert.strictEqual(lines.length, 4 + 1 + 50 + 1)
    assert.strictEqual(lines.at(-1), "and 10 more; --json has all")
  })
})
