// Owns the look at the settings: whether the service would take them, and which of them, though each is right, do not
// go together. What a single value may be is said by Settings, EndpointOverrides and LimitOverrides. Pure. Invariant:
// settings are shown by their names alone, so that no secret is.
import { HashMap, Option, Redacted, Result } from "effect"
import { endpointVariable, protocolVariable } from "../../domain/endpointVariable.ts"
import { type Finding, fail, ok, warn } from "../../domain/Finding.ts"
import { schemes } from "../../schemes/Schemes.ts"
import type { EndpointOverrides } from "../EndpointOverrides.ts"
import type { InvalidSetting, Settings } from "../Settings.ts"

export const settingsFindings = (
  settings: Result.Result<Settings["Service"], InvalidSetting>,
  overrides: EndpointOverrides
): ReadonlyArray<Finding> => {
  if (Result.isFailure(settings)) {
    const { message, variable } = settings.failure
    return [fail("settings", message, `Correct ${variable}, or unset it; 'level4 serve' would not start.`)]
  }
  const { host, port } = settings.success
  const names = [
    ...overrides.unknown,
    ...HashMap.keys(overrides.urls),
    ...HashMap.keys(overrides.protocols),
    ...overrides.limits.keys()
  ].toSorted()
  const set = names.length === 0 ? "none is set" : `set: ${names.join(", ")}`
  return [
    ok("settings", `they can be read, and 'level4 serve' would listen on ${host}, port ${port}; ${set}`),
    ...contradictions(settings.success, names),
    ...halfOverridden(overrides),
    ...unknownProtocols(overrides)
  ]
}

const contradictions = (
  { databaseUrl, operatorToken, readerToken }: Settings["Service"],
  names: ReadonlyArray<string>
): ReadonlyArray<Finding> => {
  const found: Array<Finding> = []
  if (Option.isSome(databaseUrl) && names.includes("LEVEL4_DATA_DIR")) {
    const detail = "LEVEL4_DATABASE_URL and LEVEL4_DATA_DIR are both set: the server is used, and the directory is not"
    found.push(warn("settings", detail, "Unset the one that is not meant."))
  }
  if (Option.isSome(readerToken) && Option.isNone(operatorToken)) {
    const detail = "LEVEL4_READER_TOKEN is set and LEVEL4_OPERATOR_TOKEN is not: nobody can change anything"
    found.push(warn("settings", detail, "Set LEVEL4_OPERATOR_TOKEN as well."))
  }
  if (
    Option.isSome(readerToken) &&
    Option.isSome(operatorToken) &&
    Redacted.value(readerToken.value) === Redacted.value(operatorToken.value)
  ) {
    const detail = "LEVEL4_READER_TOKEN and LEVEL4_OPERATOR_TOKEN are the same: every reader can change everything"
    found.push(warn("settings", detail, "Give readers a token of their own."))
  }
  return found
}

/** Every market type of every scheme that uses REST. */
const asking = () =>
  schemes
    .filter(({ rest }) => rest !== null)
    .flatMap(({ exchange, marketTypes }) => marketTypes.map((type) => ({ exchange, type })))

/** A stream of one place and REST books of another would be held against each other. */
const halfOverridden = ({ urls }: EndpointOverrides): ReadonlyArray<Finding> =>
  [...new Map(asking().map(({ exchange, type }) => [`${exchange} ${type}`, { exchange, type }])).values()].flatMap(
    ({ exchange, type }) => {
      const [ws, rest] = [endpointVariable(exchange, type, "WS"), endpointVariable(exchange, type, "REST")]
      if (HashMap.has(urls, ws) === HashMap.has(urls, rest)) return []
      const [set, missing] = HashMap.has(urls, ws) ? [ws, rest] : [rest, ws]
      const detail = `${set} points elsewhere and ${missing} is not set: stream and REST are not of one place`
      return [warn("settings", detail, `Set ${missing} as well, or unset ${set}.`)]
    }
  )

const unknownProtocols = ({ protocols }: EndpointOverrides): ReadonlyArray<Finding> => {
  const found: Array<Finding> = []
  for (const [variable, wanted] of protocols) {
    const typed = schemes.filter(({ exchange, marketTypes }) =>
      marketTypes.some((type) => protocolVariable(exchange, type) === variable)
    )
    const names = [...new Set(typed.flatMap(({ alternative }) => alternative ?? []))]
    if (names.some((name) => name.toLowerCase() === wanted.toLowerCase())) continue
    const detail = `${variable}: there is no protocol ${JSON.stringify(wanted)}; feeds of these markets can't start`
    const fix = names.length === 0 ? "Unset it." : `Set it to ${names.join(" or ")}, or unset it for today's.`
    found.push(fail("settings", detail, fix))
  }
  return found
}
