// Owns the symbol entity: one asset code of the catalog, such as BTC. The file is named for the asset, because `Symbol`
// is JavaScript's own; the field's word on every wire is `symbol`.
import { Schema } from "effect"
import { visible } from "./Names.ts"

export const SymbolId = Schema.Int.check(Schema.isGreaterThan(0)).pipe(
  Schema.brand("SymbolId"),
  Schema.annotate({ identifier: "SymbolId", description: "The catalog's number of a symbol" })
)
export type SymbolId = typeof SymbolId.Type

/** An asset code as the field writes it: 1 to 32 letters, digits, dots, dashes or underscores. */
export const SymbolCode = Schema.String.check(
  Schema.isPattern(/^[\p{L}\p{N}._-][\p{L}\p{N}\p{M}._-]{0,31}$/u, {
    message: "Expected an asset code of 1 to 32 letters, digits, dots, dashes or underscores, such as BTC"
  })
).annotate({ identifier: "SymbolCode", description: "An asset code, e.g. BTC" })
export type SymbolCode = typeof SymbolCode.Type
/** A code that may be created; rows of earlier days are read without this. */
export const NewSymbolCode = SymbolCode.check(visible)

export class Asset extends Schema.Class<Asset>("Symbol")({
  id: SymbolId,
  symbol: SymbolCode
}) {}
