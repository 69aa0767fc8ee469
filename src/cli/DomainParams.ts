// Owns the domain's words as parameters of the command line, so that each reads and is explained the same way in every
// command. What a word may look like is the domain's; its own message is what a wrong value is answered with.
import { Option, Schema } from "effect"
import { Argument, Flag, Param, Primitive } from "effect/cli"
import { SymbolCode } from "../domain/Asset.ts"
import { ExchangeName } from "../domain/Exchange.ts"
import { NativeSymbol } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"

const decodedBy =
  <A>(schema: Schema.Codec<A, string>) =>
  <Kind extends Param.ParamKind>(param: Param.Param<Kind, string>): Param.Param<Kind, A> =>
    Param.mapTryCatch(param, Schema.decodeSync(schema), (error) =>
      error instanceof Error ? error.message : String(error)
    )

export const exchange = Flag.String("exchange").pipe(
  Flag.withDescription("The exchange's name, e.g. Kraken"),
  Flag.withMetavar("<name>"),
  decodedBy(ExchangeName)
)

export const base = Flag.String("base").pipe(
  Flag.withDescription("The asset that is traded, e.g. BTC"),
  Flag.withMetavar("<code>"),
  decodedBy(SymbolCode)
)

export const quote = Flag.String("quote").pipe(
  Flag.withDescription("The asset that prices are in, e.g. USD"),
  Flag.withMetavar("<code>"),
  decodedBy(SymbolCode)
)

const types = Primitive.Choice(MarketType.literals.map((type) => [type, type] as const))

/** A choice of market types, in any case. */
export const marketType = (name: string): Flag.Flag<MarketType> =>
  Param.makeSingle({
    kind: Param.flagKind,
    name,
    primitiveType: { ...types, parse: (text) => types.parse(text.toUpperCase()) }
  }).pipe(
    Flag.withMetavar("<type>"),
    Flag.withDescription("PERP: linear perpetual; INVERSE: coin-margined perpetual; FUTURE: dated")
  )

export const nativeSymbol = Flag.String("native-symbol").pipe(
  Flag.withDescription("The exchange's own spelling of the market, e.g. XBT/USD; a FUTURE needs it"),
  Flag.withMetavar("<symbol>"),
  decodedBy(NativeSymbol),
  Flag.optional
)

export const symbolCodes = Argument.String("code").pipe(
  Argument.withDescription("Asset codes, e.g. BTC USD; kept as written"),
  decodedBy(SymbolCode),
  Argument.variadic({ min: 1 })
)

export const exchangeNames = Argument.String("name").pipe(
  Argument.withDescription("Names of exchanges, e.g. Kraken"),
  decodedBy(ExchangeName),
  Argument.variadic({ min: 1 })
)

/** A base and a quote, with what only a pair of codes has: a dash, and neither the colon of a tag nor a slash. */
export const isPair = (text: string): boolean => /^[^\s:/*-][^\s:/*]*-[^\s:/*]*[^\s:/*-]$/.test(text)
export const PAIR = "Expected a base and a quote with a dash between, such as BTC-USD"

export const commonType = marketType("type").pipe(
  Flag.withDescription("SPOT (default), PERP or INVERSE; dated futures of a pair have no common book"),
  Flag.filterMap(
    (type) => (type === "FUTURE" ? Option.none() : Option.some(type)),
    () => "Expected SPOT, PERP or INVERSE"
  ),
  Flag.withDefault("SPOT" as const)
)
