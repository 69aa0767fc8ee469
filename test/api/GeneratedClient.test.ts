// The document as strangers use it: a stock generator makes a client of it, which compiles under strict types and works
// against a running server; and a call that the document does not know does not compile.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { temporaryFolder } from "../support/Databases.ts"

const TOKEN = "a-token-of-the-operator"
const ROOT = join(import.meta.dirname, "../..")
const PACKAGE = join(ROOT, "test/generated-client")
const { resolve } = createRequire(join(PACKAGE, "package.json"))

const GENERATOR = join(dirname(resolve("openapi-typescript/package.json")), "bin/cli.js")
const COMPILER = resolve("typescript/bin/tsc")
const OPTIONS = ["--strict", "--target", "es2024", "--module", "nodenext", "--types", "node", "--skipLibCheck"]
const MORE = ["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"]

const node = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.promise(() =>
    promisify(execFile)(process.execPath, [...args], { cwd: folder }).then(
      ({ stdout }) => ({ failed: false, output: stdout }),
      (error: { stdout: string; stderr: string }) => ({ failed: true, output: `${error.stdout}${error.stderr}` })
    )
  )

layer(layerApi(inMemory, { LEVEL4_OPERATOR_TOKEN: TOKEN }), { excludeTestServices: true })(
  "a generated client",
  (it) => {
    it.effect(
      "compiles, and works against a running server",
      () =>
        Effect.gen(function* () {
          const { send, url } = yield* ApiClient
          const folder = yield* temporaryFolder
          const consumer = readFileSync(join(PACKAGE, "consumer.ts"), "utf8")
          symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"))
          writeFileSync(join(folder, "package.json"), '{"type":"module"}')
          writeFileSync(join(folder, "consumer.ts"), consumer)
          writeFileSync(join(folder, "wrong.ts"), consumer.replace('market_type: "SPOT"', 'market_type: "SPOTS"'))
          writeFileSync(join(folder, "openapi.json"), (yield* send("GET", "/openapi.json")).text)

          const generated = yield* node(folder, GENERATOR, "openapi.json", "-o", "schema.d.ts")
          assert.isFalse(generated.failed, generated.output)
          const compiled = yield* node(folder, COMPILER, ...OPTIONS, ...MORE, "consumer.ts")
          assert.isFalse(compiled.failed, compiled.output)
          const wrong = yield* node(folder, COMPILER, ...OPTIONS, ...MORE, "--noEmit", "wrong.ts")
          assert.include(wrong.output, "SPOTS")

          const ran = yield* node(folder, "consumer.js", url, TOKEN)
          assert.isFalse(ran.failed, ran.output)
          assert.deepStrictEqual(JSON.parse(ran.output), {
            tag: "KRAKEN.SPOT:BTC-USD",
            enabled: true,
            state: "live",
            best: ["1000", "0.5"],
            listed: [1],
            live: 1,
            metrics: true,
            missing: [404, "market"],
            twice: [409, "Already exists"]
          })
        }).pipe(Effect.scoped),
      90_000
    )
  }
)
