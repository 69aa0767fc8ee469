// Owns the contract of /metrics: what an operator's Prometheus reads. Part of Api.ts. Which numbers there are is said
// by src/layers/metrics and httpFamilies.ts, how they are written by src/layers/metrics/Exposition.ts.
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Reader } from "./Guards.ts"

/** Of what Exposition.ts writes. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

const Exposition = Schema.String.annotate({
  description: "Families of samples in Prometheus' text format 0.0.4, each with HELP and TYPE"
}).pipe(HttpApiSchema.asText({ contentType: METRICS_CONTENT_TYPE }))

export class MetricsApi extends HttpApiGroup.make("metrics")
  .add(
    HttpApiEndpoint.get("scrape", "/metrics", { success: Exposition })
      .middleware(Reader)
      .annotateMerge(
        OpenApi.annotations({
          summary: "Read the metrics",
          description:
            "All counters and gauges of feeds, exchanges, streams, HTTP and the process, for Prometheus. Where a " +
            "reader's token is set it is needed here too: which markets are followed is nobody else's business."
        })
      )
  )
  .annotateMerge(OpenApi.annotations({ description: "Numbers for operators" })) {}
