// Owns the naming of the one market that a recording is read or written for: from what a person said of it to its
// scheme, the venue's spelling and its tag. No catalog is asked.
import { Effect, Option, Runtime, Schema } from "effect"
import { datedSuffix } from "../../domain/Expiry.ts"
import type { MarketType } from "../../domain/MarketType.ts"
import { resolve } from "../../schemes/Schemes.ts"
import type { Pair, TranslationScheme } from "../../schemes/TranslationScheme.ts"

export interface MarketWords {
  readonly exchange: string
  readonly marketType: MarketType
  /** At least one of `pair` and `nativeSymbol` is given. */
  readonly pair: Option.Option<Pair>
  readonly nativeSymbol: Option.Option<string>
  /** None: the protocol of today. */
  readonly protocol: Option.Option<string>
}

export interface RecordedMarket {
  readonly scheme: TranslationScheme
  readonly symbol: string
  readonly tag: string
  readonly pair: Pair
}

/** No scheme speaks the market; `detail` says why, and what there is. */
export class UnknownMarket extends Schema.TaggedError<UnknownMarket>()("UnknownMarket", { detail: Schema.String }) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return this.detail
  }
}

export const recordedMarket = (words: MarketWords): Effect.Effect<RecordedMarket, UnknownMarket> => {
  const { exchange, marketType } = words
  const given = Option.getOrElse(words.pair, () => ({ base: "", quote: "" }))
  const native_symbol = Option.getOrNull(words.nativeSymbol)
  const name = { exchange, ...given, market_type: marketType, native_symbol }
  const resolved = resolve(name, Option.getOrNull(words.protocol))
  if (typeof resolved === "string") return new UnknownMarket({ detail: resolved })
  const { scheme, symbol } = resolved
  const pair = Option.getOrElse(words.pair, () => scheme.fromNative(symbol, marketType))
  const spelling = pair === null ? symbol : `${pair.base}-${pair.quote}`
  const dated = marketType === "FUTURE" && pair !== null ? `-${datedSuffix(symbol)}` : ""
  const tag = `${scheme.exchange.toUpperCase()}.${marketType}:${spelling}${dated}`
  return Effect.succeed({ scheme, symbol, tag, pair: pair ?? given })
}
