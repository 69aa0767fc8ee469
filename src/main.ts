// Owns the entry of the process: the signals until a command hears them itself, the version, which loads nothing at
// all, and the start of every other command (start.ts).
import { enableCompileCache } from "node:module"
import manifest from "../package.json" with { type: "json" }
import { codeAfter, SIGNALS } from "./cli/Signals.ts"

const args = process.argv.slice(2)
// until the command runs, which hears them itself, there is nothing to close
for (const signal of SIGNALS) process.on(signal, () => process.exit(codeAfter(signal, args[0])))
enableCompileCache()

if (args.length === 1 && /^(?:--version|-v|version)$/.test(args[0]!)) {
  process.stdout.write(`level4 ${manifest.version}\n`)
} else {
  const { start } = await import("./start.ts")
  start(manifest.version, args)
}
