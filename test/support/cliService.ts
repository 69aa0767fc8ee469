// Runs a test of the command line against a service of its own: the real HTTP server on a free loopback port, with a
// catalog in memory and feeds that are fakes.
import { Effect } from "effect"
import { ApiClient, layerApi } from "./ApiClient.ts"
import { inMemory } from "./Catalogs.ts"
import { level4, type Ran, type Surroundings } from "./CommandLine.ts"

export type CommandLine = (args: string, around?: Surroundings) => Effect.Effect<Ran>

/** `test` gets a command line whose LEVEL4_URL is the service's; its arguments are one text, split at spaces. */
export const onService = <A, E, R>(test: (cli: CommandLine, url: string) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const { url } = yield* ApiClient
    const cli: CommandLine = (args, around) =>
      level4(args.split(" "), { ...around, env: { LEVEL4_URL: url, ...around?.env } })
    return yield* test(cli, url)
  }).pipe(Effect.provide(layerApi(inMemory)), Effect.scoped)

/** What the API itself answers, to compare with what the command line made of it. */
export const got = (path: string) =>
  Effect.flatMap(ApiClient, ({ send }) => Effect.map(send("GET", path), ({ json }) => json))

export const NEW_BTC = "markets new --exchange Kraken --base BTC --quote USD --type SPOT --create"
