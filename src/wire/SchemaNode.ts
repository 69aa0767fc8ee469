// Owns the questions that the making of a reader asks of a schema's nodes. Which schemas a reader can be made for is
// readable.ts's, what is made of them ReaderCode.ts's. Invariant: the answers depend on the node alone.
import type { SchemaAST } from "effect"

export type SchemaNode = SchemaAST.AST

/** Which keys were seen is kept in the bits of one integer. */
export const MOST_KEYS = 30

export const isOptional = (node: SchemaNode): boolean => node.context?.isOptional === true

export const isLiteral = (node: SchemaNode): boolean =>
  node._tag === "Literal" || node._tag === "Null" || node._tag === "Boolean"

/** The values that a literal node takes. */
export const literals = (node: SchemaNode): ReadonlyArray<unknown> =>
  node._tag === "Literal" ? [node.literal] : node._tag === "Boolean" ? [true, false] : [null]

/** A union that takes what one of its members takes, and nothing else; so are all unions in it. */
export const isPlain = ({ checks, encoding, options, types }: SchemaAST.Union): boolean =>
  checks === undefined &&
  encoding === undefined &&
  options?.mode !== "oneOf" &&
  types.every((type) => type._tag !== "Union" || isPlain(type))

/** A union's members, those of inner unions in their place. */
export const members = (node: SchemaNode): ReadonlyArray<SchemaNode> =>
  node._tag === "Union" ? node.types.flatMap(members) : [node]

export const keys = (node: SchemaNode): ReadonlyArray<string> =>
  node._tag === "Objects" ? node.propertySignatures.map(({ name }) => String(name)) : []

/** Kinds of value that differ in their first byte. */
export type Kind = "string" | "number" | "object" | "array" | "word"

/** Null where values of the node begin with several bytes. */
export const kind = (node: SchemaNode): Kind | null => {
  switch (node._tag) {
    case "String":
      return "string"
    case "Number":
      return "number"
    case "Objects":
      return "object"
    case "Arrays":
      return "array"
    case "Boolean":
    case "Null":
      return "word"
    case "Literal":
      return typeof node.literal === "string" ? "string" : typeof node.literal === "number" ? "number" : "word"
    default:
      return null
  }
}

/**
 * How a reader takes a value, where it knows a shorter way than the schema's own; that it is one, the tests hold it to.
 */
export const readAs = (node: SchemaNode): unknown =>
  node.annotations?.["readAs"] ?? node.checks?.at(-1)?.annotations?.["readAs"]

/** By what name and values a check of Effect's own is known. */
export const checkOf = ({ annotations }: SchemaAST.Check<never>) => {
  const { id, payload } = (annotations?.["representation"] ?? {}) as {
    readonly id?: string
    readonly payload?: unknown
  }
  return { id, payload: (payload ?? {}) as Readonly<Record<string, unknown>> }
}
