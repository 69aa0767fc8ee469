// Owns `level4 replay`, `playback` and `record` as far as the command line goes: their flags and help. What they do
// comes through the seams.
import { Duration, Effect, Option } from "effect"
import { Argument, CliError, Command, Flag } from "effect/cli"
import type { SymbolCode } from "../domain/Asset.ts"
import { base, exchange, marketType, nativeSymbol, quote } from "./DomainParams.ts"
import { DurationFlag } from "./DurationFlag.ts"
import { json } from "./ClientFlags.ts"
import type { Pair, Seams } from "./Seams.ts"

const recording = Argument.File("file", { mustExist: true }).pipe(
  Argument.withDescription("A recording: gzipped NDJSON, as 'level4 record' writes it")
)

/** Spelled --type everywhere; --market-type was its name here. */
const recordedType = marketType("type").pipe(Flag.withAlias("market-type"))

const usage = (message: string) => Effect.fail(new CliError.ValidationError({ message }))

const pairOf = (base: Option.Option<SymbolCode>, quote: Option.Option<SymbolCode>): Option.Option<Pair> =>
  Option.zipWith(base, quote, (base, quote) => ({ base, quote }))

export const replayCommand = <R>(seams: Seams<R>) =>
  Command.make(
    "replay",
    {
      file: recording,
      exchange,
      marketType: recordedType,
      base: Flag.optional(base),
      quote: Flag.optional(quote),
      nativeSymbol,
      protocol: Flag.String("protocol").pipe(
        Flag.withMetavar("<name>"),
        Flag.withDescription("An older protocol of the exchange that the recording speaks, e.g. v1"),
        Flag.optional
      ),
      json: json.pipe(Flag.withDescription("Print nothing but NDJSON on stdout: every event, last the summary"))
    },
    ({ base, quote, ...options }) => seams.replay({ ...options, pair: pairOf(base, quote) })
  ).pipe(
    Command.validate(({ base, quote, nativeSymbol }) =>
      Option.isSome(base) !== Option.isSome(quote)
        ? usage("--base and --quote go together")
        : Option.isNone(base) && Option.isNone(nativeSymbol)
          ? usage("say which market of the recording: --base and --quote, or --native-symbol")
          : Effect.void
    ),
    Command.withDescription(
      "Fold a recording through the same scheme, mediator and book as a live feed, and show every event and the " +
        "final book. A book that is not live at the end is exit code 3; a file that was cut off is read as far as " +
        "it is whole. Needs no running service and no internet."
    ),
    Command.withShortDescription("Fold a recording into its events and final book"),
    Command.withExamples([
      {
        command: "level4 replay kraken.ndjson.gz --exchange Kraken --type SPOT --base BTC --quote USD",
        description: "What happened to one market of a recording"
      },
      {
        command:
          "level4 replay bitmex.ndjson.gz --exchange BitMEX --type INVERSE --native-symbol XBTUSD --json " +
          "| tail -1 | jq .book",
        description: "The final book, for a script"
      }
    ])
  )

export const playbackCommand = <R>(seams: Seams<R>) =>
  Command.make(
    "playback",
    {
      file: recording,
      host: Flag.String("host").pipe(
        Flag.withMetavar("<address>"),
        Flag.withDescription("The address to listen on (default 127.0.0.1)"),
        Flag.withDefault("127.0.0.1")
      ),
      port: Flag.Int("port").pipe(
        Flag.withMetavar("<port>"),
        Flag.withDescription("The port to listen on; 0, the default, takes any free one and prints it"),
        Flag.withDefault(0),
        Flag.filter(
          (port) => port >= 0 && port <= 65535,
          () => "Expected a port from 0 to 65535"
        )
      ),
      speed: Flag.Finite("speed").pipe(
        Flag.withMetavar("<factor>"),
        Flag.withDescription("1, the default, as recorded; 2 twice as fast; 0 as fast as the client reads"),
        Flag.withDefault(1),
        Flag.filter(
          (speed) => speed >= 0,
          () => "Expected 0 or more"
        )
      )
    },
    (options) => seams.playback(options)
  ).pipe(
    Command.withDescription(
      "Serve a recording as if it were the exchange: its websocket frames and recorded REST answers, on loopback, " +
        "until Ctrl-C. Point a service at it with LEVEL4_<EXCHANGE>_<MARKET_TYPE>_WS_URL and _REST_URL."
    ),
    Command.withShortDescription("Serve a recording as if it were the exchange"),
    Command.withExamples([
      { command: "level4 playback kraken.ndjson.gz --port 9001", description: "As it happened" },
      { command: "level4 playback kraken.ndjson.gz --speed 0", description: "As fast as it is read" }
    ])
  )

export const recordCommand = <R>(seams: Seams<R>) =>
  Command.make(
    "record",
    {
      exchange,
      marketType: recordedType,
      base,
      quote,
      nativeSymbol,
      out: Flag.Path("out", { pathType: "file" }).pipe(
        Flag.withMetavar("<file>"),
        Flag.withDescription("The recording to write, e.g. kraken.ndjson.gz")
      ),
      duration: DurationFlag("for").pipe(
        Flag.withDescription("How long to record (default 60s); Ctrl-C ends it earlier"),
        Flag.withDefault(Duration.seconds(60))
      )
    },
    ({ base, quote, ...options }) => seams.record({ ...options, pair: { base, quote } })
  ).pipe(
    Command.withDescription(
      "Dial the exchange through the same scheme as a live feed, and write everything that is sent and received, " +
        "REST answers included; the file is written every second and never over another one. Needs no running service."
    ),
    Command.withShortDescription("Record what an exchange says"),
    Command.withExamples([
      {
        command: "level4 record --exchange Kraken --type SPOT --base BTC --quote USD --out kraken.ndjson.gz --for 5m",
        description: "Five minutes of one market"
      }
    ])
  )
