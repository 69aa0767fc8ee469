// The command line as a process of its own, wired as src/main.ts wires it but with seams that only say what they were
// asked for: for tests of exit codes, stdout, stderr, signals and pipes.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { run } from "../../src/cli/Cli.ts"
import { seams } from "./cliSeams.ts"

NodeRuntime.runMain(run(seams, "1.2.3", process.argv.slice(2)).pipe(Effect.provide(NodeServices.layer)))
