// The command line as a process of its own, as a shell sees it: exit codes, clean stdout, pipes that close, Ctrl-C. The
// service it talks to is in this process.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { EventHub } from "../../src/hub/EventHub.ts"
import { NEW_BTC, onService } from "../support/cliService.ts"
import { StagedFeed, stagedMarket } from "../support/StagedFeed.ts"
import { until } from "../support/until.ts"

const entry = fileURLToPath(new URL("../support/cliProcess.ts", import.meta.url))

const spawned = (args: string, env: Record<string, string>) =>
  spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry, ...args.split(" ")], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"]
  })

type Started = ReturnType<typeof spawned>

/** A test that fails leaves no process behind. */
const start = (args: string, env: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawned(args, env)),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const ended = (child: ChildProcess) =>
  Effect.callback<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>((resume) => {
    child.on("close", (code, signal) => resume(Effect.succeed({ code, signal })))
  })

const ran = (args: string, env: Record<string, string>) =>
  Effect.gen(function* () {
    const child = yield* start(args, env)
    const [{ code }, stdout, stderr] = yield* Effect.all(
      [ended(child), Effect.promise(() => text(child.stdout)), Effect.promise(() => text(child.stderr))],
      { concurrency: "unbounded" }
    )
    return { code, stdout, stderr }
  }).pipe(Effect.scoped)

const firstOutput = (child: Started) =>
  Effect.callback<string>((resume) => {
    child.stdout.once("data", (chunk: Buffer) => resume(Effect.succeed(chunk.toString())))
  })

/** Runs a command on a terminal of its own (util-linux); where there is none, top.test.ts alone proves the loop. */
const HAS_TERMINAL = spawnSync("script", ["--version"]).status === 0

describe("level4 as a process", { timeout: 120_000 }, () => {
  it.live("ends with 0, 1, 2 or 69, with data alone on stdout", () =>
    onService((_, url) =>
      Effect.gen(function* () {
        const env = { LEVEL4_URL: url }
        const created = yield* ran(`${NEW_BTC} --json`, env)
        assert.strictEqual(created.code, 0)
        assert.deepInclude(JSON.parse(created.stdout), { id: 1, tag: "KRAKEN.SPOT:BTC-USD" })
        assert.strictEqual(created.stderr, "created exchange Kraken\ncreated symbol BTC\ncreated symbol USD\n")
        const usage = yield* ran("markets lst --json", env)
        assert.deepStrictEqual([usage.code, usage.stdout], [1, ""])
        assert.include(usage.stderr, "Did you mean this?")
        const refused = yield* ran("markets start 1 99 --json", env)
        assert.strictEqual(refused.code, 2)
        assert.lengthOf(JSON.parse(refused.stdout) as Array<unknown>, 1)
        const gone = yield* ran("book 1 --json", { LEVEL4_URL: "http://127.0.0.1:1" })
        assert.deepStrictEqual([gone.code, gone.stdout], [69, ""])
        assert.include(gone.stderr, "level4 serve")
        assert.deepStrictEqual(yield* ran("--version", {}), { code: 0, stdout: "level4 1.2.3\n", stderr: "" })
      })
    )
  )

  it.live("colours nothing in a pipe, and nothing with NO_COLOR", () =>
    onService((cli, url) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const escapes = (env: Record<string, string>) =>
          Effect.map(ran("book 1", { LEVEL4_URL: url, ...env }), ({ stdout }) => stdout.includes("\u{1b}["))
        assert.isFalse(yield* escapes({}))
        assert.isTrue(yield* escapes({ FORCE_COLOR: "1" }))
        assert.isFalse(yield* escapes({ FORCE_COLOR: "1", NO_COLOR: "1" }))
      })
    )
  )

  it.live("ends quietly when its reader has had enough", () =>
    onService((cli, url) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const child = yield* start("book 1 --watch --interval 50ms --json", { LEVEL4_URL: url })
        const stderr = text(child.stderr)
        const look = yield* firstOutput(child)
        assert.deepInclude(JSON.parse(look), { market_id: 1 })
        child.stdout.destroy()
        assert.deepStrictEqual(yield* ended(child), { code: 0, signal: null })
        assert.strictEqual(yield* Effect.promise(() => stderr), "")
      })
    )
  )

  it.live.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends a watch with 130 on %s", (signal) =>
    onService((cli, url) =>
      Effect.gen(function* () {
        yield* cli(NEW_BTC)
        const child = yield* start("book 1 --watch", { LEVEL4_URL: url })
        const stderr = text(child.stderr)
        yield* firstOutput(child)
        child.kill(signal)
        assert.deepStrictEqual(yield* ended(child), { code: 130, signal: null })
        assert.strictEqual(yield* Effect.promise(() => stderr), "")
      })
    )
  )

  const keys = [
    ["q", 0],
    ["\u{3}", 130]
  ] as const
  it.live.each(HAS_TERMINAL ? keys : [])(
    "watches on a terminal until the key %j, and leaves it as it was (%i)",
    ([key, code]) =>
      onService((cli, url) =>
        Effect.gen(function* () {
          yield* cli(NEW_BTC)
          yield* cli("markets start 1")
          const command = [process.execPath, "--disable-warning=ExperimentalWarning", entry, "top"].join(" ")
          const env = { PATH: process.env["PATH"], LEVEL4_URL: url, TERM: "xterm" }
          const child = yield* Effect.acquireRelease(
            Effect.sync(() => spawn("script", ["-qfec", command, "/dev/null"], { env, stdio: "pipe" })),
            (child) => Effect.sync(() => child.kill("SIGKILL"))
          )
          let screen = ""
          child.stdout.on("data", (chunk: Buffer) => (screen += chunk.toString()))
          const seen = Effect.sync(() => screen)
          yield* until("the market on the screen", seen, (text) => text.includes("KRAKEN.SPOT:BTC-USD"))
          child.stdin.write(key)
          assert.deepStrictEqual(yield* ended(child), { code, signal: null })
          assert.isTrue(screen.startsWith("\u{1b}[?1049h\u{1b}[?25l"))
          assert.include(screen, "\u{1b}[?25h\u{1b}[?1049l")
          assert.isTrue(screen.trimEnd().endsWith("\u{1b}[?1049l"), JSON.stringify(screen.slice(-80)))
        })
      )
  )

  it.live("ends a tail with 130 on SIGINT, and quietly when its reader has had enough", () =>
    onService((_, url) =>
      Effect.gen(function* () {
        const feed = new StagedFeed(yield* EventHub, stagedMarket(1))
        feed.snapshot([["100", "1"]], [["101", "1"]])
        const interrupted = yield* start("tail 1 --json", { LEVEL4_URL: url })
        yield* firstOutput(interrupted)
        interrupted.kill("SIGINT")
        assert.deepStrictEqual(yield* ended(interrupted), { code: 130, signal: null })
        const child = yield* start("tail 1 --json", { LEVEL4_URL: url })
        const stderr = text(child.stderr)
        yield* firstOutput(child)
        child.stdout.destroy()
        const trading = Effect.sync(() => (feed.trade(feed.seq), child.exitCode))
        assert.strictEqual(yield* until("the end", trading, (code) => code !== null), 0)
        assert.strictEqual(yield* Effect.promise(() => stderr), "")
      })
    )
  )
})
