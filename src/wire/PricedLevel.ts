// Owns the level that a venue writes as an object, `{"price":31.5,"size":0.2}`, and a book takes as a pair. A
// generated reader knows this transformation by itself (ReaderCode.ts), since boards of hundreds of such levels come by
// the second, and each would be made twice. Invariant: price and size stand in the pair as they stood in the object.
import { Schema, SchemaTransformation } from "effect"
import { Amount } from "./Amount.ts"

const asPair = SchemaTransformation.transform<
  readonly [price: typeof Amount.Type, size: typeof Amount.Type],
  { readonly price: typeof Amount.Type; readonly size: typeof Amount.Type }
>({
  decode: ({ price, size }) => [price, size],
  encode: ([price, size]) => ({ price, size })
})

export const PricedLevel = Schema.Struct({ price: Amount, size: Amount })
  .pipe(Schema.decodeTo(Schema.Tuple([Amount, Amount]), asPair))
  .annotate({ readAs: "pair" })
