// The command line as a whole, run in this process: usage errors, help, seams and their failures. No service runs here.
import { assert, describe, it } from "@effect/vitest"
import { Config, Console, Data, Effect, HashMap, Runtime } from "effect"
import { Completions, type Command } from "effect/cli"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { cli } from "../../src/cli/Cli.ts"
import { readEndpointOverrides } from "../../src/layers/EndpointOverrides.ts"
import { seams } from "../support/cliSeams.ts"
import { level4 } from "../support/CommandLine.ts"

const directory = mkdtempSync(join(tmpdir(), "level4-cli-"))
const recording = join(directory, "recording.ndjson.gz")
beforeAll(() => writeFileSync(recording, ""))
afterAll(() => rmSync(directory, { recursive: true }))

const market = ["--exchange", "Kraken", "--type", "SPOT", "--base", "BTC", "--quote", "USD"]

describe("usage", () => {
  it.effect.each([
    [["frobnicate"], 'Unknown subcommand "frobnicate"'],
    [["markets", "strat", "1"], "Did you mean this?\n    start"],
    [["markets", "list", "--jsn"], "Did you mean this?\n    --json"],
    [["symbols", "new"], "code"],
    [["symbols", "new", "BTC", "bad code"], "Expected an asset code"],
    [["exchanges", "new", "!"], "Expected an exchange name"],
    [["markets", "new", "--exchange", "Kraken"], "Missing required flag: --base"],
    [["markets", "new", ...market.slice(0, 2), "--type", "SWAP", ...market.slice(4)], '"SPOT" | "PERP"'],
    [["symbols", "new", "BTC", "--wide", "x y"], "Expected an asset code"],
    [["serve", "--wide"], "--wide"],
    [["markets", "new", ...market.slice(0, 2), "--type", "FUTURE", ...market.slice(4)], "needs --native-symbol"],
    [["markets", "new", "--exchange", "X", "--type", "SPOT", "--base", "A", "--quote", "A"], "must differ"],
    [["markets", "list", "--enabled", "--disabled"], "exclude each other"],
    [["markets", "show", " "], "Expected a market's number or tag"],
    [["markets", "show", "0"], "Expected a market's number or tag"],
    [["markets", "start"], "name markets to start, or give --all; not both"],
    [["markets", "stop", "1", "--all"], "name markets to stop, or give --all; not both"],
    [["markets", "stop", "--all", "1"], "name markets to stop, or give --all; not both"],
    [["markets", "start", "1", "--type", "SPOT"], "go with --all"],
    [["markets", "start", "1", "--delay", "5"], "number with its unit"],
    [["book", "1", "--depth", "5001"], "Expected 1 to 5000 levels"],
    [["book", "1", "--depth", "ten"], "depth"],
    [["book", "1", "--watch", "--interval", "1ms"], "at least 50ms"],
    [["book", "1", "--url", "127.0.0.1:4004"], "Expected an address such as"],
    [["replay", "/nowhere/at/all", ...market], "does not exist"],
    [["replay", recording, ...market.slice(0, 4)], "--native-symbol"],
    [["replay", recording, ...market.slice(0, 6)], "--base and --quote go together"],
    [["playback", recording, "--port", "65536"], "Expected a port from 0 to 65535"],
    [["playback", recording, "--speed", "-1"], "Expected 0 or more"],
    [["serve", "--port", "65536"], "Expected a port from 0 to 65535"],
    [["simulate", "--rate", "-1"], "Expected 0 to 1000"],
    [["simulate", "--port", "65536"], "Expected a port from 0 to 65535"],
    [["record", ...market], "Missing required flag: --out"],
    [["record", ...market, "--out", "x", "--for", "soon"], "number with its unit"]
  ] as const)("%j is exit code 1, told on stderr with a hint", ([args, told]) =>
    Effect.gen(function* () {
      const ran = yield* level4(args)
      assert.strictEqual(ran.code, 1)
      assert.strictEqual(ran.stdout, "")
      assert.include(ran.stderr, told)
      assert.match(ran.stderr, /\nRun 'level4[a-z ]* --help' for what it takes and for examples\.$/)
    })
  )

  it.effect("never shows the secret in an address", () =>
    Effect.gen(function* () {
      const ran = yield* level4(["book", "1"], { env: { LEVEL4_URL: "http://me:hunter2@127.0.0.1:1" } })
      assert.strictEqual(ran.code, 1)
      assert.notInclude(ran.stderr, "hunter2")
      assert.include(ran.stderr, "LEVEL4_OPERATOR_TOKEN")
    })
  )

  it.effect("shows what it can do when nothing is asked, but takes half a command for a mistake", () =>
    Effect.gen(function* () {
      const whole = yield* level4([])
      assert.strictEqual(whole.code, 0)
      assert.include(whole.stdout, "Exit codes: 0 done, 1 wrong usage, 2 refused")
      const half = yield* level4(["markets"])
      assert.strictEqual(half.code, 1)
      assert.strictEqual(half.stdout, "")
      assert.include(half.stderr, "start    Start feeds")
    })
  )
})

const paths = (command: Command.Command.Any, above: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => [
  above,
  ...command.subcommands.flatMap(({ commands }) => commands.flatMap((sub) => paths(sub, [...above, sub.name])))
]

describe("help", () => {
  it.effect.each(paths(cli(seams, "1.2.3"), []).map((path) => ({ path, name: path.join(" ") })))(
    "level4 $name --help explains the command",
    ({ path }) =>
      Effect.gen(function* () {
        const ran = yield* level4([...path, "--help"])
        assert.strictEqual(ran.code, 0)
        assert.strictEqual(ran.stderr, "")
        assert.match(ran.stdout, /^DESCRIPTION\n {2}\S.{20,}/)
        assert.include(ran.stdout, `USAGE\n  level4${path.map((name) => ` ${name}`).join("")} `)
        if (!ran.stdout.includes("SUBCOMMANDS")) assert.match(ran.stdout, /EXAMPLES\n {2}# .+\n {2}.*level4 /)
        for (const line of ran.stdout.split("\n")) assert.strictEqual(line, line.trimEnd())
      })
  )

  it.effect("keeps each setting of serve on a line of its own", () =>
    Effect.gen(function* () {
      const { stdout } = yield* level4(["serve", "--help"])
      const settings = stdout.split("\n").filter((line) => / {2}(LEVEL4|OTEL)_[A-Z_]+ {2}/.test(line))
      assert.strictEqual(settings.length, 16)
      assert.include(stdout, `\n\n${settings.join("\n")}\n\n`)
    })
  )

  it.effect("prints the version", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* level4(["--version"]), { code: 0, stdout: "level4 1.2.3", stderr: "" })
    })
  )

  it.effect("is also a command, of any command", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* level4(["help"]), yield* level4(["--help"]))
      assert.deepStrictEqual(yield* level4(["help", "markets"]), yield* level4(["markets", "--help"]))
      assert.deepStrictEqual(yield* level4(["help", "markets", "start"]), yield* level4(["markets", "start", "--help"]))
      const wrong = yield* level4(["help", "markets", "strat"])
      assert.deepStrictEqual([wrong.code, wrong.stdout], [1, ""])
      assert.include(wrong.stderr, "Did you mean this?\n    start")
    })
  )

  it.effect("prints the version by a command, too", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* level4(["version"]), { code: 0, stdout: "level4 1.2.3", stderr: "" })
      const json = yield* level4(["version", "--json"])
      assert.deepStrictEqual(JSON.parse(json.stdout), { name: "level4", version: "1.2.3", node: process.version })
      assert.strictEqual((yield* level4(["version", "9"])).code, 1)
    })
  )

  it.effect("completes commands, flags and their values in bash", () =>
    Effect.gen(function* () {
      const { stdout: script } = yield* level4(["--completions", "bash"])
      const complete = `
        try() {
          COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; read -ra COMP_WORDS <<<"$1"
          [[ "$1" == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
          _level4 level4 "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"; echo "\${COMPREPLY[*]}"
        }
        try "level4 markets st"; try "level4 book 1 --re"; try "level4 markets list --type "`
      const shell = spawnSync("bash", ["--norc", "-c", `${script}\n${complete}`], { encoding: "utf8" })
      assert.deepStrictEqual(
        { out: shell.stdout.trim().split("\n"), err: shell.stderr },
        { out: ["start stop", "--require-live", "SPOT PERP INVERSE FUTURE"], err: "" }
      )
    })
  )

  it("knows completions for zsh and fish", () => {
    const descriptor = Completions.fromCommand(cli(seams, "1.2.3"))
    assert.include(Completions.generate("level4", "zsh", descriptor), "#compdef level4")
    assert.include(Completions.generate("level4", "fish", descriptor), "complete -c level4")
  })
})

describe("serve", () => {
  const settings = ["LEVEL4_HOST", "LEVEL4_PORT", "LEVEL4_DATA_DIR", "LEVEL4_KRAKEN_SPOT_WS_URL"] as const
  const serve = Effect.gen(function* () {
    const values = yield* Effect.forEach(settings, (name) => Config.String(name).pipe(Config.withDefault("-")))
    const { urls } = yield* readEndpointOverrides(new Set(settings))
    yield* Console.log(`${values.join(" ")} ${[...HashMap.keys(urls)].join(" ")}`)
  }).pipe(Effect.orDie)
  const env = { LEVEL4_PORT: "7", LEVEL4_DATA_DIR: "/d", LEVEL4_KRAKEN_SPOT_WS_URL: "ws://127.0.0.1:1" }
  const served = (...args: ReadonlyArray<string>) =>
    Effect.map(level4(["serve", ...args], { seams: { ...seams, serve }, env }), ({ stdout }) => stdout)

  it.effect("puts --host and --port before the settings, and leaves all others as they are", () =>
    Effect.gen(function* () {
      const more = "/d ws://127.0.0.1:1 LEVEL4_KRAKEN_SPOT_WS_URL"
      assert.strictEqual(yield* served(), `- 7 ${more}`)
      assert.strictEqual(yield* served("--port", "0"), `- 0 ${more}`)
      assert.strictEqual(yield* served("--host", "::1", "--port", "9"), `::1 9 ${more}`)
    })
  )
})

class Broken extends Data.TaggedError("Broken")<{ readonly message: string }> {}
class BrokenWithCode extends Data.TaggedError("BrokenWithCode")<{ readonly message: string }> {
  override readonly [Runtime.errorExitCode] = 66
}

describe("seams", () => {
  it.effect("hand over decoded options", () =>
    Effect.gen(function* () {
      const none = { _id: "Option", _tag: "None" }
      const some = (value: unknown) => ({ _id: "Option", _tag: "Some", value })
      const asked = (args: ReadonlyArray<string>) =>
        Effect.map(level4(args), ({ stdout }): unknown => JSON.parse(stdout))
      const pair = { base: "BTC", quote: "USD" }
      const named = { exchange: "Kraken", marketType: "SPOT", nativeSymbol: none }
      assert.deepStrictEqual(yield* asked(["replay", recording, ...market, "--protocol", "v1", "--json"]), {
        replay: { file: recording, ...named, pair: some(pair), protocol: some("v1"), json: true }
      })
      assert.deepStrictEqual(yield* asked(["replay", recording, ...market.slice(0, 4), "--native-symbol", "XBT/USD"]), {
        replay: {
          file: recording,
          ...named,
          nativeSymbol: some("XBT/USD"),
          pair: none,
          protocol: none,
          json: false
        }
      })
      assert.deepStrictEqual(yield* asked(["playback", recording]), {
        playback: { file: recording, host: "127.0.0.1", port: 0, speed: 1 }
      })
      assert.deepStrictEqual(yield* asked(["playback", recording, "--port", "9", "--speed", "0"]), {
        playback: { file: recording, host: "127.0.0.1", port: 9, speed: 0 }
      })
      assert.deepStrictEqual(yield* asked(["record", ...market, "--out", "a.gz", "--for", "2m"]), {
        record: { ...named, pair, out: resolve("a.gz"), duration: { _id: "Duration", _tag: "Millis", millis: 120_000 } }
      })
      const simulated = { host: "127.0.0.1", port: 4100, seed: "1", rate: 5, markets: 0, json: false }
      assert.deepStrictEqual(yield* asked(["simulate"]), { simulate: { ...simulated, exchanges: [], faults: none } })
      assert.deepStrictEqual(
        yield* asked(["simulate", "--exchange", "Kraken", "--exchange", "FTX", "--faults", "chaos", "--json"]),
        { simulate: { ...simulated, exchanges: ["Kraken", "FTX"], faults: some("chaos"), json: true } }
      )
      assert.deepStrictEqual(yield* asked(["serve"]), { serve: {} })
    })
  )

  it.effect("show what level4 can follow, without a service", () =>
    Effect.gen(function* () {
      const ran = yield* level4(["exchanges", "supported"], { env: { LEVEL4_URL: "http://127.0.0.1:1" } })
      assert.deepStrictEqual(ran, {
        code: 0,
        stdout: [
          "EXCHANGE  TYPES  STATUS   PROTOCOL",
          "Kraken    SPOT   live     spot websocket v2 (today)",
          "Kraken    PERP   live     futures websocket v1",
          "Kraken    SPOT   live     spot websocket v1 (LEVEL4_KRAKEN_SPOT_PROTOCOL=v1)",
          "FTX       -      retired  -"
        ].join("\n"),
        stderr: ""
      })
      const json = yield* level4(["exchanges", "supported", "--json"])
      assert.deepStrictEqual(JSON.parse(json.stdout), yield* Effect.orDie(seams.supported))
    })
  )

  it.effect("fail with their message and their own exit code, or 1", () =>
    Effect.gen(function* () {
      const serve = Effect.fail(new Broken({ message: "port 4004 is taken" }))
      assert.deepStrictEqual(yield* level4(["serve"], { seams: { ...seams, serve } }), {
        code: 1,
        stdout: "",
        stderr: "level4: port 4004 is taken"
      })
      const replay = () => Effect.fail(new BrokenWithCode({ message: "not a recording" }))
      assert.deepStrictEqual(yield* level4(["replay", recording, ...market], { seams: { ...seams, replay } }), {
        code: 66,
        stdout: "",
        stderr: "level4: not a recording"
      })
    })
  )

  it.effect("that break by a defect end with 70 and keep stdout clean; interrupted ones end with 130", () =>
    Effect.gen(function* () {
      const broken = yield* level4(["serve"], { seams: { ...seams, serve: Effect.die(new TypeError("boom")) } })
      assert.strictEqual(broken.code, 70)
      assert.strictEqual(broken.stdout, "")
      assert.match(broken.stderr, /^level4: a defect of level4 itself.*\n.*boom/)
      const interrupted = yield* level4(["serve"], { seams: { ...seams, serve: Effect.interrupt } })
      assert.deepStrictEqual(interrupted, { code: 130, stdout: "", stderr: "" })
    })
  )

  it.effect("log to stderr", () =>
    Effect.gen(function* () {
      const ran = yield* level4(["serve"], { seams: { ...seams, serve: Effect.logInfo("listening") } })
      assert.strictEqual(ran.stdout, "")
      assert.include(ran.stderr, "listening")
    })
  )
})
