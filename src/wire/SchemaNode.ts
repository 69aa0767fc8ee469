// Owns the questions that the making of a reader asks of a schema's nodes; what is made of the answers is
// ReaderCode.ts's.
// Invariant: a node that a reader could not read as the schema does is `Unsupported`, never read by halves.
import type { SchemaAST } from "effect"

export type SchemaNode = SchemaAST.AST

/** Thrown at what no wire schema has had so far; such a schema is read by JSON.parse. */
export class Unsupported extends Error {}

export const isOptional = (node: SchemaNode): boolean => node.context?.isOptional === true

export const isLiteral = (node: SchemaNode): boolean =>
  node._tag === "Literal" || node._tag === "Null" || node._tag === "Boolean"

/** The values that a literal node takes. */
export const literals = (node: SchemaNode): ReadonlyArray<unknown> =>
  node._tag === "Literal" ? [node.literal] : node._tag === "Boolean" ? [true, false] : [null]

/** A union's members, those of inner unions in their place. */
export const members = (node: SchemaNode): ReadonlyArray<SchemaNode> => {
  if (node._tag !== "Union") return [node]
  if (node.checks !== undefined || node.encoding !== undefined || node.options?.mode === "oneOf")
    throw new Unsupported("union")
  return node.types.flatMap(members)
}

export const keys = (node: SchemaNode): ReadonlyArray<string> =>
  node._tag === "Objects" ? node.propertySignatures.map(({ name }) => String(name)) : []

/** Kinds of value that differ in their first byte. */
export type Kind = "string" | "number" | "object" | "array" | "word"

export const kind = (node: SchemaNode): Kind => {
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
      throw new Unsupported(`union with ${node._tag}`)
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
