// Owns the last touches of the OpenAPI document that the contract's schemas can't give: numbers in paths and queries
// are integers there though they travel as text, components carry their plain names, headers of errors are listed, each
// call and each problem has its example (DocumentExamples.ts), and what only Effect's own client understands is left
// out.
import { CALL_EXAMPLES, PARAMETER_EXAMPLES } from "./DocumentExamples.ts"
import { PROBLEM_EXAMPLES } from "./ProblemExamples.ts"

interface Json {
  [key: string]: unknown
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const objectIn = (value: unknown, key: string): Json => (isObject(value) && isObject(value[key]) ? value[key] : {})
const children = (value: unknown): ReadonlyArray<Json> => (isObject(value) ? Object.values(value).filter(isObject) : [])

const id = { type: "integer", minimum: 1 }
/** A row's number, or its name or tag. */
const NUMBER_OR_NAME = { anyOf: [id, { type: "string", minLength: 1 }] }
const NUMBERS: Readonly<Record<string, Json>> = {
  id,
  exchange_id: id,
  base_symbol_id: id,
  quote_symbol_id: id,
  limit: { type: "integer", minimum: 1, maximum: 5000, default: 1000 },
  depth: { type: "integer", minimum: 1, maximum: 5000, default: 25 }
}

const retryAfter = {
  "Retry-After": { description: "Seconds to wait before trying again", schema: { type: "integer" } }
}
const HEADERS: Readonly<Record<string, Json>> = {
  "401": { "WWW-Authenticate": { description: "How to authenticate: Bearer", schema: { type: "string" } } },
  "429": retryAfter,
  "503": retryAfter
}

const bearer = (description: string) => ({ type: "http", scheme: "bearer", description })
const SECURITY = {
  operator: bearer("The operator's token, LEVEL4_OPERATOR_TOKEN, where one is set: for every call"),
  reader: bearer(
    "The reader's token, LEVEL4_READER_TOKEN, where one is set: for calls that read; the operator's does too"
  )
}

/** Polishes a generated OpenAPI 3.1 document. */
export const polish = (spec: Json): Json => {
  const document = withPlainNames(simplified(spec))
  const problems = exampleProblems(objectIn(objectIn(document, "components"), "schemas"))
  for (const operation of children(document["paths"]).flatMap(children)) {
    const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : []
    for (const parameter of parameters.filter(isObject)) {
      const name = String(parameter["name"])
      const named = name === "id" && !String(operation["operationId"]).startsWith("rules.")
      parameter["schema"] = named ? NUMBER_OR_NAME : (NUMBERS[name] ?? parameter["schema"])
      parameter["example"] = PARAMETER_EXAMPLES[name]
    }
    const { answer, request } = CALL_EXAMPLES[String(operation["operationId"])] ?? {}
    for (const content of children(objectIn(operation["requestBody"], "content"))) content["example"] = request
    for (const [status, response] of Object.entries(objectIn(operation, "responses"))) {
      if (!isObject(response)) continue
      if (HEADERS[status] !== undefined) response["headers"] = HEADERS[status]
      for (const content of children(response["content"])) {
        if (status.startsWith("2")) content["example"] = answer
        else content["examples"] = examplesOf(content["schema"], problems)
      }
    }
  }
  objectIn(document, "components")["securitySchemes"] = SECURITY
  return withoutOrphans(document)
}

/** Each problem as a whole, by its component: the members of its kind are in its schema. */
const exampleProblems = (schemas: Json): Readonly<Record<string, Json>> => {
  const only = (schema: unknown, member: string): unknown => {
    const { enum: values } = objectIn(objectIn(schema, "properties"), member)
    return Array.isArray(values) ? values[0] : undefined
  }
  return Object.fromEntries(
    Object.entries(PROBLEM_EXAMPLES).map(([name, example]) => {
      const schema = schemas[name]
      const kind = { type: only(schema, "type"), status: only(schema, "status"), title: only(schema, "title") }
      return [name, { ...kind, ...example }]
    })
  )
}

/** Examples of the problems that an answer's schema refers to, each by its own name. */
const examplesOf = (schema: unknown, problems: Readonly<Record<string, Json>>): Json => {
  const examples: Json = {}
  for (const [, name = ""] of JSON.stringify(schema).matchAll(/\/schemas\/([A-Za-z]+Problem)"/g)) {
    examples[name.replace(/Problem$/, "")] = { value: problems[name] }
  }
  return examples
}

/** A choice of one is no choice, and the bounds of a double are none of an integer; Effect's extensions are its own. */
const simplified = (spec: Json): Json => {
  const simple: unknown = JSON.parse(JSON.stringify(spec), (key, value: unknown) => {
    if (key === "x-effect-stream") return undefined
    if (key === "minimum" && value === Number.MIN_SAFE_INTEGER) return undefined
    if (key === "maximum" && value === Number.MAX_SAFE_INTEGER) return undefined
    if (!isObject(value)) return value
    const { anyOf, allOf, ...rest } = value
    if (Array.isArray(anyOf) && anyOf.length === 1) return { ...anyOf[0], ...rest }
    // what is checked of a text or number stands beside its type
    if (Array.isArray(allOf) && allOf.length === 1 && "enum" in allOf[0]) return { ...rest, ...allOf[0] }
    return value
  })
  return isObject(simple) ? simple : spec
}

/** Drops the components that nothing refers to any more. */
const withoutOrphans = (document: Json): Json => {
  const schemas = objectIn(objectIn(document, "components"), "schemas")
  const text = JSON.stringify(document)
  for (const name of Object.keys(schemas)) if (!text.includes(`/schemas/${name}"`)) delete schemas[name]
  return document
}

/** `MarketEncoded` is `Market` to a client; where that name is taken, it is the text that holds one. */
const withPlainNames = (spec: Json): Json => {
  const schemas = objectIn(objectIn(spec, "components"), "schemas")
  let text = JSON.stringify(spec)
  for (const name of Object.keys(schemas)) {
    const short = name.replace(/Encoded$/, "")
    if (short === name) continue
    const plain = short in schemas ? `${short}Text` : short
    text = text.replaceAll(`"${name}":`, `"${plain}":`).replaceAll(`/schemas/${name}"`, `/schemas/${plain}"`)
  }
  const renamed: unknown = JSON.parse(text)
  return isObject(renamed) ? renamed : spec
}
