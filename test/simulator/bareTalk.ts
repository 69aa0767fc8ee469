// Opens one conversation with a simulated venue without any scheme, so that a test can say what no scheme would say and
// read the venue's own words. Time and markets stand still unless the test moves them.
import { assert } from "@effect/vitest"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import type { Venue } from "../../src/simulator/Venue.ts"

export const BEGIN = 1_795_000_000_000_000

export const bareTalk = (venue: Venue, path: string) => {
  const markets = new Map(venue.listings.map((one) => [one.symbol, new MatchingEngine(one, "bare")]))
  const gateway = venue.gateway(markets, randomOf("bare desk"))
  const sent: Array<string> = []
  const closes: Array<{ readonly code: number; readonly reason: string }> = []
  const client = {
    send: (_kind: string, _symbol: string | null, text: string) => void sent.push(text),
    close: (code: number, reason: string) => void closes.push({ code, reason }),
    checksum: (_symbol: string, value: number) => value
  }
  const talk = gateway.connect(path, client, BEGIN)
  if (typeof talk === "string") return assert.fail(talk)
  return {
    markets,
    gateway,
    sent,
    closes,
    client,
    talk,
    /** Says a text, or a value as JSON; gives what the venue sent in answer. */
    say: (request: unknown): ReadonlyArray<string> => {
      const before = sent.length
      talk.text(typeof request === "string" ? request : JSON.stringify(request))
      return sent.slice(before)
    },
    /** Moves one market; gives what the venue sent. */
    move: (symbol: string, at: number): ReadonlyArray<string> => {
      const before = sent.length
      const market = markets.get(symbol)!
      const step = market.step(at)
      gateway.step(market, step)
      talk.step(market, step)
      return sent.slice(before)
    }
  }
}
