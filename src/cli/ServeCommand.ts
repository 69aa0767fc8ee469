// Owns `level4 serve` as far as the command line goes: its help, which names the settings. The service itself comes
// through the seam; the settings are read by layers/Settings.ts.
import { ConfigProvider, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import type { Seams } from "./Seams.ts"

const SETTINGS = [
  ["LEVEL4_HOST", "address to listen on (127.0.0.1)"],
  ["LEVEL4_PORT", "port to listen on, 0 for any free one (4004)"],
  ["LEVEL4_DATABASE_URL", "a Postgres server; unset: the embedded database"],
  ["LEVEL4_DATA_DIR", "where the embedded database lives"],
  ["LEVEL4_ON_BOOT", "idle: all feeds off; resume: start those that ran (idle)"],
  ["LEVEL4_OPERATOR_TOKEN", "for writing (16 characters at least); needed beyond loopback"],
  ["LEVEL4_READER_TOKEN", "for calls that only read (16 characters at least)"],
  ["LEVEL4_ALLOWED_HOSTS", "more names by which clients may call it, comma-separated"],
  ["LEVEL4_ALLOWED_ORIGINS", "web origins whose pages may call it, comma-separated"],
  ["LEVEL4_CLIENT_CONNECTIONS", "connections that one client address may hold (1000)"],
  ["LEVEL4_CLIENT_REQUESTS_PER_SECOND", "requests of one client address, for long (2000)"],
  ["LEVEL4_STREAM_MESSAGE_BYTES", "largest message a client may send on /stream (65536)"],
  ["LEVEL4_STREAM_SUBSCRIPTIONS", "channels times markets of one /stream connection (5000)"],
  ["LEVEL4_LOG_LEVEL", "trace, debug, info, warn, error or none (info)"],
  ["LEVEL4_LOG_FORMAT", "text or json: how log lines look (text)"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "a collector that traces and logs are sent to"]
] as const

const description = [
  "Run the service until Ctrl-C, SIGTERM or SIGHUP: the catalog, the HTTP API and the feeds. One service at a time " +
    "holds a database. Settings are environment variables, which --host and --port go before; a LEVEL4_ name that is " +
    "none of them is refused:",
  "",
  ...SETTINGS.map(([name, meaning]) => `  ${name.padEnd(33)}  ${meaning}`),
  "",
  "LEVEL4_<EXCHANGE>_<MARKET_TYPE>_WS_URL and _REST_URL point a venue's endpoint elsewhere, such as at 'level4 " +
    "playback'. What a venue is asked at most, older protocols and the interval of audits are set by more, which " +
    "README.md lists. HTTPS_PROXY, HTTP_PROXY and NO_PROXY hold for the way to venues and collector."
].join("\n")

const flags = {
  host: Flag.String("host").pipe(
    Flag.withMetavar("<address>"),
    Flag.withDescription("The address to listen on, over LEVEL4_HOST (default 127.0.0.1)"),
    Flag.optional
  ),
  port: Flag.Int("port").pipe(
    Flag.withMetavar("<port>"),
    Flag.withDescription("The port to listen on, over LEVEL4_PORT (default 4004); 0 takes any free one"),
    Flag.filter(
      (port) => port >= 0 && port <= 65535,
      () => "Expected a port from 0 to 65535"
    ),
    Flag.optional
  )
}

/** Settings of which some were given on the command line; all else, also what lists their names, is as it was. */
const over = (settings: ConfigProvider.ConfigProvider, given: ReadonlyMap<string, string>) =>
  ConfigProvider.make(([name, ...below]) => {
    const value = below.length > 0 ? undefined : given.get(String(name))
    return Effect.succeed(value === undefined ? undefined : ConfigProvider.makeValue(value))
  }).pipe(ConfigProvider.orElse(settings))

export const serveCommand = <R>(seams: Seams<R>) =>
  Command.make("serve", flags, ({ host, port }) => {
    const given = new Map([
      ...Option.toArray(Option.map(host, (text) => ["LEVEL4_HOST", text] as const)),
      ...Option.toArray(Option.map(port, (number) => ["LEVEL4_PORT", String(number)] as const))
    ])
    return Effect.updateService(seams.serve, ConfigProvider.ConfigProvider, (settings) => over(settings, given))
  }).pipe(
    Command.withDescription(description),
    Command.withShortDescription("Run the service"),
    Command.withExamples([
      { command: "level4 serve", description: "On http://127.0.0.1:4004 with the embedded database" },
      { command: "level4 serve --port 5000", description: "On another port, whatever LEVEL4_PORT says" },
      {
        command: "LEVEL4_PORT=5000 LEVEL4_DATABASE_URL=postgres://level4@127.0.0.1/level4 level4 serve",
        description: "On another port, with a Postgres server"
      }
    ])
  )
