// Owns what is measured of the HTTP side: answers by route, method and status, their times, and what was not admitted.
import type { Family, Sample } from "../layers/metrics/Exposition.ts"
import type { Admission } from "./Admission.ts"
import { DURATION_BOUNDS, type Durations, type HttpTally } from "./HttpTally.ts"

export const httpFamilies = (tally: HttpTally["Service"], admission: Admission["Service"]): ReadonlyArray<Family> => [
  {
    name: "level4_http_requests_total",
    help: "Answered requests; 499 where the client left first",
    type: "counter",
    samples: [...tally.answered()].map(({ count, method, route, status }) => ({
      labels: { route, method, status: String(status) },
      value: count
    }))
  },
  {
    name: "level4_http_request_duration_seconds",
    help: "Time from a request's headers to its answer's; streams not included",
    type: "histogram",
    samples: [...tally.durations()].flatMap(histogram)
  },
  {
    name: "level4_http_connections",
    help: "Open connections, websockets included",
    type: "gauge",
    samples: [{ labels: {}, value: admission.connections.open }]
  },
  {
    name: "level4_http_connections_cut_total",
    help: "Connections cut without an answer, far beyond a client's limit",
    type: "counter",
    samples: [{ labels: {}, value: admission.connections.cut }]
  },
  {
    name: "level4_http_refused_total",
    help: "Requests refused before any route: a foreign host or origin, too many requests, too many connections",
    type: "counter",
    samples: Object.entries(admission.refused).map(([reason, value]) => ({ labels: { reason }, value }))
  }
]

const histogram = ({ buckets, route, sum }: Durations): ReadonlyArray<Sample> => {
  let below = 0
  const samples = buckets.map((count, index): Sample => {
    below += count
    const bound = DURATION_BOUNDS[index]
    return { suffix: "_bucket", labels: { route, le: bound === undefined ? "+Inf" : String(bound) }, value: below }
  })
  return [
    ...samples,
    { suffix: "_sum", labels: { route }, value: sum },
    { suffix: "_count", labels: { route }, value: below }
  ]
}
