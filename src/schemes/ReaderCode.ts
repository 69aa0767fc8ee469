// Owns the source of a generated reader: statements for each node of a schema. A struct becomes a loop over the keys with a
// branch a property, a tuple a row of values, and members of a union that begin with the same byte are tried in order.
// Every method appends statements to `code` that begin at the position `p` and leave the function where the value does not
// fit, and gives the expression that is then the value. What `p` and the other names mean is in readerText.ts.
// Invariant: a value passes exactly if the schema takes it; where the bytes do not tell plainly, `j.odd` lets it decide.
import type { SchemaAST } from "effect"
import { numericOf, PLAIN } from "./DecimalText.ts"
import { PricedLevel } from "./PricedLevel.ts"
import { BLANKS, COLON, COMMA, matches, next, onKey, SKIP, STARTS } from "./readerText.ts"
import {
  isLiteral,
  isOptional,
  keys,
  kind,
  known,
  literals,
  members,
  readAs,
  Unsupported,
  type SchemaNode
} from "./SchemaNode.ts"

type Code = Array<string>
type Names = ReadonlySet<string>
const NO_NAMES: Names = new Set()
/** Which keys were seen is kept in the bits of one integer. */
const MOST_KEYS = 30

export class ReaderCode {
  /** What the source refers to as `C[0]`, `C[1]`, … */
  readonly constants: Array<unknown> = []
  readonly functions: Array<string> = []
  /** Long fractions are texts. */
  private readonly exact: boolean
  private names = 0

  constructor(exact: boolean) {
    this.exact = exact
  }

  /**
   * Makes a function that reads a value at a position; gives its name. `watched`: keys by which other members of a union
   * are told from this one. They count only once, so that none is chosen by half of a frame.
   */
  define(node: SchemaNode, watched: Names = NO_NAMES): string {
    const name = this.fresh("read")
    const code: Code = []
    const value = this.value(node, code, watched)
    this.functions.push(`function ${name}(p){${code.join("")}cursor.at=p;return ${value}}`)
    return name
  }

  private fresh(prefix: string): string {
    return `${prefix}${this.names++}`
  }

  private constant(value: unknown): string {
    return `C[${this.constants.push(value) - 1}]`
  }

  private value(node: SchemaNode, code: Code, watched: Names = NO_NAMES): string {
    switch (readAs(node)) {
      case "seconds":
        return this.seconds(code)
      case "whole":
        return this.whole(code)
      case "time":
        return this.time(code)
      case "decimal":
        return this.decimal(code, false)
      case "plain decimal":
        return this.decimal(code, true)
      case "pair":
        return this.pair(PricedLevel.from.ast, code)
      case "unread":
        return this.unread(code)
    }
    if (node.encoding !== undefined) throw new Unsupported("transformation")
    const value = this.unchecked(node, code, watched)
    this.checks(node, value, code)
    return value
  }

  private checks(node: SchemaNode, value: string, code: Code): void {
    for (const check of node.checks ?? []) {
      const { id, payload } = known(check)
      if (id === "effect/schema/isFinite") code.push(`if(${value}-${value}!==0)return;`)
      else if (id === "effect/schema/isGreaterThanOrEqualTo" && typeof payload["minimum"] === "number")
        code.push(`if(!(${value}>=${payload["minimum"]}))return;`)
      else if (id === "effect/schema/isPattern" && payload["flags"] === "")
        code.push(`if(!${this.constant(new RegExp(String(payload["source"])))}.test(${value}))return;`)
      else if (check._tag === "Filter")
        code.push(`if(${this.constant(check)}.run(${value},${this.constant(node)},{})!==undefined)return;`)
      else throw new Unsupported("group of checks")
    }
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
        throw new Unsupported(node._tag)
    }
  }

  private text(code: Code, recurs = false): string {
    const [begin, text] = [this.fresh("p"), this.fresh("v")]
    const cut = recurs ? "recurring" : "j.cut"
    // a long number is a text as well
    if (this.exact) code.push(`if(${STARTS.number})return j.odd();`)
    code.push(`const ${begin}=p;p=j.string(p);if(p===0)return;const ${text}=${cut}(${begin}+1,p-1);`)
    return text
  }

  private number(code: Code): string {
    const value = this.fresh("v")
    const not = this.exact ? "p===0||cursor.long" : "p===0"
    code.push(`p=j.number(p,${this.exact});if(${not})return;const ${value}=n[0];`)
    return value
  }

  private seconds(code: Code): string {
    const value = this.fresh("v")
    code.push(`p=j.seconds(p,${this.exact});if(p===0)return;const ${value}=n[0];`)
    return value
  }

  private decimal(code: Code, plain: boolean): string {
    const [begin, value] = [this.fresh("p"), this.fresh("v")]
    const refused = plain ? `if(!${this.constant(PLAIN)}.test(${value}))return;` : ""
    code.push(`const ${begin}=p;p=j.decimal(p);if(p===0)return;let ${value}=n[0];`)
    code.push(
      `if(cursor.long){${value}=j.cut(${begin}+1,p-1);${refused}${value}=${this.constant(numericOf)}(${value})}`
    )
    return value
  }

  private whole(code: Code): string {
    const value = this.fresh("v")
    code.push(`p=j.whole(p);if(p===0)return;const ${value}=n[0];`)
    return value
  }

  private time(code: Code): string {
    const value = this.fresh("v")
    code.push(`p=j.time(p);if(p===0)return;const ${value}=n[0]===n[0]?n[0]:null;`)
    return value
  }

  private unread(code: Code): string {
    code.push(SKIP)
    return "null"
  }

  /** Most are numbers all the same. Long ones inside of others would have to become texts. */
  private unknown(code: Code): string {
    const [begin, value] = [this.fresh("p"), this.fresh("v")]
    if (this.exact) code.push(`if(${STARTS.array}||${STARTS.object})return j.odd();`)
    const number = this.exact ? `cursor.long?j.cut(${begin},p):n[0]` : "n[0]"
    code.push(
      `const ${begin}=p;let ${value};p=j.number(p,${this.exact});if(p>0)${value}=${number};`,
      `else{p=j.skip(${begin});if(p===0)return;${value}=JSON.parse(j.cut(${begin},p))}`
    )
    return value
  }

  /** The first of the literals that stands at `p`. */
  private words(nodes: ReadonlyArray<SchemaNode>, code: Code): string {
    const value = this.fresh("v")
    const values = nodes.flatMap(literals)
    const tests = values.map((one) => {
      const text = JSON.stringify(one)
      const after = `b[p+${text.length}]`
      const ends = typeof one === "number" ? `&&!(${after}>47&&${after}<58||${after}===46)` : ""
      return `if(${matches(text)}${ends}){${value}=${text};p+=${text.length}}`
    })
    // a number may be written in many ways, a string with escapes
    const other = values.some((one) => typeof one === "number") ? "j.odd()" : "j.unlike(p)"
    code.push(`let ${value};${tests.join("else ")}else return ${other};`)
    return value
  }

  private array(node: SchemaAST.Arrays, code: Code): string {
    const [rest, ...others] = node.rest
    if (others.length > 0 || node.elements.some(isOptional)) throw new Unsupported("tuple")
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
    const [index, ...others] = node.indexSignatures
    if (index?.parameter._tag !== "String" || others.length + node.propertySignatures.length > 0)
      throw new Unsupported("record")
    const record = this.fresh("r")
    const body: Code = []
    const name = this.text(body, true)
    body.push(`if(${name}==="__proto__"||${name} in ${record})return j.odd();`, COLON)
    const value = this.value(index.type, body)
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
    const fields = node.propertySignatures.map(({ name, type }, i) => {
      if (typeof name !== "string" || name === "__proto__") throw new Unsupported("key")
      return { name, type, bit: 1 << i, variable: this.fresh("f"), optional: isOptional(type) }
    })
    const branches = fields.map(({ name, type, bit, variable }) => {
      const body: Code = []
      const value = this.value(type, body)
      return onKey(name, seen, bit, `${body.join("")}${variable}=${value}`)
    })
    const others = [...watched].filter((name) => fields.every((field) => field.name !== name))
    if (fields.length + others.length > MOST_KEYS) throw new Unsupported("too many keys")
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
  private pair(node: SchemaAST.Objects, code: Code): string {
    const { fields } = this.properties(node, code, NO_NAMES)
    return this.tuple(
      fields.map(({ variable }) => variable),
      code
    )
  }

  private union(node: SchemaAST.Union, code: Code): string {
    const types = members(node)
    if (types.every(isLiteral)) return this.words(types, code)
    const value = this.fresh("u")
    const groups = Map.groupBy(types, kind)
    const texts = groups.get("string")
    const branches = Array.from(groups, ([which, group]) => {
      const body: Code = []
      if (which === "number" && this.exact && texts !== undefined) this.amount(value, group, texts, body)
      else this.trials(value, group, body)
      return `if(${STARTS[which]}){${body.join("")}}`
    })
    code.push(`let ${value};${branches.join("else ")}else return;`)
    return value
  }

  /** A number, or its text where that is long, at a place that may hold either. */
  private amount(
    value: string,
    numbers: ReadonlyArray<SchemaNode>,
    texts: ReadonlyArray<SchemaNode>,
    code: Code
  ): void {
    const [number, text] = [numbers[0]!, texts[0]!]
    if (numbers.length + texts.length > 2 || number._tag !== "Number" || text._tag !== "String")
      throw new Unsupported("amount")
    const [begin, read] = [this.fresh("p"), this.fresh("v")]
    code.push(`const ${begin}=p;p=j.number(p,true);if(p===0)return;`)
    code.push(`if(cursor.long){const ${read}=j.cut(${begin},p);`)
    this.checks(text, read, code)
    code.push(`${value}=${read}}else{const ${read}=n[0];`)
    this.checks(number, read, code)
    code.push(`${value}=${read}}`)
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
