// The demo as a person runs it: it comes up without internet with a live book of every simulated venue, shows what is
// retired as retired, marks all of it as simulated, and ends in time when it is told to, leaving nothing behind.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import type { ListedExchange } from "../../src/domain/Exchange.ts"
import type { ListedMarket } from "../../src/domain/Market.ts"

const ROOT = join(import.meta.dirname, "../..")

const get = <A>(url: string) => Effect.promise(async () => (await (await fetch(url)).json()) as A)

describe("npm run demo", () => {
  it.live(
    "shows live books of all venues, and ends cleanly on SIGTERM",
    () =>
      Effect.gen(function* () {
        const demo = spawn(process.execPath, [join(ROOT, "scripts/run.mjs"), "demo"], {
          stdio: ["ignore", "pipe", "inherit"]
        })
        yield* Effect.addFinalizer(() => Effect.sync(() => demo.kill("SIGTERM")))
        let printed = ""
        const good = /(\d+) of \d+ books are live; every price is SIMULATED/
        yield* Effect.promise(
          () =>
            new Promise<void>((resolve, reject) => {
              demo.once("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${printed}`)))
              demo.stdout.on("data", (chunk: Buffer) => {
                printed += String(chunk)
                if (good.test(printed)) resolve()
              })
            })
        )
        const url = /API +(http:\/\/[^/]+)/.exec(printed)?.[1]
        const exchanges = yield* get<ReadonlyArray<ListedExchange>>(`${url}/exchanges`)
        assert.isAtLeast(exchanges.length, 11)
        assert.deepStrictEqual(
          exchanges.filter(({ status }) => status === "retired").map(({ name }) => name),
          ["BitMEX", "FTX"]
        )
        const markets = yield* get<ReadonlyArray<ListedMarket>>(`${url}/markets?enabled=true`)
        assert.isAtLeast(markets.length, 30)
        assert.strictEqual(Number(good.exec(printed)![1]), markets.length)
        const recording = /replay (\S+) /.exec(printed)?.[1] ?? assert.fail("no replay of FTX is shown")
        assert.isTrue(existsSync(recording))
        const begun = performance.now()
        const ended = once(demo, "exit")
        demo.kill("SIGTERM")
        assert.deepStrictEqual(yield* Effect.promise(() => ended), [130, null])
        assert.isBelow(performance.now() - begun, 3_000)
        assert.isFalse(existsSync(dirname(recording)))
      }).pipe(Effect.scoped),
    120_000
  )
})
