// Owns what every command that calls a service has in common: the flags that name the service and choose the output,
// and the way from them to a client, whose modules are loaded only then, so that help and completions stay quick.
import { Config, Effect } from "effect"
import { CliError, Flag } from "effect/cli"

const DEFAULT_URL = "http://127.0.0.1:4004"

/** The address of a service: http or https, and no secret in it, since messages show it. */
const parseUrl = (text: string): Effect.Effect<string, CliError.InvalidValue> => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined
  if (parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === "" && parsed.password === "") {
    return Effect.succeed(text.replace(/\/+$/, ""))
  }
  return new CliError.InvalidValue({
    option: "url",
    value: text.replace(/^.*@/, "…@"),
    expected: `Expected an address such as ${DEFAULT_URL}; a token belongs into LEVEL4_OPERATOR_TOKEN`,
    kind: "flag"
  })
}

const url = Flag.String("url").pipe(
  Flag.withMetavar("<address>"),
  Flag.withDescription(`The service to talk to (LEVEL4_URL; default ${DEFAULT_URL})`),
  Flag.withFallbackConfig(Config.String("LEVEL4_URL")),
  Flag.withDefault(DEFAULT_URL),
  Flag.mapEffect(parseUrl)
)

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print JSON on stdout, and nothing else there"),
  Flag.withDefault(false),
  Flag.withoutNegation
)

export const clientFlags = { url, json }

export const connect = (url: string) =>
  Effect.flatMap(
    Effect.promise(() => import("./Client.ts")),
    ({ makeClient }) => makeClient(url)
  )
