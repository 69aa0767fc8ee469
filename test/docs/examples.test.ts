// The examples of docs/ as a reader would run them, against a service: what they print is the book, over a cut connection too.
// The Python one needs websockets; where that is not installed it is only parsed, if there is a Python at all.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import { EventHub } from "../../src/layers/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { idOf, newExchange, newSymbol } from "../support/apiRows.ts"
import { inMemory } from "../support/Catalogs.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { tcpProxy } from "../support/TcpProxy.ts"
import { until } from "../support/until.ts"

const example = (name: string) => join(import.meta.dirname, "../../docs/examples", name)

/** The market that the examples are told to follow, with a live feed. */
const staged = Effect.gen(function* () {
  const { send } = yield* ApiClient
  const exchange_id = yield* newExchange("Coinbase")
  const base_symbol_id = yield* newSymbol("BTC")
  const quote_symbol_id = yield* newSymbol("USD")
  const body = { exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" }
  const id = idOf((yield* send("POST", "/markets", body)).json)
  const feed = new StagedFeed(yield* EventHub, stagedMarket(id))
  feed.snapshot([["100", "1"]], [["101", "1"]])
  return feed
})

const running = (command: string, args: ReadonlyArray<string>, url: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(command, args, {
        env: { PATH: process.env["PATH"], LEVEL4_URL: url, PYTHONDONTWRITEBYTECODE: "1" },
        stdio: ["ignore", "pipe", "pipe"]
      })
      const run = { child, out: "", err: "", code: null as number | null }
      child.stdout.on("data", (chunk: Buffer) => (run.out += String(chunk)))
      child.stderr.on("data", (chunk: Buffer) => (run.err += String(chunk)))
      child.on("close", (code) => (run.code = code))
      return run
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

/** Runs an example to its end while the best bid changes and the connection is cut once. */
const follows = (command: string, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const feed = yield* staged
    const { url } = yield* ApiClient
    const proxy = yield* tcpProxy(Number(new URL(url).port))
    const run = yield* running(command, [...args, feed.channel.tag], `http://127.0.0.1:${proxy.port}`)
    const first = () => run.out.includes("bid 100 x 1  ask 101 x 1\n")
    yield* until(
      "the first line",
      Effect.sync(() => (run.code === null ? first() : run.err)),
      (seen) => seen === true
    )
    const lines = () => run.out.trimEnd().split("\n")
    let size = 1
    const tick = Effect.gen(function* () {
      const before = lines().length
      feed.change([["100", String(++size)]], [])
      yield* until(
        `size ${size}: ${run.err}`,
        Effect.sync(() => lines().length > before || run.code !== null),
        (seen) => seen
      )
    })
    yield* Effect.repeat(tick, { times: 2 })
    proxy.cut()
    feed.change([["100", "77"]], [])
    yield* until(
      "continued",
      Effect.sync(() => run.out.includes("bid 100 x 77 ")),
      (seen) => seen
    )
    while (run.code === null) yield* tick
    const touches = lines().filter((line) => line.startsWith("bid "))
    assert.deepStrictEqual(
      touches,
      [1, 2, 3, 4, 77, 5, 6, 7, 8, 9].map((bid) => `bid 100 x ${bid}  ask 101 x 1`)
    )
    assert.deepStrictEqual(
      lines()
        .filter((line) => !line.startsWith("bid "))
        .map((line) => line.split(":")[0]),
      ["live", "lost"]
    )
    assert.strictEqual(run.code, 0)
  }).pipe(Effect.provide(layerApi(inMemory)), Effect.scoped)

const python = (...args: ReadonlyArray<string>) => spawnSync("python3", args, { stdio: "ignore" })

describe("docs/examples", () => {
  it.live("follow.ts holds the book and continues after a cut", () =>
    follows(process.execPath, ["--disable-warning=ExperimentalWarning", example("follow.ts")])
  )

  it.live("follow.py does the same", () => {
    if (python("-c", "import websockets.asyncio.client").status === 0) return follows("python3", [example("follow.py")])
    return Effect.sync(() => {
      const parse = `import ast, pathlib; ast.parse(pathlib.Path(${JSON.stringify(example("follow.py"))}).read_text())`
      const { status, error } = python("-c", parse)
      assert.isTrue(error !== undefined || status === 0, "follow.py does not compile")
    })
  })
})
