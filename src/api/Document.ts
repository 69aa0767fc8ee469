// Owns the last touches of the OpenAPI document that the contract's schemas can't give: numbers in paths and queries are
// integers there though they travel as text, components carry their plain names, and the headers of errors are listed.
interface Json {
  [key: string]: unknown
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const children = (value: unknown): ReadonlyArray<Json> => (isObject(value) ? Object.values(value).filter(isObject) : [])

const id = { type: "integer", minimum: 1 }
const NUMBERS: Readonly<Record<string, Json>> = {
  id,
  exchange_id: id,
  base_symbol_id: id,
  quote_symbol_id: id,
  depth: { type: "integer", minimum: 1, maximum: 5000, default: 25 }
}

const HEADERS: Readonly<Record<string, Json>> = {
  "401": { "WWW-Authenticate": { description: "How to authenticate: Bearer", schema: { type: "string" } } },
  "503": { "Retry-After": { description: "Seconds to wait before trying again", schema: { type: "integer" } } }
}

/** Polishes a generated OpenAPI 3.1 document. */
export const polish = (spec: Json): Json => {
  const document = withPlainNames(spec)
  for (const operation of children(document["paths"]).flatMap(children)) {
    const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : []
    for (const parameter of parameters.filter(isObject)) {
      const schema = NUMBERS[String(parameter["name"])]
      if (schema !== undefined) parameter["schema"] = schema
    }
    const responses = isObject(operation["responses"]) ? operation["responses"] : {}
    for (const [status, headers] of Object.entries(HEADERS)) {
      const response = responses[status]
      if (isObject(response)) response["headers"] = headers
    }
  }
  return withoutOrphans(document)
}

/** Drops the components that nothing refers to any more. */
const withoutOrphans = (document: Json): Json => {
  const components = isObject(document["components"]) ? document["components"] : {}
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {}
  const text = JSON.stringify(document)
  for (const name of Object.keys(schemas)) if (!text.includes(`/schemas/${name}"`)) delete schemas[name]
  return document
}

/** `MarketEncoded` is `Market` to a client, wherever that name is free. */
const withPlainNames = (spec: Json): Json => {
  const components = isObject(spec["components"]) ? spec["components"] : {}
  const schemas = isObject(components["schemas"]) ? components["schemas"] : {}
  let text = JSON.stringify(spec)
  for (const name of Object.keys(schemas)) {
    const plain = name.replace(/Encoded$/, "")
    if (plain in schemas) continue
    text = text.replaceAll(`"${name}":`, `"${plain}":`).replaceAll(`/schemas/${name}"`, `/schemas/${plain}"`)
  }
  const renamed: unknown = JSON.parse(text)
  return isObject(renamed) ? renamed : spec
}
