// Owns which methods an address answers to, for 404, 405 and OPTIONS: the paths of the contract and the few beside it.
import { FindMyWay, HttpMethod } from "effect/http"
import { HttpApi } from "effect/http-api"
import { Api } from "./Api.ts"

/** Addresses that are no part of the contract, since they describe it or lead to it. */
export const OPENAPI_PATH = "/openapi.json"
export const DOCS_PATH = "/docs"
export const ROOT_PATH = "/"

/** How paths are matched; ids longer than any are let through to be refused by their schema, with the reason. */
export const routerConfig = { maxParamLength: 16_384 }

const isPath = (path: string): path is FindMyWay.PathInput => path.startsWith("/")

const table = FindMyWay.make<string>(routerConfig)
const methods = new Set(["GET"])
for (const path of [ROOT_PATH, OPENAPI_PATH, DOCS_PATH] as const) table.on("GET", path, path)
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint }) => {
    if (!isPath(endpoint.path)) return
    methods.add(endpoint.method)
    table.on(endpoint.method, endpoint.path, endpoint.path)
  }
})

/** The template of the route that answers, e.g. `/markets/:id`; undefined where there is none. */
export const routeOf = (method: string, path: string): string | undefined =>
  HttpMethod.isHttpMethod(method) ? table.find(method === "HEAD" ? "GET" : method, path)?.handler : undefined

/** The methods that an address answers to, in the spelling of an Allow header; undefined where there is nothing. */
export const allowedMethods = (url: string): string | undefined => {
  const found = [...methods].filter((method) => url === "*" || table.find(method, url) !== undefined)
  if (found.length === 0) return undefined
  return ["OPTIONS", ...found, ...(found.includes("GET") ? ["HEAD"] : [])].toSorted().join(", ")
}
