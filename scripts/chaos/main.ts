// Owns the entry of `npm run chaos`: its flags, and that a broken promise is exit code 1. What is tried is chaos.ts.
//
//   npm run chaos -- --seed 1 --seconds 120 [--exchange Kraken …] [--json]
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { writeFileSync } from "node:fs"
import { chaos } from "./chaos.ts"
import { report } from "./report.ts"

const say = (text: string): void => console.error(text)

const command = Command.make(
  "chaos",
  {
    seed: Flag.String("seed").pipe(Flag.withDescription("The same seed gives the same faults"), Flag.withDefault("1")),
    seconds: Flag.Int("seconds").pipe(Flag.withDescription("How long, at least 20"), Flag.withDefault(120)),
    exchanges: Flag.String("exchange").pipe(
      Flag.withDescription("Only this exchange; may be repeated"),
      Flag.atLeast(0)
    ),
    log: Flag.String("log").pipe(Flag.withDescription("Write the service's log to this file"), Flag.withDefault("")),
    json: Flag.Boolean("json").pipe(Flag.withDescription("One JSON object on stdout"), Flag.withDefault(false))
  },
  ({ json, log, ...options }) =>
    Effect.gen(function* () {
      const outcome = yield* chaos({ ...options, marketsEach: 2, say })
      if (log !== "") writeFileSync(log, outcome.log)
      console.log(json ? JSON.stringify({ ...outcome, log: undefined }) : report(outcome))
      if (outcome.broken.length > 0) process.exitCode = 1
    })
).pipe(
  Command.withDescription("Try the service on simulated exchanges that fail in every way, and judge what it served")
)

Command.run(command, { version: "1" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
