// Owns the proof that the tests' own Postgres can be had without the machine's, and that nothing of it outlives its
// test run.
import * as PgClient from "@effect/sql-pg/PgClient"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Schedule } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { dirname } from "node:path"
import { createInterface } from "node:readline"
import { PostgresServer } from "./Postgres.ts"

const ask = (url: string) =>
  PgClient.PgClient.use((sql) => sql<{ data: string }>`SELECT current_setting('data_directory') AS data`).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url) }))
  )

describe("PostgresServer", () => {
  it.live("runs on the packaged binaries where the machine has none of its own, and leaves nothing behind", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* Effect.acquireRelease(
            Effect.promise(() => PostgresServer.start({ packaged: true })),
            (server) => Effect.promise(() => server.dispose())
          )
          return dirname((yield* ask(server.url()))[0]!.data)
        })
      )
      assert.isFalse(existsSync(folder))
    })
  )
  it.live("ends with the process that started it, also when that is killed", () =>
    Effect.gen(function* () {
      const module = JSON.stringify(new URL("./Postgres.ts", import.meta.url).href)
      const script = `const { PostgresServer } = await import(${module})
        console.log((await PostgresServer.start()).url())
        setInterval(() => {}, 1000)`
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"]
      })
      const [url] = yield* Effect.promise(() => once(createInterface({ input: child.stdout }), "line"))
      const folder = dirname((yield* ask(String(url)))[0]!.data)
      child.kill("SIGKILL")
      const patience = Schedule.max([Schedule.spaced("50 millis"), Schedule.recurs(300)])
      yield* Effect.retry(Effect.flip(ask(String(url))), patience)
      yield* Effect.retry(
        Effect.filterOrFail(
          Effect.sync(() => existsSync(folder)),
          (exists) => !exists
        ),
        patience
      )
    })
  )
})
