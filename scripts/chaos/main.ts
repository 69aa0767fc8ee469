// Owns the entry of `npm run chaos`: its flags, and that a broken promise is exit code 1. What is tried is chaos.ts,
// scale.ts and soak.ts.
//
//   npm run chaos -- --seed 1 --seconds 120 [--exchange Kraken …] [--json]
//   npm run chaos -- --scale Kraken [--markets 300]
//   npm run chaos -- --soak 3600 --rate 2000
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { writeFileSync } from "node:fs"
import { chaos } from "./chaos.ts"
import { report } from "./report.ts"
import { scale, scaleReport } from "./scale.ts"
import { soak, soakLine, soakTitle } from "./soak.ts"

const say = (text: string): void => console.error(text)

const flags = {
  seed: Flag.String("seed").pipe(Flag.withDescription("The same seed gives the same faults"), Flag.withDefault("1")),
  seconds: Flag.Int("seconds").pipe(Flag.withDescription("How long, at least 20"), Flag.withDefault(120)),
  exchanges: Flag.String("exchange").pipe(Flag.withDescription("Only this exchange; may be repeated"), Flag.atLeast(0)),
  log: Flag.String("log").pipe(Flag.withDescription("Write the service's log to this file"), Flag.optional),
  json: Flag.Boolean("json").pipe(Flag.withDescription("One JSON object on stdout"), Flag.withDefault(false)),
  scale: Flag.String("scale").pipe(
    Flag.withDescription("Instead: many markets of this exchange, within its limits, through 30 s of its absence"),
    Flag.optional
  ),
  markets: Flag.Int("markets").pipe(Flag.withDescription("How many of them"), Flag.withDefault(300)),
  soak: Flag.Int("soak").pipe(Flag.withDescription("Instead: so many seconds without a fault"), Flag.optional),
  rate: Flag.Int("rate").pipe(Flag.withDescription("Frames a second of it"), Flag.withDefault(2_000))
}

const command = Command.make(
  "chaos",
  flags,
  ({ json, log, scale: exchange, markets, soak: length, rate, ...options }) =>
    Effect.gen(function* () {
      if (Option.isSome(length)) {
        if (!json) console.log(soakTitle)
        const print = (line: Parameters<typeof soakLine>[0]): void =>
          console.log(json ? JSON.stringify(line) : soakLine(line))
        yield* soak(length.value, rate, options.seed, print)
        return
      }
      if (Option.isSome(exchange)) {
        const outcome = yield* scale(exchange.value, markets, options.seed, say)
        console.log(json ? JSON.stringify(outcome) : scaleReport(outcome))
        if (outcome.broken.length > 0) process.exitCode = 1
        return
      }
      const { log: serviceLog, ...outcome } = yield* chaos({ ...options, marketsEach: 2, liveWithin: 10_000, say })
      if (Option.isSome(log)) writeFileSync(log.value, serviceLog)
      console.log(json ? JSON.stringify(outcome) : report(outcome))
      if (outcome.broken.length > 0) process.exitCode = 1
    })
).pipe(
  Command.withDescription("Try the service on simulated exchanges that fail in every way, and judge what it served")
)

Command.run(command, { version: "1" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
