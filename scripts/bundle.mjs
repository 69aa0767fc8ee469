// Owns the bundle that bin/level4 starts from: one file for each part of the command line instead of six hundred
// modules, which takes a third off a start. Without it bin/level4 runs the sources, so that nothing here may keep
// anyone from starting. Invariant: a bundle lies under the name of the sources that it was made of, whole, or not at
// all.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"

/** A process that runs from a bundle may still load parts of it when the next is made. */
const KEPT = 3
const ENTRIES = ["src/main.ts", "src/layers/embedded/pglite.worker.ts"]
/** Brings files of its own, which it looks for beside itself. */
const EXTERNAL = "@electric-sql/pglite"

/** The name of the sources as they are; see there. */
const fingerprint = (root) => {
  const { status, stdout } = spawnSync("sh", ["scripts/fingerprint"], { cwd: root, encoding: "utf8" })
  const name = status === 0 ? stdout.trim() : ""
  if (name === "") throw new Error("scripts/fingerprint gives no name")
  return name
}

const build = (root, runtime, dist, name) => {
  mkdirSync(dist, { recursive: true })
  const draft = mkdtempSync(join(dist, "draft-"))
  const bundler = join(root, "node_modules", "rolldown", "bin", "cli.mjs")
  const options = ["--dir", draft, "--platform", "node", "--format", "esm", "--external", EXTERNAL]
  const { status, stderr, error } = spawnSync(runtime, [bundler, ...ENTRIES, ...options], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" }
  })
  try {
    if (status !== 0) throw error ?? new Error(stderr.trim())
    // sources that were changed meanwhile have another name
    if (fingerprint(root) === name && !existsSync(join(dist, name))) renameSync(draft, join(dist, name))
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Removes all but the newest. */
const prune = (dist) => {
  const age = (name) => -statSync(join(dist, name)).mtimeMs
  const old = readdirSync(dist)
    .sort((a, b) => age(a) - age(b))
    .slice(KEPT)
  for (const name of old) rmSync(join(dist, name), { recursive: true, force: true })
}

/** Makes the bundle of the sources in `root`, if it is not there yet; says on stderr if it can't. */
export const bundle = (root, runtime) => {
  const dist = join(root, "dist")
  try {
    const name = fingerprint(root)
    if (existsSync(join(dist, name, "main.js"))) return
    build(root, runtime, dist, name)
    prune(dist)
  } catch (cause) {
    console.error(`level4: no bundle, it starts from its sources: ${cause.message}`)
  }
}
