// Owns the proof that no answer of a venue's listing can hurt: every value of every simulated answer is replaced in
// turn, and what comes back is the listing without that row, or none at all; and no frame of a listing's channel can.
import { assert, describe, it } from "@effect/vitest"
import { schemes } from "../../src/schemes/Schemes.ts"
import { MatchingEngine } from "../../src/simulator/MatchingEngine.ts"
import { randomOf } from "../../src/simulator/Random.ts"
import { venues } from "../../src/simulator/Venues.ts"

const AT = 1_795_000_000_000_000
const SPOILT: ReadonlyArray<unknown> = [null, true, -1, 1e300, "", "x", "1e999", " ", {}, [], [null], { a: 1 }]

type Path = ReadonlyArray<string>

const isHolder = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

const pathsOf = (value: unknown, path: Path = []): ReadonlyArray<Path> =>
  isHolder(value) ? [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))] : [path]

/** Rows stand in it: to replace it is to replace them all. */
const holdsRows = (body: string, path: Path): boolean => {
  let value: unknown = JSON.parse(body)
  for (const key of path) value = isHolder(value) ? value[key] : undefined
  return Array.isArray(value) && value.some(isHolder)
}

/** The same text with one value replaced; the replacement is put in by its key, so that all else stays as it is. */
const spoil = (body: string, path: Path, by: unknown): string => {
  if (path.length === 0) return JSON.stringify(by)
  const root: unknown = JSON.parse(body)
  let holder = root
  for (const key of path.slice(0, -1)) if (isHolder(holder)) holder = holder[key]
  if (isHolder(holder)) holder[path.at(-1)!] = by
  return JSON.stringify(root)
}

const listed = venues.flatMap((venue) => {
  const scheme = schemes.find(
    (one) => one.exchange === venue.exchange && one.marketTypes.includes(venue.marketType) && one.alternative === null
  )
  const listing = scheme?.listing ?? null
  if (listing === null) return []
  const engines = venue.listings.map((one) => [one.symbol, new MatchingEngine(one, "spoilt")] as const)
  const gateway = venue.gateway(new Map(engines), randomOf("spoilt"))
  return listing.requests([venue.marketType]).flatMap((request) => {
    const answer = gateway.rest(request.path, AT)
    return answer === null ? [] : [{ ...venue, listing, request, body: answer.body }]
  })
})

describe("a spoilt listing", () => {
  it.each(listed)("costs no more than its row: $exchange $marketType $request.path", ({ listing, request, body }) => {
    const whole = listing.read(request, 200, body, AT)
    if (whole === null) return assert.fail(`not read: ${body.slice(0, 200)}`)
    for (const path of pathsOf(JSON.parse(body))) {
      const isRow = path.length > 1 && !holdsRows(body, path)
      for (const by of SPOILT) {
        const page = listing.read(request, 200, spoil(body, path, by), AT)
        // what stands above the rows may make it no listing, or one without rows
        if (page === null || !isRow) continue
        const lost = whole.instruments.length - page.instruments.length
        assert.isAtMost(lost, 1, `${path.join("/")} as ${JSON.stringify(by)}`)
        assert.isAtMost(page.unread, whole.unread + 1)
      }
    }
  })

  it("is no change on its channel, whatever comes there", () => {
    for (const { exchange, listing } of schemes) {
      for (const push of listing?.push ?? []) {
        for (const text of ["", "pong", "{", ...SPOILT.map((value) => JSON.stringify(value))])
          assert.strictEqual(push.read(text).size, 0, `${exchange}: ${text}`)
        for (const text of push.subscribe) assert.strictEqual(push.read(text).size, 0, `${exchange}: ${text}`)
      }
    }
  })
})
