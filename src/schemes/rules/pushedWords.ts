// Owns how a frame of a venue's listing channel becomes one word an instrument: frames of that shape alone say
// anything, and a row that can't be read costs itself alone. Which fields matter is each scheme's. Pure. Invariant:
// nothing throws, whatever comes on the socket.
import { Option, Schema } from "effect"
import type { ListingPush } from "../Listing.ts"

/** `rowsOf`: the rows of such a frame; `words`: a row's native symbol, and all that matters of it. */
export const pushedWords = <Frame, Row>(
  frame: Schema.Codec<Frame, unknown>,
  rowsOf: (frame: Frame) => ReadonlyArray<unknown>,
  row: Schema.Codec<Row>,
  words: (row: Row) => readonly [symbol: string, ...ReadonlyArray<string | number | undefined>]
): ListingPush["read"] => {
  const read = Schema.decodeUnknownOption(Schema.fromJsonString(frame))
  const isRow = Schema.is(row)
  return (text) => {
    const said = read(text)
    if (Option.isNone(said)) return NOTHING
    const readable = rowsOf(said.value).filter(isRow)
    return new Map(
      readable.map((one): [string, string] => {
        const [symbol, ...rest] = words(one)
        return [symbol, rest.join(" ")]
      })
    )
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map()
