// Owns `level4 markets add`: all that exchanges list and that matches a pattern, added by one request, and a wait for
// the books. What matches and what is added is the service's.
import { Effect, Option, Schema } from "effect"
import { Argument, CliError, Command, Flag } from "effect/cli"
import type { BatchedMarket, MarketBatch } from "../domain/MarketBatch.ts"
import { PatternText } from "../domain/MarketPattern.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { SomeRefused } from "./Failures.ts"
import { printData, tell } from "./Output.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"
import { timeoutWithoutWait, waitFlags, waitLive } from "./waitLive.ts"

const MAX_PATTERNS = 20

const paint = (style: Style, outcome: BatchedMarket["outcome"]): ((text: string) => string) =>
  outcome === "added" ? style.good : outcome === "refused" ? style.bad : style.quiet

const batchTable = (style: Style, { markets }: MarketBatch): string =>
  table(
    style,
    [
      { title: "ID", cell: ({ market_id }) => market_id ?? "-", align: "right" },
      { title: "MARKET", cell: ({ tag }) => tag },
      { title: "NATIVE SYMBOL", cell: ({ native_symbol }) => native_symbol },
      {
        title: "OUTCOME",
        cell: ({ outcome, started }) => `${outcome.replace("_", " ")}${started ? ", started" : ""}`,
        paint: (text, { outcome }) => paint(style, outcome)(text)
      },
      { title: "DETAIL", cell: ({ detail }) => detail ?? "-", elastic: 12 }
    ],
    markets
  )

/** What was done, in a line. */
const summary = ({ added, dry_run, existing, matched, refused, started }: MarketBatch): string => {
  const counts = [
    `${added} ${dry_run ? "would be added" : "added"}`,
    `${existing} there already`,
    ...(started > 0 ? [`${started} started`] : []),
    ...(refused > 0 ? [`${refused} refused`] : [])
  ]
  return `${matched} listed instruments match: ${counts.join(", ")}`
}

export const marketsAdd = Command.make(
  "add",
  {
    patterns: Argument.String("pattern").pipe(
      Argument.withDescription("Quoted patterns of tags such as 'KRAKEN.SPOT:*-USD', or whole tags; 20 at most"),
      Argument.filter(Schema.is(PatternText), () => "Expected a pattern of tags such as 'KRAKEN.SPOT:*-USD'"),
      Argument.variadic({ min: 1, max: MAX_PATTERNS })
    ),
    start: Flag.Boolean("start").pipe(
      Flag.withDescription("Start the feeds of all that match, also of those that were there"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    limit: Flag.Int("limit").pipe(
      Flag.withMetavar("<n>"),
      Flag.withDescription("Do nothing where more instruments match than this, 1 to 5000 (default 500)"),
      Flag.filter(
        (limit) => limit >= 1 && limit <= 5_000,
        () => "Expected 1 to 5000"
      ),
      Flag.optional
    ),
    dryRun: Flag.Boolean("dry-run").pipe(
      Flag.withDescription("Only say what would be added"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    ...waitFlags,
    ...clientFlags
  },
  Effect.fnUntraced(function* ({ patterns, start, limit, dryRun, wait, timeout, url, json }) {
    const client = yield* connect(url)
    const batch = yield* client.addMarkets({
      patterns,
      start,
      dry_run: dryRun,
      ...(Option.isSome(limit) ? { limit: limit.value } : {})
    })
    const failed = batch.exchanges.filter(({ error }) => error !== null)
    for (const { error, exchange } of failed) yield* tell(`nothing of ${exchange} was added: ${error ?? ""}`)
    if (json || batch.markets.length > 0) yield* printData(json, batch, batchTable)
    yield* tell(summary(batch))
    if (Option.isSome(wait)) {
      const ids = batch.markets.flatMap(({ market_id, outcome }) =>
        market_id === null || outcome === "refused" ? [] : [market_id]
      )
      yield* waitLive(client, ids, timeout, () => Effect.void)
    }
    if (failed.length > 0 || batch.refused > 0) {
      const exchanges =
        failed.length === 0 ? [] : [`nothing added of ${failed.map(({ exchange }) => exchange).join(", ")}`]
      const markets = batch.refused === 0 ? [] : [`${batch.refused} of ${batch.matched} refused`]
      return yield* new SomeRefused({ summary: [...markets, ...exchanges].join("; ") })
    }
  })
).pipe(
  Command.validate((input) => {
    const message =
      timeoutWithoutWait(input) ??
      (Option.isSome(input.wait) && (!input.start || input.dryRun)
        ? "--wait live goes with --start, and not with --dry-run"
        : undefined)
    return message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))
  }),
  Command.withDescription(
    "Add all that exchanges list now and whose tag matches a pattern, with exchange and symbols as needed, in one " +
      "request. Delisted instruments are left out; doing it again adds only what is missing. A * before the first " +
      "dot means every exchange whose listing can be had. The exit code is 2 where an exchange did not say what it " +
      "lists, or a market was refused; the others are added all the same."
  ),
  Command.withShortDescription("Add all listed markets that match"),
  Command.withExamples([
    { command: "level4 markets add 'KRAKEN.SPOT:*-USD' --dry-run", description: "What that would be" },
    {
      command: "level4 markets add 'KRAKEN.SPOT:BTC-*' '*.PERP:ETH-USDT' --start --wait live --timeout 90s",
      description: "Added, started, and live"
    },
    { command: "level4 markets add 'BYBIT.*' --limit 5000", description: "A whole exchange" }
  ])
)
