// Owns `level4 instruments`: what an exchange lists now, as a table or as JSON. Reading and remembering listings is the
// service's; here the pages are put together. Invariant: bounded, however much is listed.
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import type { ListedInstrument } from "../domain/Instrument.ts"
import { InstrumentStatus } from "../domain/InstrumentStatus.ts"
import type { Client } from "./Client.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { base, exchangeName, marketType, quote } from "./DomainParams.ts"
import { printData, tell } from "./Output.ts"
import type { Style } from "./Style.ts"
import { table } from "./Table.ts"

const PAGE = 5_000
/** No exchange lists a tenth of so many rows; a service that always knows another page must not hold this for ever. */
const MAX_PAGES = 20
/** Seconds from which a listing's age is worth a word. */
const OLD = 60

type Query = Parameters<Client["instruments"]>[1]

const paintStatus = (style: Style, status: InstrumentStatus): ((text: string) => string) =>
  status === "trading" ? style.good : status === "delisted" ? style.quiet : style.bad

const time = (micros: number): string => new Date(Math.floor(micros / 1000)).toISOString().slice(0, 16)

const instrumentTable = (style: Style, instruments: ReadonlyArray<ListedInstrument>): string =>
  table(
    style,
    [
      { title: "MARKET", cell: ({ tag }) => tag },
      { title: "NATIVE SYMBOL", cell: ({ native_symbol }) => native_symbol },
      {
        title: "STATUS",
        cell: ({ status }) => status,
        paint: (text, { status }) => paintStatus(style, status)(text)
      },
      { title: "PRICE TICK", cell: ({ price_tick }) => price_tick ?? "-", align: "right" },
      { title: "SIZE STEP", cell: ({ size_step }) => size_step ?? "-", align: "right" },
      { title: "MIN SIZE", cell: ({ min_size }) => min_size ?? "-", align: "right" },
      { title: "SIZES IN", cell: ({ contract_value, size_unit }) => contract_value ?? size_unit, detail: true },
      { title: "MIN NOTIONAL", cell: ({ min_notional }) => min_notional ?? "-", align: "right", detail: true },
      { title: "EXPIRES", cell: ({ expires_at }) => (expires_at === null ? "-" : time(expires_at)), detail: true },
      { title: "ID", cell: ({ market_id }) => market_id ?? "-", align: "right", detail: true }
    ],
    instruments
  )

/** Every row, with the age of the oldest answer in it in seconds. */
const allPages = Effect.fnUntraced(function* (client: Client, exchange: string, query: Query) {
  const rows: Array<ListedInstrument> = []
  let age = 0
  for (let page = 0; page < MAX_PAGES; page++) {
    const last = rows.at(-1)
    const cursor = last === undefined ? {} : { cursor: `${last.market_type}:${last.native_symbol}` }
    const { body, headers } = yield* client.instruments(exchange, { ...query, ...cursor, limit: PAGE })
    rows.push(...body)
    age = Math.max(age, headers.age)
    if (headers.link === undefined || body.length === 0) break
  }
  return { rows, age }
})

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("<text>"), Flag.withDescription(description), Flag.optional)

export const instrumentsCommand = Command.make(
  "instruments",
  {
    exchange: exchangeName,
    type: marketType("type").pipe(Flag.withDescription("Only instruments of this type"), Flag.optional),
    base: base.pipe(Flag.withDescription("Only instruments of this base asset, in any case"), Flag.optional),
    quote: quote.pipe(Flag.withDescription("Only instruments of this quote asset, in any case"), Flag.optional),
    status: Flag.Literals("status", InstrumentStatus.literals).pipe(
      Flag.withDescription("Only instruments with this status"),
      Flag.optional
    ),
    search: text("search", "Only instruments with this in native symbol, tag or base, in any case"),
    stale: Flag.Boolean("stale").pipe(
      Flag.withDescription("Where the exchange does not answer: what it listed last, as far as the service knows"),
      Flag.withDefault(false),
      Flag.withoutNegation
    ),
    ...clientFlags
  },
  Effect.fnUntraced(function* (input) {
    const client = yield* connect(input.url)
    const query: Query = {
      ...(Option.isSome(input.type) ? { market_type: input.type.value } : {}),
      ...(Option.isSome(input.base) ? { base: input.base.value } : {}),
      ...(Option.isSome(input.quote) ? { quote: input.quote.value } : {}),
      ...(Option.isSome(input.status) ? { status: input.status.value } : {}),
      ...(Option.isSome(input.search) ? { q: input.search.value } : {}),
      ...(input.stale ? { stale: true } : {})
    }
    const { rows, age } = yield* allPages(client, input.exchange, query)
    if (rows.length === 0) yield* tell(`Nothing that ${input.exchange} lists passes these filters`)
    if (age >= OLD) yield* tell(`as ${input.exchange} listed it ${age} s ago`)
    if (input.json || rows.length > 0) yield* printData(input.json, rows, instrumentTable)
  })
).pipe(
  Command.withDescription(
    "Show what an exchange lists now, whether the catalog has it or not: tag, native symbol, status (trading, " +
      "pre_launch, halted, delisted), tick, step and least size. The service asks the exchange when what it knows is " +
      "older than LEVEL4_LISTING_INTERVAL. SIZES IN says what one contract is worth where sizes count contracts; ID " +
      "is the market's number in the catalog."
  ),
  Command.withShortDescription("Show what an exchange lists"),
  Command.withExamples([
    { command: "level4 instruments Kraken --quote USD --type SPOT", description: "Its spot markets in US dollars" },
    {
      command: "level4 instruments Bybit --search btc --status trading",
      description: "All that trades with BTC in it"
    },
    {
      command: `level4 instruments Binance --json | jq -r '.[] | select(.market_id == null) | .tag'`,
      description: "The tags of what the catalog does not have"
    }
  ])
)
