// Owns how a schema's refusal is worded: every fault in words a caller can act on, with a JSON pointer (RFC 6901) to
// it.
import { SchemaIssue } from "effect"

export interface SchemaFault {
  readonly path: string
  readonly message: string
}

/** What is wrong with a value of JSON. */
export const schemaFaults = (issue: SchemaIssue.Issue): ReadonlyArray<SchemaFault> => faultsOf(issue, KINDS)

/** What is wrong with values that travel as text alone, such as those of a query: only what is there twice is none. */
export const textFaults = (issue: SchemaIssue.Issue): ReadonlyArray<SchemaFault> =>
  faultsOf(issue, { ...KINDS, String: "Given more than once" })

const faultsOf = (issue: SchemaIssue.Issue, kinds: typeof KINDS): ReadonlyArray<SchemaFault> =>
  SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: leafOf(kinds) })(issue).issues.map(({ message, path }) => ({
    path: pointer(path ?? []),
    // a union's own words, which no hook reaches
    message: message === "Expected object" ? "Expected a JSON object" : message
  }))

const pointer = (path: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>): string =>
  path
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("")

const leafOf =
  (kinds: typeof KINDS): SchemaIssue.LeafHook =>
  (issue) => {
    switch (issue._tag) {
      case "MissingKey":
        return "Required, but missing"
      case "UnexpectedKey":
        return "Unknown field"
      case "InvalidType":
        return kinds[issue.ast._tag] ?? SchemaIssue.defaultLeafHook(issue)
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
