// Owns which recorded REST answer a playback gives to a request: the one of the same path and query; else one of the
// same path that names the same symbol; else one whose query names it. Asked again, it gives the next of the same
// address, the last for ever, as a venue whose books grow older. Invariants: never the book of another symbol; what is
// kept is bounded, and what is left out is counted.
import type { TrafficRow } from "../core/TrafficRow.ts"

interface Address {
  readonly path: string
  readonly query: string
  /** Values of the query that name something; numbers only say how much. */
  readonly names: string
}

interface Answers extends Address {
  readonly rows: Array<TrafficRow>
  given: number
}

/** Text that is kept: the audits of a day, 1440 books of 5000 levels, are some 150 MiB. */
const MAX_LENGTH = 256 << 20
const MAX_ANSWERS = 100_000

export class RecordedAnswers {
  private readonly all: Array<Answers> = []

  count = 0
  /** Answers that there was no room for. */
  leftOut = 0
  private length = 0

  add(row: TrafficRow): void {
    if (this.length + row.text.length > MAX_LENGTH || this.count >= MAX_ANSWERS) {
      this.leftOut++
      return
    }
    this.count++
    this.length += row.text.length
    const address = parse(row.url)
    const known = this.all.find(({ path, query }) => path === address.path && query === address.query)
    if (known === undefined) this.all.push({ ...address, rows: [row], given: 0 })
    else known.rows.push(row)
  }

  /** The answer to a request of this path and query; null when the recording has none. */
  find(target: string): TrafficRow | null {
    const asked = parse(target)
    const found =
      this.all.find(({ path, query }) => path === asked.path && query === asked.query) ??
      this.all.find(({ path, names }) => path === asked.path && names === asked.names) ??
      this.all.find(({ names }) => names !== "" && names === asked.names)
    return found === undefined ? null : found.rows[Math.min(found.given++, found.rows.length - 1)]!
  }
}

/** A request names no host that would matter here. */
const ORIGIN = "http://venue"

const parse = (target: string): Address => {
  const { pathname, searchParams } = new URL(URL.canParse(target, ORIGIN) ? target : "/", ORIGIN)
  searchParams.sort()
  const names = [...searchParams.values()].filter((value) => !/^\d*$/.test(value)).sort()
  return { path: pathname.replace(/\/+$/, ""), query: searchParams.toString(), names: names.join("&") }
}
