// Owns `level4 tail`: which markets and channels to follow, read from arguments. Following is tail.ts, loaded only
// then.
import { Effect } from "effect"
import { Argument, CliError, Command, Flag } from "effect/cli"
import type { Place } from "../client/Places.ts"
import { ALIASES, channelSpellings } from "../domain/ChannelName.ts"
import { clientFlags } from "./ClientFlags.ts"
import { parseReference } from "./MarketReference.ts"

const DEFAULT_CHANNELS = "spread,trade"

const parseSince = (pairs: Record<string, string>): Effect.Effect<Record<string, Place>, CliError.InvalidValue> => {
  const since: Record<string, Place> = {}
  for (const [market, text] of Object.entries(pairs)) {
    const match = /^(\d{1,15})-(\d{1,16})(?:-([\w-]{1,64}))?$/.exec(text)
    if (match === null || !/^[1-9]\d{0,15}$/.test(market)) {
      const expected = "Expected a market's number and its last place, epoch-seq or epoch-seq-run, such as 1=3-4711"
      return new CliError.InvalidValue({ option: "since", value: `${market}=${text}`, expected, kind: "flag" })
    }
    const place = { epoch: Number(match[1]), seq: Number(match[2]) }
    since[market] = match[3] === undefined ? place : { ...place, run: match[3] }
  }
  return Effect.succeed(since)
}

const flags = {
  markets: Argument.String("market").pipe(
    Argument.withMetavar("<id|tag|pattern>"),
    Argument.withDescription(
      "Numbers, tags, ccxt's symbols, or quoted patterns such as '*.SPOT:BTC-*', which take in markets to come"
    ),
    Argument.filterMap(parseReference, () => "Expected a market's number, tag or pattern, such as 3 or 'KRAKEN.*'"),
    Argument.variadic({ min: 1 })
  ),
  channels: Flag.String("channels").pipe(
    Flag.withMetavar("<names>"),
    Flag.withDescription(
      `Separated by commas: ${channelSpellings().join(", ")} (default ${DEFAULT_CHANNELS}). ` +
        ALIASES.map(({ alias, channel }) => `${alias} is an alias of ${channel}`).join("; ")
    ),
    Flag.withDefault(DEFAULT_CHANNELS),
    Flag.map((names) => names.split(",").map((name) => name.trim()))
  ),
  delivery: Flag.Literals("delivery", ["lossless", "latest"]).pipe(
    Flag.withDescription("lossless (default): every event; latest: when it reads too slowly, the newest with a count"),
    Flag.withDefault("lossless" as const)
  ),
  since: Flag.KeyValuePair("since").pipe(
    Flag.withMetavar("<id>=<epoch>-<seq>"),
    Flag.withDescription("Continue a market after this place, as far as the service still knows what came"),
    Flag.withDefault({}),
    Flag.mapEffect(parseSince)
  ),
  ...clientFlags
}

export const tailCommand = Command.make(
  "tail",
  flags,
  Effect.fnUntraced(function* ({ url, json, ...request }) {
    const { tail } = yield* Effect.promise(() => import("./tail.ts"))
    yield* tail(url, request, json)
  })
).pipe(
  Command.withDescription(
    "Follow the events of markets until Ctrl-C. A connection that is lost is reported and made again; with delivery " +
      "lossless it continues where it ended, and says what could not be continued. With --json every line is " +
      "one JSON object: an event of the stream, or one of type connected, left_out or disconnected."
  ),
  Command.withShortDescription("Follow the events of markets"),
  Command.withExamples([
    { command: "level4 tail 1 2", description: "Best bid and ask, and trades, of two markets" },
    { command: "level4 tail '*.SPOT:BTC-*' --channels trade", description: "The trades of all spot markets of BTC" },
    {
      command: "level4 tail 1 --channels book_change --json | jq -c 'select(.type == \"book_change\") | .bids'",
      description: "Changes of a book, for a script"
    },
    { command: "level4 tail 1 --since 1=3-1795898565551683", description: "After a place that an event gave earlier" }
  ])
)
