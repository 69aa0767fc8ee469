// Owns the proof that no acknowledged write is lost when the service is killed, on either database: a process that
// writes is killed at once, again and again, and everything it was told is stored must be there.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Catalog } from "../../src/layers/Catalog.ts"
import type { Acknowledged } from "../support/catalogWriter.ts"
import { databases, type Environment, layerCatalog } from "../support/Databases.ts"

const WRITER = join(import.meta.dirname, "../support/catalogWriter.ts")
/** After how many acknowledged writes each of the processes is killed, in the middle of the next. */
const KILLS = [1, 50, 8, 2]

/** Runs the writer until it has acknowledged so many writes, kills it, and answers all that it acknowledged. */
const writeUntilKilled = async (environment: Environment, writes: number): Promise<ReadonlyArray<Acknowledged>> => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", WRITER], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "inherit"]
  })
  const exited = once(child, "exit")
  const acknowledged: Array<Acknowledged> = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("{")) acknowledged.push(JSON.parse(line))
    if (acknowledged.length === writes) child.kill("SIGKILL")
  }
  assert.deepStrictEqual(await exited, [null, "SIGKILL"])
  return acknowledged
}

describe.concurrent("kill -9", () => {
  for (const { name, fresh } of databases) {
    it.live(
      `loses no acknowledged write on ${name}`,
      () =>
        Effect.gen(function* () {
          const environment = yield* fresh
          const written = yield* Effect.forEach(KILLS, (writes) =>
            Effect.promise(() => writeUntilKilled(environment, writes))
          )
          assert.isAtLeast(written.flat().length, 61)
          yield* Effect.gen(function* () {
            const catalog = yield* Catalog
            const symbols = new Set<number>((yield* catalog.symbols).map((symbol) => symbol.id))
            const markets = new Map<number, boolean>(
              (yield* catalog.markets({})).map((market) => [market.id, market.level4_feed_enabled])
            )
            const lost = written.flat().filter(({ symbol_id, market_id, enabled }) => {
              if (!symbols.has(symbol_id)) return true
              return (
                market_id !== undefined &&
                (enabled === undefined ? !markets.has(market_id) : markets.get(market_id) !== enabled)
              )
            })
            assert.deepStrictEqual(lost, [])
          }).pipe(Effect.provide(layerCatalog(environment)))
        }),
      // every start takes seconds, and many of them on a busy machine
      180_000
    )
  }
})
