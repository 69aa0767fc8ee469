// Owns the question whether a reader can be generated for a schema, put where the schema is defined, so that a scheme
// whose frames would all be left to the interpreter fails at start and not by being slow. It walks the schema alone:
// the source is written for the first frame (ReaderCode.ts), which takes ten times as long. Invariant: what passes here
// is all that ReaderCode and ScalarCode can write, and a message names the part that does not and what to do about it.
import type { SchemaAST } from "effect"
import { PricedLevel } from "./PricedLevel.ts"
import {
  byKind,
  isLiteral,
  isOptional,
  isPlain,
  keys,
  members,
  MOST_KEYS,
  readAs,
  type SchemaNode
} from "./SchemaNode.ts"

/** A schema that no reader can be generated for: a mistake of whoever wrote the scheme. */
export class UnsupportedSchema extends Error {
  constructor(place: string, what: string) {
    super(`no frame reader can be generated for this schema: ${place === "" ? "the whole" : place} ${what}`)
    this.name = "UnsupportedSchema"
  }
}

/** Throws `UnsupportedSchema` unless a reader can be generated. `exact`: as for the reader. */
export const assertReadable = (schema: SchemaNode, exact: boolean): void =>
  visit(schema, { place: "", exact, watched: 0 })

interface Visit {
  /** From the root, such as `data[].price`. */
  readonly place: string
  readonly exact: boolean
  /** Keys of the members of a union that differ by their keys. */
  readonly watched: number
}

const TRANSFORMATION =
  "is transformed, and a reader only knows the transformations of src/wire (DecimalText, PlainDecimal, WholeText, " +
  "EpochSeconds, Rfc3339, PricedLevel); take one of them, or the plain value, and convert it in `translate`"
const GROUP = "has a group of checks; write its checks one by one"
const CHECKED_UNION = "is a union that is checked, transformed or `oneOf`; put the check on its members"
const MIXED =
  "is a union with a member that does not show its kind by its first byte; members are texts, numbers, literals, " +
  "structs, tuples and arrays"
const AMOUNTS =
  "is a union of texts and numbers of several kinds, in a schema read with `exact`; take `Amount` or `Numeric`"
const TUPLE = "is a tuple with an optional element, or one behind its rest; list such tuples as members of a union"
const RECORD = "is a record with other keys than any text, or with properties beside them; take a struct or a record"
const KEY = "is a property whose key is a symbol or `__proto__`; leave it out"
const MANY = `has more than ${MOST_KEYS} keys, other members of its union included; leave out what nobody reads`

/** Transformations that a reader knows by itself. */
const KNOWN: ReadonlySet<unknown> = new Set(["seconds", "whole", "time", "decimal", "plain decimal", "unread"])

const visit = (node: SchemaNode, at: Visit): void => {
  const way = readAs(node)
  if (KNOWN.has(way)) return
  if (way === "pair") return visit(PricedLevel.from.ast, at)
  if (node._tag === "Union") return visitUnion(node, at)
  if (node.encoding !== undefined) throw new UnsupportedSchema(at.place, TRANSFORMATION)
  if (node.checks?.some(({ _tag }) => _tag !== "Filter") === true) throw new UnsupportedSchema(at.place, GROUP)
  switch (node._tag) {
    case "String":
    case "Number":
    case "Unknown":
    case "Never":
    case "Boolean":
    case "Null":
    case "Literal":
      return
    case "Arrays":
      return visitArray(node, at)
    case "Objects":
      return node.indexSignatures.length > 0 ? visitRecord(node, at) : visitStruct(node, at)
    default:
      throw new UnsupportedSchema(at.place, `is of a kind that no wire schema has (${node._tag})`)
  }
}

const inside = ({ place, exact }: Visit, step: string): Visit => ({
  place: place === "" ? step.replace(/^\./, "") : `${place}${step}`,
  exact,
  watched: 0
})

const visitArray = (node: SchemaAST.Arrays, at: Visit): void => {
  if (node.rest.length > 1 || node.elements.some(isOptional)) throw new UnsupportedSchema(at.place, TUPLE)
  node.elements.forEach((element, i) => visit(element, inside(at, `[${i}]`)))
  for (const rest of node.rest) visit(rest, inside(at, "[]"))
}

const visitRecord = (node: SchemaAST.Objects, at: Visit): void => {
  const [index, ...others] = node.indexSignatures
  if (index?.parameter._tag !== "String" || others.length + node.propertySignatures.length > 0)
    throw new UnsupportedSchema(at.place, RECORD)
  visit(index.type, inside(at, ".*"))
}

const visitStruct = (node: SchemaAST.Objects, at: Visit): void => {
  if (Math.max(node.propertySignatures.length, at.watched) > MOST_KEYS) throw new UnsupportedSchema(at.place, MANY)
  for (const { name, type } of node.propertySignatures) {
    const within = inside(at, `.${String(name)}`)
    if (typeof name !== "string" || name === "__proto__") throw new UnsupportedSchema(within.place, KEY)
    visit(type, within)
  }
}

const isNoAmount = (node: SchemaNode): boolean => isLiteral(node) || node.encoding !== undefined

const visitUnion = (node: SchemaAST.Union, at: Visit): void => {
  if (!isPlain(node)) throw new UnsupportedSchema(at.place, CHECKED_UNION)
  const types = members(node)
  const groups = byKind(types)
  if (groups === null) throw new UnsupportedSchema(at.place, MIXED)
  if (at.exact && groups.has("number") && groups.has("string") && !types.every(isLiteral)) {
    const both = [...groups.get("number")!, ...groups.get("string")!]
    const isOne = both.length === 2 && both[0] === both[1]
    if (both.length > 2 || (!isOne && both.some(isNoAmount))) throw new UnsupportedSchema(at.place, AMOUNTS)
  }
  for (const group of groups.values()) {
    const watched = group.length > 1 ? new Set(group.flatMap(keys)).size : 0
    for (const type of group) visit(type, { ...at, watched })
  }
}
