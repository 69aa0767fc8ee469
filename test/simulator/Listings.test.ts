// What a venue lists, changed while it is simulated: by the route, by a fault, and as every venue's clients and REST
// callers see it.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { until } from "../support/until.ts"
import { stage, toyLayer, type Stage } from "./ToyVenue.ts"
import { named, trial } from "./venueTrial.ts"

const of = (symbol: string, state: string) => ({
  exchange: "Toy",
  market_type: "SPOT",
  symbol,
  base: symbol,
  quote: "USD",
  state
})
const change = (on: Stage, body: object) =>
  Effect.map(on.call("POST", "/listings", { exchange: "toy", market_type: "SPOT", ...body }), ({ status, body }) => [
    status,
    body["listings"] ?? body["detail"]
  ])
const versionOf = (on: Stage, symbol: string) => on.simulator.venues[0]!.markets.get(symbol)!.engine.version

describe("/listings", () => {
  it.live("halts a market, drops it, and lets it trade again; clients hear each change once", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      for (const state of ["halted", "halted", "pre_launch", "dropped"]) {
        assert.deepStrictEqual(yield* change(on, { symbol: "A", state }), [200, [of("A", state)]])
        on.move("A")
      }
      assert.strictEqual(versionOf(on, "A"), 0, "it does not move")
      const { body } = yield* on.call("GET", "/listings")
      assert.deepStrictEqual(body["listings"], [of("A", "dropped"), of("B", "trading")])
      assert.strictEqual((yield* on.call("GET", "/truth/toy/spot/A")).status, 200, "its truth is still there")
      yield* change(on, { symbol: "A", state: "trading" })
      on.move("A")
      assert.strictEqual(versionOf(on, "A"), 1)
      const heard = yield* client.frames(6)
      assert.deepStrictEqual(heard.slice(1), [
        "A halted",
        "A pre_launch",
        "A dropped",
        "A trading",
        JSON.stringify({ s: "A", n: 1, c: 6 })
      ])
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )

  it.live("lists more made-up markets, which move as the others do and have their truth", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const made = yield* change(on, { made_up: 2 })
      assert.deepStrictEqual(made, [200, [of("S1", "trading"), of("S2", "trading")]])
      yield* until(
        "a move",
        Effect.sync(() => versionOf(on, "S2")),
        (version) => version > 1
      )
      const { body } = yield* on.call("GET", "/truth/toy/spot/S2?depth=10")
      assert.strictEqual((body["bids"] as ReadonlyArray<unknown>).length, 10)
      assert.isTrue(on.simulator.setRate("toy", "spot", "S2", 0))
    }).pipe(Effect.provide(toyLayer(undefined, 1, 200)), Effect.scoped)
  )

  it.live.each([
    [{ symbol: "A", state: "closed" }, 400, /state/],
    [{ symbol: "C", state: "halted" }, 404, /symbol: no market C of toy SPOT/],
    [{ market_type: "PERP", symbol: "A", state: "halted" }, 404, /no PERP market of toy is simulated/],
    [{ made_up: 0 }, 400, /made_up/],
    [{ made_up: 5_000 }, 422, /made_up: there is room for 4998 more/]
  ] as const)("refuses %j with %d", ([body, status, detail]) =>
    Effect.gen(function* () {
      const on = yield* stage
      const [code, said] = yield* change(on, body)
      assert.strictEqual(code, status)
      assert.match(String(said), detail)
      assert.strictEqual((yield* on.call("PUT", "/listings")).status, 405)
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe("halt_listing", () => {
  it.live("halts what trades, and ends it; what somebody dropped meanwhile stays dropped", () =>
    Effect.gen(function* () {
      const on = yield* stage
      const client = yield* on.dial()
      const { hits, applicable } = yield* on.fault({ fault: "halt_listing", for_ms: 600_000 })
      assert.deepStrictEqual([hits, applicable], [2, true])
      yield* change(on, { symbol: "B", state: "dropped" })
      on.move("A")
      yield* on.call("DELETE", "/faults")
      const heard = yield* client.frames(5)
      assert.deepStrictEqual(heard.slice(1), ["A halted", "B halted", "B dropped", "A trading"])
      on.move("A")
      on.move("B")
      assert.deepStrictEqual([versionOf(on, "A"), versionOf(on, "B")], [1, 0])
    }).pipe(Effect.provide(toyLayer()), Effect.scoped)
  )
})

describe.each(named)("%s", (_name, venue) => {
  it("is silent about a halted market, and goes on where it stood", () => {
    const { stage: on, symbol, tradesOf, isLive, booksOf } = trial(venue)
    isLive(on.run(5), symbol, "before")
    const market = on.sim.markets.get(symbol)!
    const { version } = market.engine
    on.sim.setState(market, "halted", on.at)
    assert.isEmpty(tradesOf(on.run(60), symbol))
    assert.strictEqual(market.engine.version, version)
    on.sim.setState(market, "trading", on.at)
    const heard = on.run(60)
    assert.isNotEmpty(booksOf(heard, symbol))
    assert.isNotEmpty(tradesOf(heard, symbol))
    assert.strictEqual(on.sim.counts.defects, 0)
  })

  it("knows a dropped market by no name, and says nothing more of it", () => {
    const { stage: on, symbol, neighbour, words, booksOf, tradesOf, isLive } = trial(venue)
    on.run(5)
    on.sim.setState(on.sim.markets.get(symbol)!, "dropped", on.at)
    const after = on.run(10)
    assert.isEmpty([...booksOf(after, symbol), ...tradesOf(after, symbol)], "on the sockets that carry it")
    if (neighbour !== undefined) isLive(after, neighbour, "a neighbour")
    const from = on.heard.length
    on.dial()
    assert.isEmpty(booksOf([...on.heard.slice(from), ...on.run(10)], symbol), "nor on others")
    on.sim.setState(on.sim.markets.get(symbol)!, "trading", on.at)
    on.dial()
    isLive(on.run(5), symbol, "listed again")
    if (words.rest !== null) assert.strictEqual(on.rest(words.rest(symbol)).status, 200)
    assert.strictEqual(on.sim.counts.defects, 0)
  })

  it("tells every move of a market that was listed while it ran", () => {
    const { stage: on, booksOf, tradesOf } = trial(venue)
    on.run(5)
    const { engine } = on.sim.addMadeUp(on.at)!
    on.join(engine.symbol)
    const heard = on.run(60)
    assert.isAbove(booksOf(heard, engine.symbol).length, 1)
    assert.isNotEmpty(tradesOf(heard, engine.symbol))
    assert.deepStrictEqual([on.sim.counts.defects, on.sim.lastDefect], [0, null])
  })
})
