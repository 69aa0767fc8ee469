// Owns `level4 exchanges supported`: what this level4 can follow, as a table of its venues' protocols, or what proves
// the books of one venue, in whole sentences. What is offered comes through the seam.
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { nearestName } from "../domain/editDistance.ts"
import { protocolVariable } from "../domain/endpointVariable.ts"
import type { ExchangeStatus, Offer } from "../domain/Exchange.ts"
import type { MarketType } from "../domain/MarketType.ts"
import { json } from "./ClientFlags.ts"
import { NotSupported } from "./Failures.ts"
import { sameName } from "./findExchange.ts"
import { printData } from "./Output.ts"
import type { Seams, SupportedExchange } from "./Seams.ts"
import { plain, type Style, style, wide } from "./Style.ts"
import { type Column, cut, table } from "./Table.ts"
import { wrapText } from "./wrapText.ts"

/** Nobody reads longer lines with pleasure, however wide the terminal. */
const WIDTH = 100
/** Cells of a protocol's name that are left in any case. */
const LEAST_NAME = 12

export const paintStatus =
  (style: Style) =>
  (text: string, { status }: { readonly status: ExchangeStatus }) =>
    status === "live" ? style.good(text) : style.quiet(text)

/** A protocol of a venue, with the market types it is spoken for. */
interface Protocol {
  readonly name: string
  readonly status: ExchangeStatus
  readonly types: ReadonlyArray<MarketType>
  /** None: level4 speaks no protocol of the venue. */
  readonly offer: Offer | null
  /** Which of several protocols it is, and how to choose it; else empty. */
  readonly choice: string
}

const protocolsOf = ({ name, status, offers }: SupportedExchange): ReadonlyArray<Protocol> => {
  if (offers.length === 0) return [{ name, status, types: [], offer: null, choice: "" }]
  const alike = Map.groupBy(offers, ({ alternative, guarantee, protocol, size_unit }) =>
    JSON.stringify([protocol, alternative, size_unit, guarantee])
  )
  return [...alike.values()].map((group) => {
    const [offer] = group
    const types = group.map(({ market_type }) => market_type)
    return { name, status, types, offer: offer!, choice: choiceOf(name, offers, group) }
  })
}

const choiceOf = (name: string, offers: ReadonlyArray<Offer>, group: ReadonlyArray<Offer>): string => {
  const [{ alternative, market_type } = { alternative: null, market_type: "SPOT" as const }, ...more] = group
  if (alternative !== null) {
    const variable = protocolVariable(name, market_type)
    const general = more.length === 0 ? variable : variable.replace(`_${market_type}_`, "_<TYPE>_")
    return ` (${general}=${alternative})`
  }
  const hasOthers = offers.some((other) => other.alternative !== null && types(group).has(other.market_type))
  return hasOthers ? " (today)" : ""
}

const types = (group: ReadonlyArray<Offer>): ReadonlySet<MarketType> => new Set(group.map((offer) => offer.market_type))

const wholeTable = (style: Style, exchanges: ReadonlyArray<SupportedExchange>): string =>
  table(
    { ...style, width: Infinity },
    [
      ...columns(style),
      { title: "SIZES IN", cell: ({ offer }) => offer?.size_unit ?? "-" },
      { title: "PROTOCOL", cell: named },
      { title: "WHAT PROVES THE BOOK", cell: ({ offer }) => offer?.guarantee ?? "-" }
    ],
    exchanges.flatMap(protocolsOf)
  )

/** As wide as people read; where a protocol's name is too long, how to choose it is not what is cut. */
const shortTable = (style: Style, exchanges: ReadonlyArray<SupportedExchange>): string => {
  const protocols = exchanges.flatMap(protocolsOf)
  const width = Math.min(style.width, WIDTH)
  const first = table(plain, columns(plain), protocols)
  const room = width - Math.max(...first.split("\n").map((line) => line.length)) - 2
  const cell = (protocol: Protocol) =>
    cut(protocol.offer?.protocol ?? "-", Math.max(LEAST_NAME, room - protocol.choice.length)) + protocol.choice
  return table({ ...style, width }, [...columns(style), { title: "PROTOCOL", cell, elastic: LEAST_NAME }], protocols)
}

const columns = (style: Style): ReadonlyArray<Column<Protocol>> => [
  { title: "EXCHANGE", cell: ({ name }) => name },
  { title: "TYPES", cell: ({ types }) => types.join(" ") || "-" },
  { title: "STATUS", cell: ({ status }) => status, paint: paintStatus(style) }
]

const named = ({ offer, choice }: Protocol): string => (offer?.protocol ?? "-") + choice

const sentences = (style: Style, exchange: SupportedExchange): string => {
  const width = Math.min(style.width, WIDTH) - 2
  const protocols = protocolsOf(exchange).map((protocol) => {
    const { types, offer } = protocol
    if (offer === null) return "\nLevel4 speaks no protocol of it."
    const said = [`${named(protocol)}; sizes in ${offer.size_unit}`, offer.guarantee]
    const lines = said.flatMap((sentence) => wrapText(sentence, width)).map((line) => `  ${line}`)
    return [`\n${style.heading(types.join(" "))}`, ...lines].join("\n")
  })
  const status = paintStatus(style)(exchange.status, exchange)
  return [`${style.heading(exchange.name)}  ${status}`, ...protocols].join("\n")
}

const find = (
  exchanges: ReadonlyArray<SupportedExchange>,
  wanted: string
): Effect.Effect<SupportedExchange, NotSupported> => {
  const found = exchanges.find(({ name }) => sameName(name, wanted))
  if (found !== undefined) return Effect.succeed(found)
  const names = exchanges.map(({ name }) => name)
  const nearest = nearestName(wanted, names)
  const hint = nearest === null ? `it follows ${names.join(", ")}` : `did you mean ${nearest}?`
  return new NotSupported({ detail: `level4 follows no ${wanted}; ${hint}` })
}

const exchanges = Argument.String("exchange").pipe(
  Argument.withDescription("Only these, each with the sentences on what proves its books"),
  Argument.variadic({ max: 32 })
)

export const exchangesSupported = <R>(seams: Seams<R>) =>
  Command.make(
    "supported",
    { exchanges, json },
    Effect.fnUntraced(function* (input) {
      const all = yield* seams.supported
      const whole = yield* wide
      if (input.exchanges.length === 0) return yield* printData(input.json, all, whole ? wholeTable : shortTable)
      const chosen = yield* Effect.forEach(input.exchanges, (name) => find(all, name))
      if (input.json) return yield* printData(true, chosen, () => "")
      const look = yield* style
      yield* Console.log(chosen.map((exchange) => sentences(look, exchange)).join("\n\n"))
    })
  ).pipe(
    Command.withDescription(
      "Show what this level4 can follow: exchange, market types and the protocol, with the setting " +
        "that picks an older one. With names, or with --wide, also what proves that a book is right. A " +
        "subscription that dies in silence no protocol shows: on every venue a market that is silent beyond its " +
        "tempo is asked about, by a REST book or by a second subscription. Needs no running service."
    ),
    Command.withShortDescription("Show what level4 can follow"),
    Command.withExamples([
      { command: "level4 exchanges supported", description: "One line a protocol" },
      { command: "level4 exchanges supported Kraken", description: "What proves Kraken's books, in sentences" },
      { command: "level4 exchanges supported --json", description: "One entry a market type, for a script" }
    ])
  )
