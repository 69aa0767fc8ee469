// Owns the proof on real processes that one service at a time runs a catalog on a Postgres server, and that a catalog
// whose tables were made again never shows one market's feed under another's id.
import { assert, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { administer, serverDatabase } from "../support/Databases.ts"
import { serviceProcess, type ServiceProcess } from "../support/ServiceProcess.ts"

const ENTRY = join(import.meta.dirname, "../../bin/level4")
/** Nothing listens there: the feeds run, and dial without end. */
const VENUE = { LEVEL4_BINANCE_SPOT_WS_URL: "ws://127.0.0.1:9", LEVEL4_BINANCE_SPOT_REST_URL: "http://127.0.0.1:9" }

const fields = (value: unknown) => Object(value)
const get = (service: ServiceProcess, path: string) =>
  Effect.map(service.json("GET", path), ({ body, status }) => ({ status, ...fields(body) }))
const market = (service: ServiceProcess, base: string) =>
  Effect.gen(function* () {
    yield* service.json("POST", "/exchanges", { name: "Binance" })
    const made = yield* Effect.forEach([base, "USDT"], (symbol) => service.json("POST", "/symbols", { symbol }))
    const [one, other] = made.map(({ body }) => fields(body)["id"])
    const body = { exchange_id: 1, base_symbol_id: one, quote_symbol_id: other, market_type: "SPOT" }
    return fields((yield* service.json("POST", "/markets", body)).body)
  })

/** A service that ends by itself: its exit code, and what it printed. */
const ending = (env: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const child = spawn(ENTRY, ["serve"], {
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], LEVEL4_PORT: "0", ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let [out, err] = ["", ""]
    child.stdout.on("data", (chunk: Buffer) => (out += String(chunk)))
    child.stderr.on("data", (chunk: Buffer) => (err += String(chunk)))
    const [code]: Array<unknown> = await once(child, "close")
    return { code, out, err }
  })

it.live(
  "a second service names the first and ends before it touches a switch; a killed one is followed at once",
  () =>
    Effect.gen(function* () {
      const env = { ...VENUE, ...(yield* serverDatabase) }
      const first = yield* serviceProcess(env)
      assert.strictEqual((yield* market(first, "BTC"))["id"], 1)
      yield* first.json("PATCH", "/markets/1", { level4_feed_enabled: true })
      const second = yield* ending(env)
      assert.strictEqual(second.code, 1)
      assert.match(
        second.err,
        new RegExp(
          `level4: another level4 \\(process ${first.child.pid} on .*, since 20.*Z\\) holds this catalog's database`
        )
      )
      assert.notInclude(second.err, "listening on")
      assert.include(yield* get(first, "/markets/1"), { level4_feed_enabled: true })
      first.child.kill("SIGKILL")
      yield* Effect.promise(() => once(first.child, "exit"))
      const third = yield* serviceProcess({ ...env, LEVEL4_ON_BOOT: "resume" })
      assert.notInclude(third.log(), "waiting up to", "nobody waits for a dead process of the same machine")
      assert.include(yield* get(third, "/markets/1"), { level4_feed_enabled: true })
      third.child.kill("SIGTERM")
      yield* Effect.promise(() => once(third.child, "exit"))
      const fourth = yield* serviceProcess(env)
      assert.notInclude(fourth.log(), "waiting up to", "one that stops gives the database up")
    }).pipe(Effect.scoped),
  120_000
)

it.live(
  "ids of tables that were made again show nothing of the markets that had them before",
  () =>
    Effect.gen(function* () {
      const database = yield* serverDatabase
      const service = yield* serviceProcess({ ...VENUE, ...database })
      yield* market(service, "BTC")
      yield* service.json("PATCH", "/markets/1", { level4_feed_enabled: true })
      assert.include(yield* get(service, "/markets/1/book"), { tag: "BINANCE.SPOT:BTC-USDT" })
      const drop = "DROP TABLE markets, symbols, exchanges, level4_migrations"
      yield* administer(database.LEVEL4_DATABASE_URL ?? "", drop)
      const answers = (path: string, status: number) =>
        Effect.gen(function* () {
          const answer = yield* get(service, path)
          if (answer["status"] !== status) return yield* Effect.fail(answer)
          return answer
        }).pipe(Effect.retry(Schedule.spaced("50 millis")))
      yield* answers("/markets/1", 404)
      assert.include(yield* market(service, "ETH"), { id: 1, tag: "BINANCE.SPOT:ETH-USDT" })
      const listed = yield* get(service, "/markets/1")
      assert.deepInclude(listed, { tag: "BINANCE.SPOT:ETH-USDT", level4_feed_enabled: false })
      assert.strictEqual(fields(listed["feed"])["state"], "stopped")
      const about = (book: Readonly<Record<string, unknown>>) => [book["tag"], book["state"]]
      yield* get(service, "/markets/1/book").pipe(
        // an answer of the catalog counts for a second
        Effect.repeat({
          until: (book) => about(book)[0] === "BINANCE.SPOT:ETH-USDT",
          schedule: Schedule.spaced("100 millis")
        })
      )
      assert.deepStrictEqual(about(yield* get(service, "/markets/1/book")), ["BINANCE.SPOT:ETH-USDT", "stopped"])
      const started = yield* service.json("PATCH", "/markets/1", { level4_feed_enabled: true })
      assert.deepInclude(fields(started.body), { tag: "BINANCE.SPOT:ETH-USDT", level4_feed_enabled: true })
      const ready = yield* get(service, "/readyz")
      const named = fields(ready["feeds"])["not_live"]
      assert.deepStrictEqual(
        Array.isArray(named) ? named.map((feed) => fields(feed)["tag"]) : named,
        ["BINANCE.SPOT:ETH-USDT"],
        "the old feed is stopped"
      )
    }).pipe(Effect.scoped),
  120_000
)
