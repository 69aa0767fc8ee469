// Owns the source of a generated reader: statements for each node of a schema, those of plain values from
// ScalarCode.ts. A struct becomes a loop over the keys with a branch a property, a tuple a row of values, and members
// of a union that begin with the same byte are tried in order.
// Every method appends statements to `code` that begin at the position `p` and leave the function where the value does
// not fit, and gives the expression that is then the value. What `p` and the other names mean is in readerText.ts.
// Invariant: a value passes exactly if the schema takes it; where the bytes do not tell plainly, `j.odd` lets it
// decide. Schemas that `assertReadable` refuses never come here.
import type { SchemaAST } from "effect"
import { PricedLevel } from "./PricedLevel.ts"
import { BLANKS, COLON, COMMA, next, onKey, SKIP, STARTS } from "./readerText.ts"
import { ScalarCode, type Code } from "./ScalarCode.ts"
import { byKind, isLiteral, isOptional, keys, members, readAs, type SchemaNode } from "./SchemaNode.ts"

type Names = ReadonlySet<string>
const NO_NAMES: Names = new Set()

export class ReaderCode extends ScalarCode {
  readonly functions: Array<string> = []

  /**
   * Makes a function that reads a value at a position; gives its name. `watched`: keys by which other members of a
   * union are known from this one. They count only once, so that none is chosen by half of a frame.
   */
  define(node: SchemaNode, watched: Names = NO_NAMES): string {
    const name = this.fresh("read")
    const code: Code = []
    const value = this.value(node, code, watched)
    this.functions.push(`function ${name}(p){${code.join("")}cursor.at=p;return ${value}}`)
    return name
  }

  private value(node: SchemaNode, code: Code, watched: Names = NO_NAMES): string {
    if (readAs(node) === "pair") return this.pair(PricedLevel.from.ast, code, watched)
    const known = this.known(node, code)
    if (known !== null) return known
    const value = this.unchecked(node, code, watched)
    this.checks(node, value, code)
    return value
  }

  private unchecked(node: SchemaNode, code: Code, watched: Names): string {
    switch (node._tag) {
      case "String":
        return this.text(code, readAs(node) === "recurring")
      case "Number":
        return this.number(code)
      case "Unknown":
        return this.unknown(code)
      case "Never":
        code.push("return;")
        return "undefined"
      case "Boolean":
      case "Null":
      case "Literal":
        return this.words([node], code)
      case "Arrays":
        return this.array(node, code)
      case "Objects":
        return node.indexSignatures.length > 0 ? this.record(node, code) : this.struct(node, code, watched)
      case "Union":
        return this.union(node, code)
      default:
        throw new Error(`no reader for ${node._tag}`)
    }
  }

  private array(node: SchemaAST.Arrays, code: Code): string {
    const [rest] = node.rest
    code.push(`if(b[p]!==91)return;p++;${BLANKS}`)
    const items = node.elements.map((element, i) => {
      if (i > 0) code.push(COMMA)
      const item = this.value(element, code)
      code.push(BLANKS)
      return item
    })
    if (rest === undefined) {
      code.push("if(b[p]!==93)return;p++;")
      return this.tuple(items, code)
    }
    const list = this.fresh("a")
    const body: Code = []
    const item = this.value(rest, body)
    // a tuple's rest begins behind a comma
    const begin = items.length > 0 ? COMMA : ""
    code.push(`let ${list};if(b[p]===93){p++;${list}=[${items.join(",")}]}else{${begin}for(;;){`, ...body)
    // most lists are short, and one that is made with its first item takes a fraction of one that grows to it
    code.push(`if(${list}===undefined)${list}=[${[...items, item].join(",")}];else ${list}.push(${item});${next(93)}}}`)
    return list
  }

  /** An array of one kind, whatever it holds: see `level` in Instruction.ts. */
  private tuple(items: ReadonlyArray<string>, code: Code): string {
    const tuple = this.fresh("t")
    code.push(`const ${tuple}=[${items.map(() => "anything").join(",")}];`)
    items.forEach((item, i) => code.push(`${tuple}[${i}]=${item};`))
    return tuple
  }

  private record(node: SchemaAST.Objects, code: Code): string {
    const record = this.fresh("r")
    const body: Code = []
    const name = this.text(body, true)
    body.push(`if(${name}==="__proto__"||${name} in ${record})return j.odd();`, COLON)
    const value = this.value(node.indexSignatures[0]!.type, body)
    code.push(`const ${record}={};`)
    this.entries(`${body.join("")}${record}[${name}]=${value};`, code)
    return record
  }

  /** A loop over an object's keys; `entry` reads the key at `p` and its value. */
  private entries(entry: string, code: Code): void {
    code.push(`if(b[p]!==123)return;p++;${BLANKS}if(b[p]===125)p++;else for(;;){if(b[p]!==34)return j.odd();`)
    code.push(entry, `${next(125)}}`)
  }

  /** Reads an object's properties into variables; all that must be there are. */
  private properties(node: SchemaAST.Objects, code: Code, watched: Names) {
    const seen = this.fresh("s")
    const fields = node.propertySignatures.map(({ name, type }, i) => ({
      name: String(name),
      type,
      bit: 1 << i,
      variable: this.fresh("f"),
      optional: isOptional(type)
    }))
    const branches = fields.map(({ name, type, bit, variable }) => {
      const body: Code = []
      const value = this.value(type, body)
      return onKey(name, seen, bit, `${body.join("")}${variable}=${value}`)
    })
    const others = [...watched].filter((name) => fields.every((field) => field.name !== name))
    others.forEach((name, i) => branches.push(onKey(name, seen, 1 << (fields.length + i), SKIP)))
    branches.push(`{p=j.string(p);if(p===0)return;${COLON}${SKIP}}`)
    code.push(`let ${seen}=0${fields.map(({ variable }) => `,${variable}`).join("")};`)
    this.entries(branches.join("else "), code)
    const mask = fields.reduce((all, { bit, optional }) => (optional ? all : all | bit), 0)
    code.push(`if((${seen}&${mask})!==${mask})return;`)
    return { fields, seen }
  }

  private struct(node: SchemaAST.Objects, code: Code, watched: Names): string {
    const struct = this.fresh("o")
    const { fields, seen } = this.properties(node, code, watched)
    const required = fields.filter(({ optional }) => !optional)
    const entries = required.map(({ name, variable }) => `${JSON.stringify(name)}:${variable}`)
    code.push(`const ${struct}={${entries.join(",")}};`)
    for (const { name, bit, variable, type, optional } of fields) {
      if (optional && type._tag !== "Never")
        code.push(`if(${seen}&${bit})${struct}[${JSON.stringify(name)}]=${variable};`)
    }
    return struct
  }

  /** The object of a level as the pair that it is decoded to. */
  private pair(node: SchemaAST.Objects, code: Code, watched: Names): string {
    const { fields } = this.properties(node, code, watched)
    return this.tuple(
      fields.map(({ variable }) => variable),
      code
    )
  }

  private union(node: SchemaAST.Union, code: Code): string {
    const types = members(node)
    if (types.every(isLiteral)) return this.words(types, code)
    const value = this.fresh("u")
    const groups = byKind(types)!
    const texts = groups.get("string")
    const branches = Array.from(groups, ([which, group]) => {
      const body: Code = []
      if (which === "number" && this.exact && texts !== undefined && texts[0] !== group[0])
        this.amount(value, group, texts, body)
      else this.trials(value, group, body)
      return `if(${STARTS[which]}){${body.join("")}}`
    })
    // a long number is a text as well
    if (this.exact && texts !== undefined && !groups.has("number")) branches.push(`if(${STARTS.number})return j.odd();`)
    code.push(`let ${value};${branches.join("else ")}else return;`)
    return value
  }

  /** Members that begin alike: one is read in place, several by a function each, in order. */
  private trials(value: string, types: ReadonlyArray<SchemaNode>, code: Code): void {
    if (types.length === 1 || types.every(isLiteral)) {
      const read = types.length === 1 ? this.value(types[0]!, code) : this.words(types, code)
      code.push(`${value}=${read};`)
      return
    }
    const watched = new Set(types.flatMap(keys))
    const [first, ...others] = types.map((type) => this.define(type, watched))
    code.push(`${value}=${first}(p);`)
    for (const other of others) code.push(`if(${value}===undefined){if(cursor.odd)return;${value}=${other}(p)}`)
    code.push(`if(${value}===undefined)return;p=cursor.at;`)
  }
}
