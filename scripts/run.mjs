// Owns the set-up of a fresh clone and the order of the npm scripts. Runs on any Node from 20 up: it installs what the
// lockfile names when that is not installed yet, bundles the sources for bin/level4 where it is started, then runs each
// step on the pinned runtime, never on the one that happened to start npm.
//
//   node scripts/run.mjs setup | check | test [vitest arguments] | bench [DIR] [--json] [--all] | format
//   node scripts/run.mjs demo [--once] | chaos [--seed N] [--seconds S] …
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { bundle } from "./bundle.mjs"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const modules = join(root, "node_modules")
const stamp = join(modules, ".level4-setup")

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/**
 * Runs a command in the project folder, its output passed through; ends this process with its code if it fails. What
 * ends this process is passed on, and the command has the last word: it closes what it opened. A terminal's Ctrl-C
 * reaches both; to say it twice does no harm.
 */
const must = async (label, command, args, env = process.env) => {
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env })
  const pass = (signal) => child.kill(signal)
  for (const signal of Object.keys(SIGNALS)) process.on(signal, pass)
  const [code, signal] = await new Promise((resolve) => {
    child.on("exit", (...end) => resolve(end))
    child.on("error", (error) => {
      console.error(`${label}: ${error.message}`)
      resolve([1, null])
    })
  })
  for (const signal of Object.keys(SIGNALS)) process.off(signal, pass)
  if (code === 0) return
  if (code !== null && code !== 130) console.error(`level4: ${label} failed`)
  process.exit(code ?? 128 + (SIGNALS[signal] ?? 0))
}

const setup = async () => {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return
  console.error("level4: installing the packages of package-lock.json (once, and after each change of it)")
  await must("npm ci", "npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"])
  writeFileSync(stamp, wanted)
}

/** The runtime of the lockfile; on a platform without a packaged one, this process's own if it is new enough. */
const runtime = () => {
  const pinned = join(modules, `node-${process.platform}-${process.arch}`, "bin", "node")
  if (existsSync(pinned)) return pinned
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath
  console.error(
    `level4: no packaged Node for ${process.platform}-${process.arch}; ` +
      `install Node 22.19 or newer (this is ${process.version})`
  )
  process.exit(1)
}

const node = (label, args) => {
  const bin = runtime()
  return must(label, bin, args, {
    ...process.env,
    PATH: `${dirname(bin)}:${join(modules, ".bin")}:${process.env.PATH}`
  })
}

const lasting = (script, args) => node(script, ["--disable-warning=ExperimentalWarning", join(root, script), ...args])

/**
 * TypeScript with Effect's diagnostics built in. It is packaged for this platform alone by the registries we rely on,
 * so elsewhere the plain compiler checks the types and says what it leaves out.
 */
const typeChecker = () => {
  const checker = join(modules, "@effect", "tsgo-linux-x64", "artifacts", "typescript", "7.0.2", "tsc")
  if (existsSync(checker)) return checker
  console.error("level4: no Effect diagnostics for this platform; checking the types alone")
  return join(modules, ".bin", "tsc")
}

const steps = {
  setup: () => bundle(root, runtime()),
  format: () => node("format", [join(modules, "oxfmt", "bin", "oxfmt"), "--write", "."]),
  check: async () => {
    await node("format", [join(modules, "oxfmt", "bin", "oxfmt"), "--check", "."])
    await must("types and Effect diagnostics", typeChecker(), ["--noEmit", "--pretty"])
    await node("lint", [join(modules, "oxlint", "bin", "oxlint"), "--type-aware", "--deny-warnings"])
  },
  bench: (args) => {
    bundle(root, runtime())
    return node("bench", [join(root, "bench", "main.ts"), ...args])
  },
  demo: (args) => {
    bundle(root, runtime())
    return lasting("scripts/demo/main.ts", args)
  },
  chaos: (args) => {
    bundle(root, runtime())
    return lasting("scripts/chaos/main.ts", args)
  },
  test: (args) => {
    bundle(root, runtime())
    return node("tests", [join(modules, "vitest", "vitest.mjs"), "run", ...args])
  }
}

const names = process.argv.slice(2)
const args = names.filter((name) => steps[name] === undefined)
await setup()
for (const name of names) await steps[name]?.(args)
