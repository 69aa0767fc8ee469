// Owns the page at /docs: the reference of the contract for people. All of it, scripts and fonts included, comes from
// this process; its Content-Security-Policy makes the browser see to that.
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiScalar } from "effect/http-api"
import { Api } from "./Api.ts"
import { DOCS_PATH } from "./Routes.ts"

const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const policy = HttpRouter.middleware(
  Effect.map((response: HttpServerResponse.HttpServerResponse) =>
    HttpServerResponse.setHeader(response, "content-security-policy", POLICY)
  )
)

export const layerDocs = HttpApiScalar.layer(Api, { path: DOCS_PATH, scalar: { withDefaultFonts: false } }).pipe(
  Layer.provide(policy.layer)
)
