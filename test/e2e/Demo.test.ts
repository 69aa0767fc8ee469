// The demo as a person runs it: it comes up without internet with a live book of every simulated venue, shows what is
// retired as retired, counts what it starts, has one price an asset, marks all of it as simulated, and ends when it is
// told to, leaving nothing behind.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Consolidated } from "../../src/domain/Consolidated.ts"
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
        assert.deepStrictEqual(exchanges.flatMap(({ status, name }) => (status === "retired" ? [name] : [])).sort(), [
          "BitMEX",
          "FTX"
        ])
        const markets = yield* get<ReadonlyArray<ListedMarket>>(`${url}/markets?enabled=true`)
        assert.isAtLeast(markets.length, 30)
        assert.strictEqual(Number(good.exec(printed)![1]), markets.length)
        const recording = /replay (\S+) /.exec(printed)?.[1] ?? assert.fail("no replay of FTX is shown")
        assert.isTrue(existsSync(recording))
        const counted = /(\d+) feeds are started\n(?:(\d+) are not,.*\n)?/.exec(printed) ?? assert.fail(printed)
        const all = yield* get<ReadonlyArray<ListedMarket>>(`${url}/markets`)
        assert.deepStrictEqual([counted[1], counted[2] ?? "0"].map(Number), [
          markets.length,
          all.length - markets.length
        ])
        for (const pair of ["BTC-USD", "ETH-USD", "BTC-USDT"]) {
          const book = yield* get<Consolidated>(`${url}/consolidated/${pair}?market_type=SPOT&depth=1`)
          assert.isAtLeast(book.feeds.length, 3, pair)
          const [bid, ask] = [book.best_bid, book.best_ask].map((level) => Number(level?.price))
          // venues that know one price: beside each other, hardly ever crossed, and then by less than a person sees
          assert.approximately(bid! / ask!, 1, 0.001, pair)
        }
        const ended = once(demo, "exit")
        demo.kill("SIGTERM")
        assert.deepStrictEqual(yield* Effect.promise(() => ended), [0, null])
        assert.isFalse(existsSync(dirname(recording)))
      }).pipe(Effect.scoped),
    120_000
  )
})
