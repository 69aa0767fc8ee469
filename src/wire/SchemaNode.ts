// Owns the questions that the making of a reader asks of a schema's nodes. Which schemas a reader can be made for is
// readable.ts's, what is made of them ReaderCode.ts's. A node that a reader takes its own way (`readAs`) is never
// looked into: its members are of what it is decoded to. Invariant: the answers depend on the node alone.
import { SchemaAST } from "effect"

export type SchemaNode = SchemaAST.AST

/** Which keys were seen is kept in the bits of one integer. */
export const MOST_KEYS = 30

export const isOptional = (node: SchemaNode): boolean => node.context?.isOptional === true

export const isLiteral = (node: SchemaNode): boolean =>
  node._tag === "Literal" || node._tag === "Null" || node._tag === "Boolean"

/** The values that a literal node takes. */
export const literals = (node: SchemaNode): ReadonlyArray<unknown> =>
  node._tag === "Literal" ? [node.literal] : node._tag === "Boolean" ? [true, false] : [null]

const isUnion = (node: SchemaNode): node is SchemaAST.Union => node._tag === "Union" && readAs(node) === undefined

/** A union that takes what one of its members takes, and nothing else; so are all unions in it. */
export const isPlain = ({ checks, encoding, options, types }: SchemaAST.Union): boolean =>
  checks === undefined &&
  encoding === undefined &&
  options?.mode !== "oneOf" &&
  types.every((type) => !isUnion(type) || isPlain(type))

/** A union's members, those of inner unions in their place. */
export const members = (node: SchemaNode): ReadonlyArray<SchemaNode> =>
  isUnion(node) ? node.types.flatMap(members) : [node]

/** What a venue writes in the node's place. */
const written = (node: SchemaNode): SchemaNode => (readAs(node) === undefined ? node : SchemaAST.toEncoded(node))

export const keys = (node: SchemaNode): ReadonlyArray<string> => {
  const wire = written(node)
  return wire._tag === "Objects" ? wire.propertySignatures.map(({ name }) => String(name)) : []
}

/** Kinds of value that differ in their first byte. */
export type Kind = "string" | "number" | "object" | "array" | "word"

/**
 * Members of a union by the kinds of value that they take, one that takes two by both; null where a member does not
 * show its kind by its first byte.
 */
export const byKind = (types: ReadonlyArray<SchemaNode>): ReadonlyMap<Kind, ReadonlyArray<SchemaNode>> | null => {
  const groups = new Map<Kind, Array<SchemaNode>>()
  for (const type of types) {
    for (const kind of new Set(members(written(type)).map(kindOf))) {
      if (kind === null) return null
      const group = groups.get(kind)
      if (group === undefined) groups.set(kind, [type])
      else group.push(type)
    }
  }
  return groups
}

/** Null where values of the node begin with several bytes. */
const kindOf = (node: SchemaNode): Kind | null => {
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
