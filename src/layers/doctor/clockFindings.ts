// Owns the comparison of this machine's clock with those of the exchanges. An HTTP Date has whole seconds, and nobody
// knows when between question and answer it was written: each comparison is right to half a second and half its round
// trip. One exchange's clock may be wrong, so the one in the middle counts. Pure. Invariant: a clock is called wrong
// only by what is beyond that uncertainty.
import { type Finding, fail, ok, warn } from "../../domain/Finding.ts"

/** What an exchange's clock said in an answer, and when it was asked and had answered by ours; milliseconds. */
export interface Dated {
  readonly exchange: string
  readonly venue: number
  readonly sentAt: number
  readonly receivedAt: number
}

/** Milliseconds: ages and lags are no longer to be believed; certificates and signatures may be refused. */
const NOTICEABLE = 1_000
const HARMFUL = 10_000
/** From so many on it can be said which of them is wrong. */
const QUORUM = 3

const FIX = "Set this machine's clock by NTP (chrony, systemd-timesyncd): ages and lags of books hang on it."

interface Comparison {
  readonly exchange: string
  /** Ours minus theirs. */
  readonly offset: number
  readonly uncertainty: number
}

const compare = ({ exchange, receivedAt, sentAt, venue }: Dated): Comparison => ({
  exchange,
  offset: (sentAt + receivedAt) / 2 - (venue + 500),
  uncertainty: 500 + Math.max(0, receivedAt - sentAt) / 2
})

const seconds = (ms: number): string => `${(Math.abs(ms) / 1000).toFixed(1)} s`
const direction = (ms: number): string => (ms < 0 ? "behind" : "ahead of")

export const clockFindings = (dated: ReadonlyArray<Dated>): ReadonlyArray<Finding> => {
  const compared = dated.map(compare).toSorted((a, b) => a.offset - b.offset)
  const middle = compared[Math.floor(compared.length / 2)]
  if (middle === undefined) return []
  const { offset, uncertainty } = middle
  const beyond = Math.abs(offset) - uncertainty
  const among = compared.length === 1 ? middle.exchange : `${compared.length} addresses of exchanges`
  const apart = `${seconds(offset)} ${direction(offset)}`
  const detail = `this clock is ${apart} that of ${among}, give or take ${seconds(uncertainty)}`
  const ours =
    beyond > HARMFUL
      ? fail("clock", detail, FIX)
      : beyond > NOTICEABLE
        ? warn("clock", detail, FIX)
        : ok("clock", detail)
  return [ours, ...(compared.length < QUORUM ? [] : compared.flatMap((one) => theirs(one, offset)))]
}

const theirs = ({ exchange, offset, uncertainty }: Comparison, middle: number): ReadonlyArray<Finding> => {
  const apart = middle - offset
  if (Math.abs(apart) - uncertainty - 500 <= NOTICEABLE) return []
  const detail = `its clock is ${seconds(apart)} ${direction(apart)} those of the other exchanges`
  return [warn(exchange, detail, "Nothing to do here: the times in its events are off by as much.")]
}
