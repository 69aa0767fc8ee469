// Owns the answer at `/`: what this service is, and where its documents, streams and figures are. JSON, or a small page
// for a browser that asks for one; all of it comes from this process. No token is needed: there is nothing here but
// names.
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import manifest from "../../package.json" with { type: "json" }
import { DOCS_PATH, OPENAPI_PATH, ROOT_PATH } from "./Routes.ts"

const LINKS = {
  docs: DOCS_PATH,
  openapi: OPENAPI_PATH,
  stream: "/stream",
  metrics: "/metrics",
  livez: "/livez",
  readyz: "/readyz"
}
const ABOUT: Readonly<Record<keyof typeof LINKS, string>> = {
  docs: "every call of the API, for people",
  openapi: "the same as an OpenAPI 3.1 document",
  stream: "a websocket: the events of markets as they happen",
  metrics: "figures for Prometheus",
  livez: "whether the process is alive",
  readyz: "whether it is ready, and how its feeds fare"
}

const DESCRIPTION = "Live level-2 order books of crypto exchanges that never serve a wrong book as a good one"
const body = {
  name: manifest.name,
  version: manifest.version,
  description: DESCRIPTION,
  /** Since when the process runs, in microseconds since 1970. */
  started_at: Math.round(performance.timeOrigin * 1000),
  links: LINKS
}

const rows = Object.entries(LINKS).map(
  ([name, path]) => `<li><a href="${path}">${path}</a> ${ABOUT[name as keyof typeof LINKS]}</li>`
)
const STYLE =
  "body{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}"
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>level4</title>
<style>${STYLE}</style>
</head>
<body>
<h1>level4 ${manifest.version}</h1>
<p>${DESCRIPTION}.</p>
<ul>
${rows.join("\n")}
</ul>
</body>
</html>
`
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export const layerRoot = HttpRouter.add(
  "GET",
  ROOT_PATH,
  Effect.map(HttpServerRequest.HttpServerRequest, ({ headers }) =>
    /\btext\/html\b/i.test(headers["accept"] ?? "")
      ? HttpServerResponse.text(page, {
          contentType: "text/html; charset=utf-8",
          headers: { vary: "Accept", "content-security-policy": POLICY }
        })
      : HttpServerResponse.jsonUnsafe(body, { headers: { vary: "Accept" } })
  )
)
