// Owns the proof that a data directory serves one process at a time and is always a whole database; the refusals' words
// are for people, so they are checked too.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Catalog } from "../../src/layers/Catalog.ts"
import { EmbeddedPostgres } from "../../src/layers/EmbeddedPostgres.ts"
import { POSTGRES_VERSION, usableDirectory } from "../../src/layers/embedded/usableDirectory.ts"
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
  it.live("refuses a directory that can't be had, in one sentence with what to do, and writes nothing there", () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const file = join(folder, "file")
      writeFileSync(file, "")
      const foreign = join(folder, "foreign")
      mkdirSync(join(foreign, "postgres"), { recursive: true })
      writeFileSync(join(foreign, "postgres", "PG_VERSION"), "18\n")
      // as a server leaves it
      writeFileSync(join(foreign, "postgres", "postmaster.opts"), "postgres -D .")
      symlinkSync(join(folder, "nowhere"), join(folder, "dangling"))
      const cases = {
        // Node's own way to make a directory there never ends
        "/proc/x": "it can't be made (ENOENT). Make its parent writable",
        "/proc/x/y/z": "it can't be made (ENOENT). Make its parent writable",
        [file]: "it is no directory. Move that file away",
        [join(file, "below")]: "it can't be made (ENOTDIR). Make its parent writable",
        [join(folder, "dangling")]: "it can't be made (EEXIST). Make its parent writable",
        [join(folder, "a\0b")]: "it can't be made (ERR_INVALID_ARG_VALUE). Make its parent writable",
        [join(folder, "n".repeat(300))]: "it can't be made (ENAMETOOLONG). Make its parent writable",
        [foreign]: 'it holds something else, such as "postgres". Give level4 an empty directory: set',
        [folder]: /^it holds something else, such as ".*"\. Give level4 an empty directory: set/
      }
      for (const [path, words] of Object.entries(cases)) {
        const message = yield* refusal(path)
        assert.include(message, `The data directory ${path} can't be used: `)
        const [, said = ""] = message.split("can't be used: ")
        if (typeof words === "string") assert.include(said, words)
        else assert.match(said, words)
        assert.match(said, /set LEVEL4_DATA_DIR to another directory\.$/)
      }
      assert.sameMembers(readdirSync(folder), ["dangling", "file", "foreign"])
      assert.deepStrictEqual(readdirSync(foreign), ["postgres"])
      const full = Effect.flip(
        Effect.try({ try: () => usableDirectory(join(folder, "full"), () => 3 << 20), catch: String })
      )
      assert.match(yield* full, /its file system is full \(3 MB are free\). Make room there, or set LEVEL4_DATA_DIR/)
    })
  )
  it.live("refuses a database of another Postgres, and one that is damaged; a volume's own entries are none", () =>
    Effect.gen(function* () {
      const environment = yield* embeddedDatabase
      const path = String(environment["LEVEL4_DATA_DIR"])
      const version = join(path, "postgres", "PG_VERSION")
      assert.strictEqual(readFileSync(version, "utf8").trim(), POSTGRES_VERSION)
      writeFileSync(version, "15\n")
      assert.include(
        yield* refusal(path),
        "its database is one of Postgres 15, and this level4 has 18. Run the level4 that made it, or set"
      )
      writeFileSync(join(path, "level4.lock"), "")
      for (const damage of [() => rmSync(version), () => writeFileSync(version, "\0\0")]) {
        damage()
        assert.match(
          yield* refusal(path),
          /its database is damaged \(PG_VERSION .*\)\. Put a backup in its place, or begin/
        )
      }
      writeFileSync(version, "18\n")
      writeFileSync(join(path, "postgres", "global", "pg_control"), "damaged")
      assert.match(yield* refusal(path), /its database is damaged \(.+\)\. Put a backup in its place, or begin/)
      const volume = yield* temporaryFolder
      mkdirSync(join(volume, "lost+found"))
      usableDirectory(volume)
      writeFileSync(
        join(volume, "level4.lock"),
        "no lock of ours, but text that is longer than a header of SQLite's files, to be sure"
      )
      assert.match(
        yield* refusal(volume),
        /its level4.lock can't be held \(.*not a database.*set LEVEL4_DATA_DIR to another directory\.$/
      )
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
