// The command line as a process of its own, wired as src/main.ts wires it but with seams that only say what they were
// asked for: for tests of exit codes, stdout, stderr, signals and pipes.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { run } from "../../src/cli/Cli.ts"
import { runMain } from "../../src/cli/runMain.ts"
import { seams } from "./cliSeams.ts"

const args = process.argv.slice(2)
runMain(run(seams, "1.2.3", args).pipe(Effect.provide(NodeServices.layer)), args[0])
