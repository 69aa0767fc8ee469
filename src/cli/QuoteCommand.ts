// Owns `level4 quote`: what an order of a size would meet now, in one market or over all exchanges of a pair.
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { MarketId } from "../domain/Market.ts"
import { type MarketQuote, type PairQuote, QuoteSide, QuoteSize } from "../domain/SizedQuote.ts"
import { clientFlags, connect } from "./ClientFlags.ts"
import { commonType, isPair } from "./DomainParams.ts"
import { type MarketReference, resolveMarket } from "./MarketReference.ts"
import { printData } from "./Output.ts"
import type { Style } from "./Style.ts"
import { printable, table } from "./Table.ts"

interface OfPair {
  readonly pair: string
}

const parse = (text: string): Option.Option<MarketReference | OfPair> => {
  if (/^\d+$/.test(text)) return Schema.decodeOption(MarketId)(Number(text))
  if (isPair(text)) return Option.some({ pair: text })
  return /[:/]/.test(text) ? Option.some(text) : Option.none()
}

const isSize = Schema.is(QuoteSize)

const flags = {
  of: Argument.String("market").pipe(
    Argument.withMetavar("<id|tag|pair>"),
    Argument.withDescription(
      "A market's number or tag, or a pair such as BTC-USD: then all its live exchanges together"
    ),
    Argument.filterMap(parse, () => "Expected a market's number or tag, or a pair, such as 3 or BTC-USD")
  ),
  side: Flag.Literals("side", QuoteSide.literals).pipe(Flag.withDescription("buy takes the asks, sell the bids")),
  size: Flag.String("size").pipe(
    Flag.withMetavar("<decimal>"),
    Flag.withDescription("How much, in the unit of the book's sizes: see 'sizes in' of level4 markets show"),
    Flag.filter(isSize, () => "Expected a decimal above zero such as 0.5, at most 18 digits on each side of the point")
  ),
  type: commonType.pipe(Flag.withDescription("Of a pair: SPOT (default), PERP or INVERSE")),
  ...clientFlags
}

export const quoteCommand = Command.make(
  "quote",
  flags,
  Effect.fnUntraced(function* ({ of, side, size, type, url, json }) {
    const client = yield* connect(url)
    if (typeof of === "object") {
      const quote = yield* client.pairQuote(of.pair, { side, size, market_type: type })
      return yield* printData(json, quote, pairPicture)
    }
    const quote = yield* client.marketQuote(yield* resolveMarket(client, of), { side, size })
    yield* printData(json, quote, marketPicture)
  })
).pipe(
  Command.withDescription(
    "What an order of a size would meet now: average and worst price, what it is worth, and how many levels it " +
      "takes. Exact, without fees. Fails with exit code 2 when the book is not live, or holds less than the size."
  ),
  Command.withShortDescription("What an order of a size would meet"),
  Command.withExamples([
    { command: "level4 quote KRAKEN.SPOT:BTC-USD --side buy --size 2.5", description: "Buy 2.5 BTC at one exchange" },
    { command: "level4 quote BTC-USD --side sell --size 40", description: "Sell 40 BTC over all live exchanges" },
    {
      command: "level4 quote 1 --side buy --size 1 --json | jq -r .vwap",
      description: "The average price for a script"
    }
  ])
)

type Fact = readonly [name: string, value: string | number]

const facts = (style: Style, rows: ReadonlyArray<Fact>): string =>
  table(
    style,
    [
      { title: "FIELD", cell: ([name]) => name },
      { title: "VALUE", cell: ([, value]) => value }
    ],
    rows
  )

const walked = ({ age_ms, best_price, levels, notional, vwap, worst_price }: MarketQuote | PairQuote) => [
  ["average price", vwap] as const,
  ["best price", best_price] as const,
  ["worst price", worst_price] as const,
  ["worth", notional ?? "not known"] as const,
  ["levels", levels] as const,
  ["age", `${age_ms} ms`] as const
]

const sizeOf = ({ side, size, size_unit }: MarketQuote | PairQuote): Fact => {
  const unit = size_unit === null ? "no known unit" : size_unit === "contracts" ? size_unit : `${size_unit} currency`
  return ["order", `${side} ${size} (${unit})`]
}

const marketPicture = (style: Style, quote: MarketQuote): string =>
  facts(style, [["market", quote.tag], sizeOf(quote), ...walked(quote)])

const pairPicture = (style: Style, quote: PairQuote): string => {
  const fills = table(
    style,
    [
      { title: "EXCHANGE", cell: ({ exchange }) => exchange },
      { title: "MARKET", cell: ({ tag }) => tag },
      { title: "SIZE", cell: ({ size }) => size, align: "right" },
      { title: "AVERAGE PRICE", cell: ({ vwap }) => vwap, align: "right" }
    ],
    quote.fills
  )
  const excluded = quote.excluded.map(({ reason, tag }) =>
    style.quiet(`left out: ${printable(tag)} (${printable(reason)})`)
  )
  const head = facts(style, [["pair", `${quote.market_type} ${quote.pair}`], sizeOf(quote), ...walked(quote)])
  return [head, "", fills, ...excluded].join("\n")
}
