// Owns the seams between the command line and the rest: what each command does that the HTTP API does not. Each is
// imported when it is called, so that a short command does not load the service.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, type FileSystem, HashMap, Option } from "effect"
import { run } from "./cli/Cli.ts"
import { runMain } from "./cli/runMain.ts"
import type { Seams } from "./cli/Seams.ts"
import { type EndpointKind, endpointVariable } from "./domain/endpointVariable.ts"
import { readEndpointOverrides } from "./layers/EndpointOverrides.ts"
import { InvalidSetting } from "./layers/Settings.ts"
import { describeExchange, exchangeNames } from "./schemes/Schemes.ts"

const serve = Effect.flatMap(
  Effect.promise(() => import("./service.ts")),
  (service) => service.serve
)
const replay: Seams["replay"] = (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./feeds/recording/ReplayReport.ts")),
    ({ replayReport }) => replayReport(options)
  )
const playback: Seams["playback"] = (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./feeds/recording/Playback.ts")),
    ({ Playback }) => Playback.run(options)
  )
const record: Seams["record"] = Effect.fnUntraced(function* (options) {
  const module = yield* Effect.promise(() => import("./feeds/recording/Record.ts"))
  const overrides = yield* readEndpointOverrides(new Set()).pipe(Effect.orDie)
  const variable = (kind: EndpointKind) => endpointVariable(options.exchange, options.marketType, kind)
  // dialling the real venue because an override is misspelt would be the wrong kind of help
  const refused = overrides.refused.find(([name]) => name === variable("WS") || name === variable("REST"))
  if (refused !== undefined) return yield* new InvalidSetting({ variable: refused[0], detail: refused[1] })
  const { useProxies } = yield* Effect.promise(() => import("./feeds/venue/Proxy.ts"))
  yield* Effect.mapError(
    useProxies(process.env),
    (error) => new InvalidSetting({ variable: error.variable, detail: error.detail })
  )
  const endpoint = (kind: EndpointKind) => Option.getOrUndefined(HashMap.get(overrides.urls, variable(kind)))
  return yield* module.record({
    ...options,
    pair: Option.some(options.pair),
    endpoints: { ws: endpoint("WS"), rest: endpoint("REST") }
  })
}, Effect.scoped)
const simulate: Seams<FileSystem.FileSystem>["simulate"] = (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./simulator/simulate.ts")),
    (module) => module.simulate(options)
  )
const doctor: Seams["doctor"] = (options) =>
  Effect.flatMap(
    Effect.promise(() => import("./layers/doctor/doctor.ts")),
    (module) => module.doctor(options)
  )
const supported = Effect.sync(() =>
  exchangeNames().map((name) => {
    const { status, offers } = describeExchange(name)
    return { name, status, offers }
  })
)

/** Runs the command line with its arguments, and ends the process with its exit code. */
export const start = (version: string, args: ReadonlyArray<string>): void =>
  runMain(
    run({ serve, replay, playback, record, simulate, supported, doctor }, version, args).pipe(
      Effect.provide(NodeServices.layer)
    ),
    args[0]
  )
