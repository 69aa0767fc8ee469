// Owns how a schema's refusal is worded: every fault in words a caller can act on, with a JSON pointer (RFC 6901) to it.
import { SchemaIssue } from "effect"

export interface SchemaFault {
  readonly path: string
  readonly message: string
}

export const schemaFaults = (issue: SchemaIssue.Issue): ReadonlyArray<SchemaFault> =>
  format(issue).issues.map(({ message, path }) => ({
    path: pointer(path ?? []),
    // a union's own words, which no hook reaches
    message: message === "Expected object" ? "Expected a JSON object" : message
  }))

const pointer = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string =>
  path
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")

const leaf: SchemaIssue.LeafHook = (issue) => {
  switch (issue._tag) {
    case "MissingKey":
      return "Required, but missing"
    case "UnexpectedKey":
      return "Unknown field"
    case "InvalidType":
      return KINDS[issue.ast._tag] ?? SchemaIssue.defaultLeafHook(issue)
    default:
      return SchemaIssue.defaultLeafHook(issue)
  }
}
// the default names the schema, and SymbolId tells a stranger less than a number does
const KINDS: Readonly<Record<string, string>> = {
  String: "Expected a string",
  Number: "Expected a number",
  Boolean: "Expected true or false",
  Objects: "Expected a JSON object",
  Arrays: "Expected an array"
}
const format = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: leaf })
