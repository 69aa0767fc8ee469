// Owns what is measured of each exchange as this process uses it: what is left of its budgets, who waits for them, and
// the sockets that its markets share. One series a pool: all that an exchange counts together, such as `Binance
// futures`.
import type { RateQueue } from "../../feeds/venue/RateQueue.ts"
import type { Venue } from "../../feeds/venue/Venue.ts"
import type { Family } from "./Exposition.ts"

type Read = (queue: RateQueue, now: number) => number

const BUDGETS: ReadonlyArray<readonly [name: string, type: Family["type"], help: string, read: Read]> = [
  ["limit", "gauge", "allowed in a window", ({ rate }) => rate.count],
  [
    "left",
    "gauge",
    "that may still be spent in this window; 0 while the venue asked for quiet",
    (one, now) => one.left(now)
  ],
  ["waiting", "gauge", "feeds that wait for it", ({ waiting }) => waiting],
  ["refusals_total", "counter", "times the venue refused or asked for quiet", ({ refusals }) => refusals]
]

/** `now` is in milliseconds of the clock that budgets are kept by. */
export const venueFamilies = (venues: ReadonlyArray<Venue>, now: number): ReadonlyArray<Family> => [
  {
    name: "level4_venue_sockets",
    type: "gauge",
    help: "Websockets to the exchange, open or being dialled",
    samples: venues.map(({ budget, sockets }) => ({ labels: { pool: budget.exchange }, value: sockets }))
  },
  ...budgetFamilies("level4_venue_rest_weight", "REST weight", venues, now, ({ budget }) => budget.rest),
  ...budgetFamilies("level4_venue_connects", "Connections", venues, now, ({ budget }) => budget.connects)
]

const budgetFamilies = (
  prefix: string,
  what: string,
  venues: ReadonlyArray<Venue>,
  now: number,
  of: (venue: Venue) => RateQueue | null
): ReadonlyArray<Family> =>
  BUDGETS.map(([name, type, help, read]) => ({
    name: `${prefix}_${name}`,
    type,
    help: `${what}: ${help}`,
    samples: venues.flatMap((venue) => {
      const queue = of(venue)
      return queue === null ? [] : [{ labels: { pool: venue.budget.exchange }, value: read(queue, now) }]
    })
  }))
