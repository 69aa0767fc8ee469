// Owns how the contract reads numbers from paths and queries: plain decimal digits and nothing else, so that `1e3`,
// `+5` or `007` never name a row by accident; how a path names a row, by its number or its name; and that a market type
// may be in any case. Which numbers are allowed is the schema's they are handed to.
import { Schema, SchemaTransformation } from "effect"
import { SymbolId } from "../domain/Asset.ts"
import { ExchangeId } from "../domain/Exchange.ts"
import { MarketId } from "../domain/Market.ts"
import { MarketType } from "../domain/MarketType.ts"

const DIGITS = /^(0|[1-9][0-9]{0,15})$/
const NUMBER = "Expected a whole number in plain digits, such as 42"

const Digits = Schema.String.check(Schema.isPattern(DIGITS, { message: NUMBER }))

/** The schema of a number, read from its decimal digits. */
export const digits = <S extends Schema.Codec<number, number>>(schema: S) =>
  Digits.pipe(Schema.decodeTo(schema, SchemaTransformation.numberFromString))

/** One of these market types in a query, in any case; documents and clients know the capital ones. */
const marketTypeOf = <const Types extends ReadonlyArray<MarketType>>(types: Types, description: string) => {
  const expected = `Expected ${types.slice(0, -1).join(", ")} or ${types.at(-1)}`
  const meant = (text: string): Types[number] | undefined => types.find((type) => type === text.toUpperCase())
  const isOne = Schema.makeFilter((text: string) => meant(text) !== undefined || expected, {
    toJsonSchema: () => ({ enum: [...types] })
  })
  return Schema.String.annotate({ description })
    .check(isOne)
    .pipe(
      Schema.decodeTo(
        Schema.Literals(types),
        SchemaTransformation.transform({ decode: (text: string) => meant(text)!, encode: (type): string => type })
      )
    )
}

export const marketTypeParam = marketTypeOf(MarketType.literals, "Case is ignored")

/** A row's number, or its name, which is never digits alone. `isName`: what is taken for one. */
const reference = <S extends Schema.Codec<number, number>>(schema: S, isName: (text: string) => boolean) =>
  Schema.String.check(Schema.makeFilter((text: string) => isName(text) || DIGITS.test(text) || NUMBER)).pipe(
    Schema.decodeTo(
      Schema.Union([schema, Schema.String]),
      SchemaTransformation.transform({
        decode: (text: string): S["Encoded"] | string => (DIGITS.test(text) ? Number(text) : text),
        encode: String
      })
    )
  )

const EXCHANGE = /^(?=.*[^0-9])[\p{L}\p{N}][\p{L}\p{N}\p{M} ._-]{0,63}$/u
const CODE = /^(?=.*[^0-9])[\p{L}\p{N}._-][\p{L}\p{N}\p{M}._-]{0,31}$/u
const TAG = /^[^\p{C}:]{1,100}[.](?:SPOT|PERP|INVERSE|FUTURE):[^\p{C}]{3,200}$/iu

export const exchangeReference = reference(ExchangeId, (text) => EXCHANGE.test(text)).annotate({
  description: "The exchange's number, or its name; case is ignored"
})

export const marketReference = reference(MarketId, (text) => TAG.test(text)).annotate({
  description: "The market's number, or its tag; case is ignored"
})

export const symbolReference = reference(SymbolId, (text) => CODE.test(text)).annotate({
  description: "The symbol's number, or its code; case is ignored"
})

export const tagPattern = Schema.String.check(
  Schema.isPattern(/^[^\p{C}]{1,300}$/u, {
    message: "Expected a tag or a pattern of tags such as KRAKEN.*, 1 to 300 characters"
  })
).annotate({ description: "A tag, or a pattern of tags in which * stands for any text; case is ignored" })

export const pair = Schema.String.annotate({ description: "Base and quote, e.g. BTC-USD" })

export const commonMarketType = marketTypeOf(
  ["SPOT", "PERP", "INVERSE"],
  "SPOT if left out; case is ignored. Dated futures of one pair are different things and have no common book"
)
