// Owns the examination of this installation, as `level4 doctor` prints it: which checks there are, all at the same
// time, and the order of what they find. Each check is a file beside. Invariants: it changes nothing, in the database
// or on the disk; every check ends by itself within 12 s; no secret is in a finding.
import { Effect, Result } from "effect"
import { fail, type Finding } from "../../domain/Finding.ts"
import { agentFor, useProxies } from "../../feeds/venue/Proxy.ts"
import { readEndpointOverrides } from "../EndpointOverrides.ts"
import { Settings } from "../Settings.ts"
import { clockFindings } from "./clockFindings.ts"
import { databaseFindings } from "./databaseFindings.ts"
import { endpointsOfVenues } from "./endpointsOfVenues.ts"
import { diskFinding, runtimeFindings } from "./machineFindings.ts"
import { nameFindings } from "./nameFindings.ts"
import { reachEndpoint } from "./reachEndpoint.ts"
import { settingsFindings } from "./settingsFindings.ts"

/** How many addresses of exchanges are dialled at a time: all of them, as things are. */
const AT_A_TIME = 64

/** `exchanges`: whose addresses are looked at, in any case; none: those of all that level4 can follow. */
export interface Examined {
  readonly exchanges: ReadonlyArray<string>
}

export const doctor = Effect.fnUntraced(function* ({ exchanges }: Examined) {
  const overrides = yield* readEndpointOverrides(new Set()).pipe(Effect.orDie)
  const settings = yield* Effect.result(Effect.provide(Settings, Settings.layer))
  // the way to the venues is the one that the service would take
  const proxies = yield* Effect.result(useProxies(process.env))
  if (Result.isFailure(proxies)) {
    const { variable, detail } = proxies.failure
    return [fail("settings", `${variable}: ${detail}`, `Correct ${variable}, or unset it; then ask again.`)]
  }
  const { endpoints, closed } = endpointsOfVenues(exchanges, overrides)
  const isProxied = agentFor("wss:") !== undefined
  const venues = Effect.gen(function* () {
    const reached = yield* Effect.forEach(endpoints, reachEndpoint, { concurrency: AT_A_TIME })
    const dated = reached.flatMap(({ dated }) => (dated === null ? [] : [dated]))
    return [...clockFindings(dated), ...reached.map(({ finding }) => finding)]
  })
  const parts: ReadonlyArray<ReadonlyArray<Finding>> = yield* Effect.all(
    [
      Effect.sync(() => settingsFindings(settings, overrides)),
      databaseFindings(settings),
      Effect.sync(() => [...diskFinding(settings), ...runtimeFindings()]),
      // behind a proxy it is the proxy that looks names up
      isProxied ? Effect.succeed([]) : nameFindings(endpoints.map(({ url }) => new URL(url).hostname)),
      venues
    ],
    { concurrency: "unbounded" }
  )
  return [...parts.flat(), ...closed]
}, Effect.scoped)
