// Owns the settings of the service: the LEVEL4_ environment variables, each named once with its type and default.
// Endpoint overrides are read by EndpointOverrides, LEVEL4_LOG_FORMAT by Logs; LEVEL4_URL is the command line's own.
// Invariant: settings that contradict each other or would expose an open service never reach a layer: the start is
// refused, and the message says what to change.
import {
  Config,
  Context,
  Duration,
  Effect,
  HashMap,
  Layer,
  Option,
  Redacted,
  Result,
  Schema,
  SchemaIssue,
  SchemaTransformation
} from "effect"
import type { LogLevel } from "effect/LogLevel"
import { isIPv4 } from "node:net"
import { type EndpointKind, endpointVariable, protocolVariable } from "../domain/endpointVariable.ts"
import type { MarketType } from "../domain/MarketType.ts"
import type { Endpoints } from "../feeds/market/LiveFeed.ts"
import type { Limits } from "../schemes/TranslationScheme.ts"
import { dataDirOf } from "./embedded/dataDir.ts"
import { readEndpointOverrides } from "./EndpointOverrides.ts"
import { withOverrides } from "./LimitOverrides.ts"
import { nearestVariable, VENUE_VARIABLES } from "./variableNames.ts"

/** A setting can't be used; `detail` says what is wrong with it and how to mend it, and never shows a secret. */
export class InvalidSetting extends Schema.TaggedError<InvalidSetting>()("InvalidSetting", {
  variable: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `${this.variable}: ${this.detail}`
  }
}

export class Settings extends Context.Service<
  Settings,
  {
    /** The address the HTTP server listens on. */
    readonly host: string
    /** Its port; 0 takes any free one. */
    readonly port: number
    /** A Postgres server; none: the embedded database in `dataDir`. */
    readonly databaseUrl: Option.Option<Redacted.Redacted>
    /** Where the embedded database lives; an absolute path. */
    readonly dataDir: string
    /** At start, `idle` switches feeds off that no process runs, `resume` starts them again. */
    readonly onBoot: "idle" | "resume"
    readonly operatorToken: Option.Option<Redacted.Redacted>
    readonly readerToken: Option.Option<Redacted.Redacted>
    /** Names, beside loopback's and `host`, by which clients may call the service; lower case, without port. */
    readonly allowedHosts: ReadonlyArray<string>
    /** Web origins, such as `https://desk.example`, whose pages may call the service. */
    readonly allowedOrigins: ReadonlyArray<string>
    /** Connections that one client, known by its address, may hold at a time. */
    readonly clientConnections: number
    /** Requests a second that one client may send for long; five seconds' worth may come at once. */
    readonly clientRequestsPerSecond: number
    /** The largest message, in bytes, that a client may send on the stream. */
    readonly streamMessageBytes: number
    /** Subscriptions, counted as channel times market, that one connection of the stream may hold. */
    readonly streamSubscriptions: number
    readonly logLevel: LogLevel
    /** How often a book is held against the venue's REST book, where the protocol cannot show a loss. */
    readonly auditInterval: Duration.Duration
    /** How long a venue's listing is taken for what it lists now, and how often it is asked while it is followed. */
    readonly listingInterval: Duration.Duration
    /** The address that replaces a venue's own endpoint, if one is set; names are compared without case. */
    readonly endpoint: (exchange: string, marketType: MarketType, kind: EndpointKind) => Option.Option<string>
    /** Which of a venue's protocols is spoken, if not today's. */
    readonly protocol: (exchange: string, marketType: MarketType) => Option.Option<string>
    /** A venue's limits, where settings replace what its sheet says. */
    readonly limits: (exchange: string, limits: Limits) => Limits
  }
>()("level4/layers/Settings") {
  static readonly layer = Layer.effect(Settings)(Effect.suspend(() => make))
}

const VARIABLES = {
  host: "LEVEL4_HOST",
  port: "LEVEL4_PORT",
  databaseUrl: "LEVEL4_DATABASE_URL",
  dataDir: "LEVEL4_DATA_DIR",
  onBoot: "LEVEL4_ON_BOOT",
  operatorToken: "LEVEL4_OPERATOR_TOKEN",
  readerToken: "LEVEL4_READER_TOKEN",
  allowedHosts: "LEVEL4_ALLOWED_HOSTS",
  allowedOrigins: "LEVEL4_ALLOWED_ORIGINS",
  clientConnections: "LEVEL4_CLIENT_CONNECTIONS",
  clientRequestsPerSecond: "LEVEL4_CLIENT_REQUESTS_PER_SECOND",
  streamMessageBytes: "LEVEL4_STREAM_MESSAGE_BYTES",
  streamSubscriptions: "LEVEL4_STREAM_SUBSCRIPTIONS",
  logLevel: "LEVEL4_LOG_LEVEL",
  auditInterval: "LEVEL4_AUDIT_INTERVAL",
  listingInterval: "LEVEL4_LISTING_INTERVAL"
} as const
/** Read by Logs.ts. */
export const LOG_FORMAT = "LEVEL4_LOG_FORMAT"
const KNOWN: ReadonlySet<string> = new Set([...Object.values(VARIABLES), LOG_FORMAT, "LEVEL4_URL"])

const LOG_LEVELS = { trace: "Trace", debug: "Debug", info: "Info", warn: "Warn", error: "Error", none: "None" } as const
const LogLevelName = Schema.String.pipe(
  Schema.decode(SchemaTransformation.toLowerCase()),
  Schema.decodeTo(Schema.Literals(["trace", "debug", "info", "warn", "error", "none"]))
)
const Limit = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const list = (variable: string) =>
  Config.String(variable).pipe(
    Config.withDefault(""),
    Config.map((text) =>
      text
        .toLowerCase()
        .split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "")
    )
  )
const LEAST_AUDIT_INTERVAL = Duration.seconds(1)
const LEAST_LISTING_INTERVAL = Duration.seconds(1)
const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))

const variables = Config.all({
  host: Config.String(VARIABLES.host).pipe(Config.withDefault("127.0.0.1")),
  port: Config.schema(Port, VARIABLES.port).pipe(Config.withDefault(4004)),
  databaseUrl: Config.option(Config.Redacted(VARIABLES.databaseUrl)),
  dataDir: Config.option(Config.String(VARIABLES.dataDir)).pipe(
    Config.map((setting) => dataDirOf(Option.getOrUndefined(setting)))
  ),
  onBoot: Config.Literals(["idle", "resume"], VARIABLES.onBoot).pipe(Config.withDefault("idle")),
  operatorToken: Config.option(Config.Redacted(VARIABLES.operatorToken)),
  readerToken: Config.option(Config.Redacted(VARIABLES.readerToken)),
  allowedHosts: list(VARIABLES.allowedHosts),
  allowedOrigins: list(VARIABLES.allowedOrigins),
  clientConnections: Config.schema(Limit(1, 65_535), VARIABLES.clientConnections).pipe(Config.withDefault(1_000)),
  clientRequestsPerSecond: Config.schema(Limit(1, 1_000_000), VARIABLES.clientRequestsPerSecond).pipe(
    Config.withDefault(2_000)
  ),
  streamMessageBytes: Config.schema(Limit(1_024, 1 << 20), VARIABLES.streamMessageBytes).pipe(
    Config.withDefault(65_536)
  ),
  streamSubscriptions: Config.schema(Limit(1, 100_000), VARIABLES.streamSubscriptions).pipe(Config.withDefault(5_000)),
  auditInterval: Config.Duration(VARIABLES.auditInterval).pipe(Config.withDefault(Duration.minutes(1))),
  listingInterval: Config.Duration(VARIABLES.listingInterval).pipe(Config.withDefault(Duration.minutes(15))),
  logLevel: Config.schema(LogLevelName, VARIABLES.logLevel).pipe(
    Config.withDefault("info"),
    Config.map((name): LogLevel => LOG_LEVELS[name])
  )
})

const make = Effect.gen(function* () {
  const settings = yield* variables.pipe(Effect.mapError(fromConfigError))
  const overrides = yield* readEndpointOverrides(KNOWN).pipe(Effect.orDie)
  const [refused] = overrides.refused
  if (refused !== undefined) return yield* new InvalidSetting({ variable: refused[0], detail: refused[1] })
  yield* refuseOpenService(settings)
  yield* refuseHastyAudits(settings)
  yield* refuseHastyListings(settings)
  yield* refuseForeignDatabase(settings)
  yield* refuseUnreadableLists(settings)
  yield* refuseGuessableTokens(settings)
  const ofVenues = [...HashMap.keys(overrides.urls), ...HashMap.keys(overrides.protocols), ...overrides.limits.keys()]
  const [unknown] = [...overrides.unknown, ...ofVenues.filter((variable) => !VENUE_VARIABLES.has(variable))]
  if (unknown !== undefined) return yield* new InvalidSetting({ variable: unknown, detail: misspelt(unknown) })
  return Settings.of({
    ...settings,
    endpoint: (exchange, marketType, kind) => HashMap.get(overrides.urls, endpointVariable(exchange, marketType, kind)),
    protocol: (exchange, marketType) => HashMap.get(overrides.protocols, protocolVariable(exchange, marketType)),
    limits: (exchange, limits) => withOverrides(overrides.limits, exchange, limits)
  })
})

const misspelt = (variable: string): string => {
  const nearest = nearestVariable(variable, KNOWN)
  const hint = nearest === null ? "README.md lists those there are." : `Did you mean ${nearest}?`
  return `no setting has this name. ${hint} Correct it, or unset it.`
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

// the schema's own words are kept: they name what was expected, and none of them repeats a secret's value
const fromConfigError = ({ cause }: Config.ConfigError): InvalidSetting => {
  if (!Schema.isSchemaError(cause)) return new InvalidSetting({ variable: "LEVEL4_*", detail: cause.message })
  const [first] = issuesOf(cause.issue).issues
  const variable = (first?.path ?? []).map(String).join("_")
  return new InvalidSetting({ variable: variable === "" ? "LEVEL4_*" : variable, detail: first?.message ?? "" })
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."))

const refuseOpenService = (settings: Config.Success<typeof variables>) =>
  isLoopback(settings.host) || Option.isSome(settings.operatorToken)
    ? Effect.void
    : new InvalidSetting({
        variable: VARIABLES.host,
        detail:
          `${settings.host} is reachable from other machines, and without a token anyone there could operate level4. ` +
          `Set ${VARIABLES.operatorToken} to a long random text (for instance from \`openssl rand -hex 32\`), ` +
          `or leave ${VARIABLES.host} at 127.0.0.1.`
      })

/** Printable ASCII without blanks: what a header carries unchanged, and long enough that nobody guesses it. */
const TOKEN = /^[\x21-\x7e]{16,}$/

const refuseGuessableTokens = (settings: Config.Success<typeof variables>) => {
  for (const name of ["operatorToken", "readerToken"] as const) {
    const token = settings[name]
    if (Option.isNone(token) || TOKEN.test(Redacted.value(token.value))) continue
    const detail =
      "expected at least 16 printable ASCII characters without blanks, such as `openssl rand -hex 32` gives"
    return new InvalidSetting({ variable: VARIABLES[name], detail })
  }
  return Effect.void
}

const refuseHastyAudits = ({ auditInterval }: Config.Success<typeof variables>) =>
  Duration.isLessThan(auditInterval, LEAST_AUDIT_INTERVAL)
    ? new InvalidSetting({
        variable: VARIABLES.auditInterval,
        detail:
          "an audit takes 5 to 10 s of watching; " +
          `expected at least ${Duration.format(LEAST_AUDIT_INTERVAL)}, such as "60 seconds"`
      })
    : Effect.void

const refuseHastyListings = ({ listingInterval }: Config.Success<typeof variables>) =>
  Duration.isLessThan(listingInterval, LEAST_LISTING_INTERVAL)
    ? new InvalidSetting({
        variable: VARIABLES.listingInterval,
        detail:
          "a listing is one of a venue's largest answers; " +
          `expected at least ${Duration.format(LEAST_LISTING_INTERVAL)}, such as "15 minutes"`
      })
    : Effect.void

const refuseForeignDatabase = ({ databaseUrl }: Config.Success<typeof variables>) => {
  if (Option.isNone(databaseUrl)) return Effect.void
  const url = Result.try(() => new URL(Redacted.value(databaseUrl.value)))
  return Result.isSuccess(url) && /^postgres(ql)?:$/.test(url.success.protocol)
    ? Effect.void
    : new InvalidSetting({
        variable: VARIABLES.databaseUrl,
        detail: "expected an address such as postgres://user:password@127.0.0.1:5432/level4"
      })
}

const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]+\])$/

const refuseUnreadableLists = ({ allowedHosts, allowedOrigins }: Config.Success<typeof variables>) => {
  const host = allowedHosts.find((entry) => !HOST.test(entry))
  if (host !== undefined) {
    const detail = `${host} is no host name; list names without scheme and port, such as level4.example,level4.internal`
    return new InvalidSetting({ variable: VARIABLES.allowedHosts, detail })
  }
  // no wildcard: every page a user of this machine opens could then operate level4
  const origin = allowedOrigins.find((entry) => !isOrigin(entry))
  if (origin === undefined) return Effect.void
  const detail =
    `${origin} is no web origin; list scheme, host and port alone, ` +
    "such as https://desk.example,http://localhost:5173"
  return new InvalidSetting({ variable: VARIABLES.allowedOrigins, detail })
}

const isOrigin = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text

/** The addresses that are set in place of a venue's own, as a feed takes them. */
export const endpointsOf = (settings: Settings["Service"], exchange: string, marketType: MarketType): Endpoints => {
  const endpoint = (kind: EndpointKind) => Option.getOrUndefined(settings.endpoint(exchange, marketType, kind))
  return { ws: endpoint("WS"), rest: endpoint("REST") }
}
