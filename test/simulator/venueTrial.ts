// Owns one trial of a fault on a simulated venue: the stage, and how its raw frames are read.
import { assert } from "@effect/vitest"
import type { Venue } from "../../src/simulator/Venue.ts"
import { venues } from "../../src/simulator/Venues.ts"
import { VenueStage } from "./VenueStage.ts"
import { venueWords } from "./venueWords.ts"

/** Every venue with its name. */
export const named = venues.map((venue) => [`${venue.exchange} ${venue.marketType}`, venue] as const)

export const trial = (venue: Venue) => {
  const stage = new VenueStage(venue)
  const words = venueWords(venue.exchange, venue.marketType, stage.heard)
  const [symbol, neighbour] = stage.symbols as readonly [string, string | undefined]
  const booksOf = (frames: ReadonlyArray<string>, of: string) => frames.filter((text) => words.isBook(text, of))
  const tradesOf = (frames: ReadonlyArray<string>, of: string) => frames.filter((text) => words.isTrade(text, of))
  const idsOf = (frames: ReadonlyArray<string>, of: string) =>
    booksOf(frames, of).map((text) => Number(words.bookId!.exec(text)![1]))
  const isLive = (frames: ReadonlyArray<string>, of: string, why: string) =>
    assert.isNotEmpty(booksOf(frames, of), `${of}: ${why}`)
  return { stage, words, symbol, neighbour, booksOf, tradesOf, idsOf, isLive }
}
