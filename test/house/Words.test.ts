// The law of words: the names of DESIGN's second section and of the field, in files, names and comments alike, and none
// of those that a reader of the field would have to be taught.
import { assert, describe, it } from "@effect/vitest"
import { sourcesOf } from "./sources.ts"

/** What is not said here, and what is said for it. */
const WORDS: ReadonlyArray<readonly [word: RegExp, instead: string]> = [
  [/\banew\b/i, "again"],
  [/\btold\b|\bTold\b/, "sent, reported, said, given"],
  [/'s affair\b/, "say who does it"],
  [/\b(?:Ride|Carriage|carriage)\b/, "MarketSubscription, PooledSocket"],
  [/\b[sS]eats?\b/, "SocketSubscriber"],
  [/\bSuccession\b/, "SocketHandover"],
  [/\b[tT]urnstile\b/, "RateQueue"],
  [/\bVigil\b/, "SilenceWatch"],
  [/\bWitness\b/, "AuditWindow"],
  [/\bTouch\b/, "BestQuote"]
]

const sources = sourcesOf("{src,bench,scripts}/**/*.{ts,mjs}")

describe("words", () => {
  for (const [word, instead] of WORDS) {
    it(`nothing of src, scripts or bench says ${word.source}`, () => {
      const said = sources.flatMap(({ file, lines }) =>
        lines.flatMap((line, at) => (word.test(line) ? [`${file}:${at + 1}: say ${instead}`] : []))
      )
      assert.deepStrictEqual(said, [])
    })
  }
})
