// Owns the entry of the process: hands the command line its seams and runs it. Each seam is imported when it is called,
// so that a short command does not load the service; `--version` loads nothing at all, and `serve` begins with its
// database.
import { enableCompileCache } from "node:module"
import manifest from "../package.json" with { type: "json" }
import { codeAfter, SIGNALS } from "./cli/Signals.ts"

const args = process.argv.slice(2)
// until the command runs, which hears them itself, there is nothing to close
for (const signal of SIGNALS) process.on(signal, () => process.exit(codeAfter(signal, args[0])))
enableCompileCache()

if (args.length === 1 && (args[0] === "--version" || args[0] === "-v")) {
  process.stdout.write(`level4 ${manifest.version}\n`)
} else {
  if (args.length === 1 && args[0] === "serve") {
    const { beginHeadStart } = await import("./layers/embedded/HeadStart.ts")
    beginHeadStart(process.env)
  }
  const { start } = await import("./start.ts")
  start(manifest.version, args)
}
