// Holds the verdict of a run to plain cases: each promise, broken once, is named.
import { assert, describe, it } from "@effect/vitest"
import type { Looks } from "../../../scripts/chaos/BookWatch.ts"
import type { Strike } from "../../../scripts/chaos/Strikes.ts"
import type { TriedMarket } from "../../../scripts/chaos/Stage.ts"
import { type Evidence, verdict } from "../../../scripts/chaos/verdict.ts"

const market = (exchange: string, audited: boolean): TriedMarket => ({
  id: 1,
  tag: `${exchange.toUpperCase()}.SPOT:BTC-USD`,
  exchange,
  market_type: "SPOT",
  symbol: "BTCUSD",
  audited,
  denseTrades: false,
  asksRest: false,
  connects: { count: 1, perMs: 1 },
  lacks: []
})
const SECOND = 1_000_000
const fine: Looks = {
  market: market("Kraken", false),
  live: 10,
  notLive: 0,
  unanswered: 0,
  failed: 0,
  wrong: 0,
  latest: 0,
  late: 0,
  age: 0,
  still: [],
  retries: [],
  seen: { key: "", at: 0 },
  wrongSince: null,
  longestWrong: 0,
  spans: 0,
  lastState: "live"
}
const evidence = (looks: Partial<Looks>, liveAt = 21, name: Strike["name"] = "cut"): Evidence => {
  const seen = { ...fine, ...looks }
  const turn = (at: number, state: string) => ({ at: at * SECOND, state, reason: null, code: null })
  const strike = { exchange: seen.market.exchange, market_type: "SPOT", symbol: "BTCUSD", name, hits: 1 }
  return {
    stage: { markets: [seen.market] },
    books: { looks: [seen] },
    stream: {
      turns: new Map([[1, [turn(1, "live"), turn(10, "backoff"), turn(liveAt, "live")]]]),
      trades: new Map(),
      reported: new Map(),
      breaks: 0
    },
    strikes: [{ ...strike, begun: 10 * SECOND, end: 20 * SECOND }],
    truth: new Map(),
    listed: [],
    memory: { least: () => ({ heap: 1, rss: 1 }) },
    auditBound: 30_000,
    deadBound: 60_000,
    liveWithin: 10_000
  }
}

describe("verdict", () => {
  it("finds nothing broken where all was well", () => {
    const { broken, rows } = verdict(evidence({}))
    assert.deepStrictEqual(broken, [])
    assert.strictEqual(rows[0]?.recoveryMax, 1_000)
    assert.strictEqual(rows[0]?.afterLast, 1_000)
  })

  it("never forgives a wrong book where the protocol shows a loss", () => {
    assert.match(verdict(evidence({ wrong: 1, longestWrong: 1 })).broken.join(), /Kraken SPOT: 1 looks/)
  })

  it("gives an audit its time, and no more", () => {
    const bitstamp = market("Bitstamp", true)
    assert.deepStrictEqual(verdict(evidence({ market: bitstamp, wrong: 9, longestWrong: 29_000 })).broken, [])
    assert.match(
      verdict(evidence({ market: bitstamp, wrong: 9, longestWrong: 31_000 })).broken.join(),
      /stood for 31.0 s/
    )
  })

  it("lets no live book stand still for longer than a minute, nor at all where its ids began again", () => {
    assert.deepStrictEqual(verdict(evidence({ latest: 59_000 })).broken, [])
    assert.match(verdict(evidence({ latest: 61_000 })).broken.join(), /stood still for 61.0 s, longer than 60.0 s/)
    const still = [{ at: 31 * SECOND, age: 20_500 }]
    assert.deepStrictEqual(verdict(evidence({ still })).broken, [])
    const anew = verdict(evidence({ still }, 21, "ids_anew"))
    assert.match(anew.broken.join(), /stood still for 20.5 s although its ids had begun again/)
    const before = verdict(evidence({ still: [{ at: 31 * SECOND, age: 24_000 }] }, 21, "ids_anew"))
    assert.deepStrictEqual(before.broken, [])
  })

  it("counts what an audit finds after the last fault as no part of that fault", () => {
    const after = (code: "gap" | "audit") => {
      const before = { at: SECOND, state: "live", reason: null, code: null }
      const lost = { at: 21 * SECOND, state: "resyncing", reason: "a sentence for people", code }
      const turns = new Map([[1, [before, lost, { ...before, at: 45 * SECOND }]]])
      const seen = evidence({ market: market("Bitstamp", true) })
      return verdict({ ...seen, stream: { ...seen.stream, turns } }).broken.join()
    }
    assert.match(after("gap"), /25.0 s until live after the last fault/)
    assert.strictEqual(after("audit"), "")
  })

  it("waits for the try that the service announced after a refusal", () => {
    const refused = (liveAt: number) => verdict(evidence({ retries: [25 * SECOND] }, liveAt, "refuse_name")).broken
    assert.deepStrictEqual(refused(34), [])
    assert.match(refused(36).join(), /11.0 s until live after the last fault/)
    assert.match(verdict(evidence({ retries: [25 * SECOND] }, 34)).broken.join(), /14.0 s until live/)
  })

  it("tells what came back too late, and what the service failed to answer", () => {
    assert.match(verdict(evidence({}, 31)).broken.join(), /11.0 s until live after the last fault \(.*after cut/)
    assert.match(verdict(evidence({ failed: 2 })).broken.join(), /failed to show its book 2 times/)
  })
})
