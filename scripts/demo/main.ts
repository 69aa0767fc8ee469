// Owns `npm run demo`: the simulator with all exchanges, the real service on an embedded Postgres in a temporary
// folder, two markets of every venue and type named and started by the typed client, and a table of those that run
// until Ctrl-C. Needs no internet; every price is SIMULATED, and everything that is printed says so. Ports are the
// usual ones if they are free. Invariant: whatever ends it, both processes and the folder are gone within seconds.
//
//   npm run demo [-- --once]      --once: end when all books are live, with exit code 0
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Schedule } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runMain } from "../../src/cli/runMain.ts"
import { makeClient, type CallFailure, type Client } from "../../src/cli/Client.ts"
import { style } from "../../src/cli/Style.ts"
import type { ListedMarket } from "../../src/domain/Market.ts"
import { serviceProcess } from "../../test/support/ServiceProcess.ts"
import { nameMarkets, type WantedMarket } from "../support/followMarkets.ts"
import { SimulatorClient } from "../support/SimulatorClient.ts"
import { SimulatorProcess } from "../support/SimulatorProcess.ts"
import { recordFtx } from "./ftxHistory.ts"
import { freePort } from "./freePort.ts"
import { liveTable, type Shown } from "./liveTable.ts"

const MARKETS_EACH = 2
const FTX_FRAMES = 60

const once = process.argv.includes("--once")
const say = (text: string) => Effect.sync(() => void process.stdout.write(`${text}\n`))

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "level4-demo-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const simulator = Effect.acquireRelease(
  Effect.promise(async () => {
    const port = await freePort(4100)
    return SimulatorProcess.start({ exchanges: [], port, seed: "demo", rate: 5, markets: 0 })
  }),
  (process) => Effect.promise(() => process.stop())
)

/** The first markets of every venue and type. */
const chosen = Effect.fnUntraced(function* ({ announced }: SimulatorProcess) {
  const overview = yield* Effect.promise(() => new SimulatorClient(announced.url).overview())
  const counts = new Map<string, number>()
  return (overview?.markets ?? []).filter(({ exchange, market_type }) => {
    const key = `${exchange} ${market_type}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    return counts.get(key)! <= MARKETS_EACH
  }) satisfies ReadonlyArray<WantedMarket>
})

/** Switches all feeds on, and gives those that run: the service refuses what belongs to a closed venue. */
const started = Effect.fnUntraced(function* (
  client: Client,
  markets: ReadonlyArray<ListedMarket>
): Effect.fn.Return<ReadonlyArray<ListedMarket>, CallFailure> {
  const running = yield* Effect.forEach(
    markets,
    (market) =>
      client.switchFeed(market.id, true).pipe(
        Effect.as(true),
        Effect.catchTag("Refused", (refused) => (refused.status === 409 ? Effect.succeed(false) : Effect.fail(refused)))
      ),
    { concurrency: 8 }
  )
  return markets.filter((_, index) => running[index])
})

const exchangesOf = (markets: ReadonlyArray<ListedMarket>): string =>
  [...new Set(markets.map(({ exchange }) => exchange.name))].join(" and ")

const look = Effect.fnUntraced(function* (
  client: Client,
  ids: ReadonlyMap<number, ListedMarket>
): Effect.fn.Return<ReadonlyArray<Shown>, CallFailure> {
  const markets = (yield* client.markets({})).filter(({ id }) => ids.has(id))
  return yield* Effect.forEach(
    markets,
    Effect.fnUntraced(function* (market): Effect.fn.Return<Shown, CallFailure> {
      return { market, book: market.feed.state === "live" ? yield* client.book(market.id, 1, false) : null }
    }),
    { concurrency: 4 }
  )
})

/** Draws the table again and again; ends only where `once` asks for it. */
const show = Effect.fnUntraced(function* (client: Client, markets: ReadonlyArray<ListedMarket>) {
  const ids = new Map(markets.map((market) => [market.id, market]))
  const paint = yield* style
  let drawn = 0
  let reported = ""
  const draw = Effect.gen(function* () {
    const shown = yield* look(client, ids)
    const text = liveTable(paint, shown)
    const live = shown.filter(({ market }) => market.feed.state === "live").length
    const expected = shown.length
    if (process.stdout.isTTY) {
      process.stdout.write(`${drawn > 0 ? `\u001b[${drawn}F\u001b[J` : ""}${text}\n`)
      drawn = text.split("\n").length
    } else if (reported !== `${live}`) {
      // elsewhere than on a terminal a table is worth its lines only when something changed
      reported = `${live}`
      process.stdout.write(live === expected ? `${text}\n` : `SIMULATED: ${live} of ${expected} books are live\n`)
    }
    return live === expected
  })
  if (once) yield* Effect.repeat(draw, { schedule: Schedule.spaced("500 millis"), until: (done) => done })
  else yield* Effect.repeat(draw, Schedule.spaced("1 second"))
})

const demo = Effect.gen(function* () {
  yield* say("SIMULATED exchanges: nothing of this demo is a real price, and nothing leaves this machine.")
  yield* say("starting the simulator of all exchanges …")
  const venues = yield* simulator
  const simulated = new Set(venues.announced.venues.map(({ exchange }) => exchange)).size
  yield* say(`${simulated} exchanges are simulated`)
  yield* say("starting the service on an embedded Postgres in a temporary folder …")
  const data = yield* folder
  const port = yield* Effect.promise(() => freePort(4004))
  const env = { LEVEL4_DATA_DIR: join(data, "database"), LEVEL4_PORT: String(port), ...venues.announced.environment }
  const service = yield* serviceProcess(env)
  const client = yield* makeClient(service.url)
  const markets = yield* nameMarkets(client, yield* chosen(venues))
  yield* say(`${markets.length} markets are named; starting their feeds …`)
  const running = yield* started(client, markets)
  yield* say(`${running.length} feeds are started`)
  const refused = markets.filter((market) => !running.includes(market))
  if (refused.length > 0) yield* say(`${refused.length} are not: ${exchangesOf(refused)}`)
  yield* say("listening to FTX as it once was, SIMULATED …")
  const recording = join(data, "ftx-SIMULATED.ndjson.gz")
  yield* recordFtx(venues.announced.environment["LEVEL4_FTX_SPOT_WS_URL"]!, "BTC/USD", recording, FTX_FRAMES)
  yield* say(
    [
      "",
      `  API      ${service.url}/markets      e.g. curl -s '${service.url}/markets/1/book?depth=3'`,
      `  docs     ${service.url}/docs`,
      `  stream   ${service.url.replace("http", "ws")}/stream`,
      `  metrics  ${service.url}/metrics`,
      `  truth    ${venues.announced.truth}      the simulator's own books, SIMULATED`,
      `  faults   ${venues.announced.url}/faults     ` +
        `e.g. curl -s ${venues.announced.url}/faults -d '{"exchange":"Kraken","fault":"drop"}'`,
      "",
      "  FTX closed in 2022 and BitMEX in 2026: the service lists both as retired and follows them only where their " +
        "addresses are",
      "  overridden, as here. What was heard can be replayed, e.g. SIMULATED FTX:",
      `  bin/level4 replay ${recording} --exchange FTX --market-type SPOT --base BTC --quote USD`,
      ""
    ].join("\n")
  )
  yield* show(client, running)
  yield* say(`all ${running.length} books are live`)
}).pipe(Effect.scoped)

// ends on a signal as the service does
runMain(demo.pipe(Effect.provide(NodeServices.layer)), "serve")
