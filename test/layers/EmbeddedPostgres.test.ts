// Owns the proof that a data directory serves one process at a time and is always a whole database; the refusals' words
// are for people, so they are checked too.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Catalog } from "../../src/layers/Catalog.ts"
import { EmbeddedPostgres } from "../../src/layers/EmbeddedPostgres.ts"
import { embeddedDatabase, layerCatalog, temporaryFolder } from "../support/Databases.ts"

const WRITER = join(import.meta.dirname, "../support/catalogWriter.ts")
const open = (path: string) => Effect.scoped(Layer.build(Layer.fresh(EmbeddedPostgres.layer(path))))
const refusal = (path: string) => Effect.map(Effect.flip(open(path)), (error) => error.message)

describe("EmbeddedPostgres", () => {
  it.live("refuses a directory that another process uses, and names that process", () =>
    Effect.gen(function* () {
      const environment = yield* embeddedDatabase
      const path = String(environment["LEVEL4_DATA_DIR"])
      const holder = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, ["--disable-warning=ExperimentalWarning", WRITER], {
            env: { PATH: process.env["PATH"], ...environment },
            stdio: ["ignore", "pipe", "inherit"]
          })
        ),
        (child) =>
          Effect.promise(async () => {
            const exited = once(child, "exit")
            if (child.kill("SIGKILL")) await exited
          })
      )
      yield* Effect.promise(() => once(createInterface({ input: holder.stdout }), "line"))
      assert.strictEqual(
        yield* refusal(path),
        `The data directory ${path} can't be used: another level4 (process ${holder.pid}) uses it. ` +
          "Stop that one first, give this one a directory of its own with LEVEL4_DATA_DIR, " +
          "or let both share a Postgres server with LEVEL4_DATABASE_URL."
      )
    })
  )
  it.live("refuses a directory that this process uses already, also by another path, until it is closed", () =>
    Effect.gen(function* () {
      const path = String((yield* embeddedDatabase)["LEVEL4_DATA_DIR"])
      const link = join(yield* temporaryFolder, "link")
      symlinkSync(path, link)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Layer.build(EmbeddedPostgres.layer(path))
          assert.include(yield* refusal(link), `another level4 (process ${process.pid}) uses it`)
        })
      )
      yield* open(link)
    })
  )
  it.live("refuses a path that is no directory, and a directory whose database is broken", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "file")
      writeFileSync(file, "")
      assert.match(yield* refusal(file), /can't be used: E.*set LEVEL4_DATA_DIR to another directory\.$/)
      const broken = join(folder, "broken")
      mkdirSync(join(broken, "postgres"), { recursive: true })
      writeFileSync(join(broken, "postgres", "PG_VERSION"), "9\n")
      assert.match(yield* refusal(broken), /can't be used: the embedded database stopped: /)
    })
  )
  it.live("makes its database in a directory that is not there yet, and anew when a first start was cut off", () =>
    Effect.gen(function* () {
      const path = join(yield* temporaryFolder, "not", "there")
      const unfinished = join(path, "postgres.new")
      mkdirSync(unfinished, { recursive: true })
      writeFileSync(join(unfinished, "PG_VERSION"), "half of ")
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* (yield* Catalog).symbols, [])
      }).pipe(Effect.provide(layerCatalog({ LEVEL4_DATA_DIR: path })))
    })
  )
})
