// Owns what level4's own watch finds wrong with a book, as data: each kind with the numbers that show it. What a scheme
// finds it words itself, as a Trouble. Invariant: the sentences are written here and nowhere else, and nothing is
// decided by them.
import { Data } from "effect"
import type { Trouble } from "../../schemes/TranslationScheme.ts"

/** Times are microseconds. */
export type BookFault = Data.TaggedEnum<{
  readonly Crossed: { readonly bid: number; readonly ask: number }
  /** As it stood on the wire. */
  readonly UnreadableLevel: { readonly level: string }
  /** The venue repeats the whole book again and again, and did not for so long. */
  readonly NotRepeated: { readonly for: number }
  /** The venue promises a frame of each market, and sent none for so long. */
  readonly Unheard: { readonly for: number }
  /** A book was asked for and did not come within its patience. */
  readonly Overdue: { readonly within: number }
  /** The market rests strangely long, as its tempo has it, and nobody could ask the venue in time. */
  readonly Unasked: { readonly rest: string }
}>

export const BookFault = Data.taggedEnum<BookFault>()

const SECOND = 1_000_000
const seconds = (micros: number): number => Math.round(micros / SECOND)

export const troubleOf: (fault: BookFault) => Trouble = BookFault.$match({
  Crossed: ({ bid, ask }): Trouble => ({ reason: "crossed", detail: `bid ${bid} is not below ask ${ask}` }),
  UnreadableLevel: ({ level }): Trouble => ({ reason: "unreadable", detail: `a level that can't be read: ${level}` }),
  NotRepeated: (fault) => silent(`the whole book was not repeated for ${seconds(fault.for)} s`),
  Unheard: (fault) => silent(`no frame of this market for ${seconds(fault.for)} s`),
  Overdue: ({ within }) => silent(`no book within ${within / SECOND} s`),
  Unasked: ({ rest }) => silent(`${rest}, and the venue could not be asked about it yet`)
})

const silent = (detail: string): Trouble => ({ reason: "silent", detail })
