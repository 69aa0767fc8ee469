// The examples of docs/ as a reader would run them, against a service: what they print is the book, over a cut
// connection too. The Python one needs websockets; where that is not installed it has to say so, if there is a Python
// at all.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { join } from "node:path"
import { NewMarket } from "../../src/domain/Market.ts"
import { Catalog } from "../../src/layers/Catalog.ts"
import { EventHub } from "../../src/hub/EventHub.ts"
import { ApiClient, layerApi } from "../support/ApiClient.ts"
import { inMemory } from "../support/Catalogs.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { tcpProxy } from "../support/TcpProxy.ts"
import { until } from "../support/until.ts"

const example = (name: string) => join(import.meta.dirname, "../../docs/examples", name)

/** The market that the examples are told to follow, with a live feed. */
const staged = Effect.gen(function* () {
  const catalog = yield* Catalog
  const { id: exchange_id } = yield* catalog.createExchange("Coinbase")
  const { id: base_symbol_id } = yield* catalog.createSymbol("BTC")
  const { id: quote_symbol_id } = yield* catalog.createSymbol("USD")
  const { id } = yield* catalog.createMarket(
    new NewMarket({ exchange_id, base_symbol_id, quote_symbol_id, market_type: "SPOT" })
  )
  const feed = new StagedFeed(yield* EventHub, stagedMarket(id))
  feed.snapshot([["100", "1"]], [["101", "1"]])
  return feed
})

const running = (command: string, args: ReadonlyArray<string>, url: string, more: Record<string, string> = {}) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(command, args, {
        env: {
          PATH: process.env["PATH"],
          PYTHONPATH: process.env["PYTHONPATH"],
          LEVEL4_URL: url,
          PYTHONDONTWRITEBYTECODE: "1",
          ...more
        },
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

type Run = Effect.Success<ReturnType<typeof running>>

const ended = (run: Run) =>
  until(
    "the end",
    Effect.sync(() => run.code),
    (code) => code !== null
  )

/** What a person reads: a sentence, and nothing of the inside of a program. */
const assertSaid = (run: Run, code: number, said: RegExp) => {
  assert.strictEqual(run.code, code, run.err)
  assert.match(run.err, said)
  assert.notMatch(run.err, /Traceback|node_modules|^\s+at |File "/m)
}

/** How an example ends when it can't go on. */
const ends = (command: string, args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const feed = yield* staged
    const { url } = yield* ApiClient
    const { tag } = feed.channel
    const nobody = yield* running(command, [...args, tag], "http://127.0.0.1:1")
    const without = yield* running(command, [...args, tag], url)
    const wrong = yield* running(command, [...args, tag], url, { LEVEL4_READER_TOKEN: "wrong" })
    for (const run of [nobody, without, wrong]) yield* ended(run)
    assertSaid(nobody, 69, /no level4 answers at \S+127\.0\.0\.1:1/)
    assertSaid(without, 2, /This call needs the reader's or the operator's token/)
    assertSaid(wrong, 2, /The token sent is not the reader's or the operator's token of this service/)
    const right = { LEVEL4_READER_TOKEN: "read-of-this-test" }
    const unknown = yield* running(command, [...args, "COINBASE.SPOT:NO-SUCH"], url, right)
    yield* ended(unknown)
    assertSaid(unknown, 2, /no market COINBASE\.SPOT:NO-SUCH/)

    const proxy = yield* tcpProxy(Number(new URL(url).port))
    const run = yield* running(command, [...args, tag], `http://127.0.0.1:${proxy.port}`, right)
    const prints = (what: string) =>
      until(
        what,
        Effect.sync(() => run.out + run.err),
        (text) => text.includes(what)
      )
    yield* prints("bid 100 x 1")
    proxy.cut()
    yield* prints("lost: ")
    assert.isNull(run.code)
    run.child.kill("SIGINT")
    yield* ended(run)
    assert.strictEqual(run.code, 130)
    assert.strictEqual(run.err, "")
  }).pipe(
    Effect.provide(
      layerApi(inMemory, { LEVEL4_READER_TOKEN: "read-of-this-test", LEVEL4_OPERATOR_TOKEN: "operate-of-this-test" })
    ),
    Effect.scoped
  )

const python = (...args: ReadonlyArray<string>) => spawnSync("python3", args, { stdio: "ignore" })

const hasWebsockets = python("-c", "import websockets.asyncio.client").status === 0

/** Where websockets is not installed the example says so; where there is no Python nothing is seen of it. */
const withoutWebsockets = Effect.gen(function* () {
  if (python("--version").status !== 0) return
  const run = yield* running("python3", [example("follow.py")], "http://127.0.0.1:1")
  yield* ended(run)
  assertSaid(run, 2, /^this example needs websockets: pip install websockets$/m)
}).pipe(Effect.scoped)

/** Each example is started five times over. */
const SEVERAL_PROCESSES = 90_000

describe("docs/examples", () => {
  it.live("follow.ts holds the book and continues after a cut", () =>
    follows(process.execPath, ["--disable-warning=ExperimentalWarning", example("follow.ts")])
  )

  it.live(
    "follow.ts ends with a sentence and a code",
    () => ends(process.execPath, ["--disable-warning=ExperimentalWarning", example("follow.ts")]),
    SEVERAL_PROCESSES
  )

  it.live("follow.py does the same", () => {
    if (hasWebsockets) return follows("python3", [example("follow.py")])
    return withoutWebsockets
  })

  it.live(
    "follow.py ends as follow.ts does",
    () => (hasWebsockets ? ends("python3", [example("follow.py")]) : withoutWebsockets),
    SEVERAL_PROCESSES
  )
})
