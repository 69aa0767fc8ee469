// Owns the fast way from text to typed frame: a reader generated from the scheme's own schema, which reads the bytes once,
// checks each value where it stands, and keeps only what the schema names. A struct becomes a loop over the keys with one
// branch a property, a tuple a row of values, and members of a union that begin with the same byte are tried in order. The
// schema's checks are the schema's: none is left out. What a reader rejects or finds odd is not its own to judge: the
// caller then lets JSON.parse and the schema say what it is, so the reader never has to explain. Invariant: what it
// gives is what decoding by the schema would give (proven against it in the tests), or undefined.
import { Schema, type SchemaAST } from "effect"
import * as json from "./JsonBytes.ts"

/** A value that must be there and that nobody reads. */
export const Unread = Schema.Unknown.annotate({ description: "not read" })
/** A plain decimal as text, such as "0.025": no sign, no exponent. */
export const Decimal = Schema.String.check(Schema.isPattern(/^\d+(\.\d+)?$/))

/** Thrown at what no wire schema has had so far; such a schema is read by JSON.parse. */
class Unsupported extends Error {}

type Ast = SchemaAST.AST
type Reader = (text: string) => unknown
/** Statements so far. They begin at the position `p`, and leave the function where the value does not fit. */
type Code = Array<string>

const compile = (root: Ast, exact: boolean): Reader => {
  const constants: Array<unknown> = []
  const functions: Array<string> = []
  let names = 0
  const fresh = (prefix: string): string => `${prefix}${names++}`
  const constant = (value: unknown): string => `C[${constants.push(value) - 1}]`
  const BLANKS = "if(b[p]<33)p=b[p]===32&&b[p+1]>32?p+1:j.blanks(p)"
  const COLON = "if(b[p]===58){p++;if(b[p]<33)p=b[p]===32&&b[p+1]>32?p+1:j.blanks(p)}else{p=j.colon(p);if(p===0)return}"
  const SKIP = "p=j.skip(p);if(p===0)return"

  /** Statements that pass a value by a function of JsonBytes, and keep its text in a variable. */
  const textBy = (read: string, code: Code): string => {
    const [begin, text] = [fresh("p"), fresh("v")]
    code.push(`const ${begin}=p;p=j.${read}(p);if(p===0)return;const ${text}=cursor.text.slice(${begin}+1,p-1)`)
    return text
  }

  /** Statements that read a value by the schema node; gives the expression that is its result. */
  const emit = (ast: Ast, code: Code, watched: ReadonlySet<string> = new Set()): string => {
    if (ast.encoding !== undefined) throw new Unsupported("transformation")
    const value = emitBase(ast, code, watched)
    for (const check of ast === Decimal.ast ? [] : (ast.checks ?? [])) emitCheck(ast, check, value, code)
    return value
  }

  const emitCheck = (ast: Ast, check: SchemaAST.Check<never>, value: string, code: Code): void => {
    if (check._tag !== "Filter") throw new Unsupported("group of checks")
    const { id, payload } = known(check)
    if (id === "effect/schema/isFinite") code.push(`if(${value}-${value}!==0)return`)
    else if (id === "effect/schema/isGreaterThanOrEqualTo" && typeof payload["minimum"] === "number")
      code.push(`if(!(${value}>=${payload["minimum"]}))return`)
    else if (id === "effect/schema/isPattern" && payload["flags"] === "")
      code.push(`if(!${constant(new RegExp(String(payload["source"])))}.test(${value}))return`)
    else code.push(`if(${constant(check)}.run(${value},${constant(ast)},{})!==undefined)return`)
  }

  const emitBase = (ast: Ast, code: Code, watched: ReadonlySet<string>): string => {
    switch (ast._tag) {
      case "String":
        // a long number may be meant as text
        if (exact) code.push("if(b[p]!==34&&(b[p]===45||b[p]>47&&b[p]<58))return j.odd()")
        return textBy(ast === Decimal.ast ? "decimal" : "string", code)
      case "Number":
        return emitNumber(code)
      case "Unknown":
        return ast === Unread.ast ? emitUnread(code) : emitUnknown(code)
      case "Never":
        code.push("return")
        return "undefined"
      case "Boolean":
      case "Null":
      case "Literal":
        return emitLiterals([ast], code)
      case "Arrays":
        return emitArray(ast, code)
      case "Objects":
        return ast.indexSignatures.length > 0 ? emitRecord(ast, code) : emitStruct(ast, code, watched)
      case "Union":
        return emitUnion(ast, code)
      default:
        throw new Unsupported(ast._tag)
    }
  }

  const emitNumber = (code: Code): string => {
    const value = fresh("v")
    code.push(`p=j.number(p,${exact});if(p===0${exact ? "||cursor.long" : ""})return;const ${value}=n[0]`)
    return value
  }

  const emitUnread = (code: Code): string => {
    code.push(SKIP)
    return "null"
  }

  /** Most are numbers all the same; long ones inside of others would have to become texts. */
  const emitUnknown = (code: Code): string => {
    const [begin, value] = [fresh("p"), fresh("v")]
    if (exact) code.push("if(b[p]===91||b[p]===123)return j.odd()")
    code.push(
      `const ${begin}=p;let ${value};p=j.number(p,${exact});if(p>0)${value}=${exact ? `cursor.long?cursor.text.slice(${begin},p):` : ""}n[0];` +
        `else{p=j.skip(${begin});if(p===0)return;${value}=JSON.parse(cursor.text.slice(${begin},p))}`
    )
    return value
  }

  /** The first of the words that stands at `p`. */
  const emitLiterals = (types: ReadonlyArray<Ast>, code: Code): string => {
    const values = types.flatMap(literals)
    const value = fresh("v")
    const tests = values.map((one) => {
      const text = JSON.stringify(one)
      const end =
        typeof one === "number" ? `&&!(b[p+${text.length}]>47&&b[p+${text.length}]<58||b[p+${text.length}]===46)` : ""
      return `if(${matches(text)}${end}){${value}=${text};p+=${text.length}}`
    })
    const other = values.some((one) => typeof one === "number") ? "j.odd()" : "j.unlike(p)"
    code.push(`let ${value};${tests.join("else ")}else return ${other}`)
    return value
  }

  const emitArray = (ast: SchemaAST.Arrays, code: Code): string => {
    const [rest, ...others] = ast.rest
    if (others.length > 0 || ast.elements.some(isOptional)) throw new Unsupported("tuple")
    code.push("if(b[p]!==91)return;p++", BLANKS)
    const items = ast.elements.map((element, i) => {
      if (i > 0) code.push("if(b[p]!==44)return;p++", BLANKS)
      const item = emit(element, code)
      code.push(BLANKS)
      return item
    })
    if (rest === undefined) {
      code.push("if(b[p]!==93)return;p++")
      return `[${items.join(",")}]`
    }
    const list = fresh("a")
    const body: Code = []
    const item = emit(rest, body)
    const comma = items.length > 0 ? `if(b[p]!==44)return j.odd();p++;${BLANKS};` : ""
    const next = items.length > 0 ? "" : `if(b[p]===44){p++;${BLANKS};continue}`
    const end = items.length > 0 ? "" : "if(b[p]===93){p++;break}return j.odd()"
    code.push(
      `const ${list}=[${items.join(",")}];if(b[p]===93)p++;else for(;;){${comma}${body.join(";")};${list}.push(${item});${BLANKS};` +
        (items.length > 0 ? "if(b[p]===93){p++;break}" : `${next}${end}`) +
        "}"
    )
    return list
  }

  /** A loop over the keys: `branches` reads the key at `p` and its value. */
  const emitKeys = (code: Code, branches: string): void => {
    code.push(
      `if(b[p]!==123)return;p++;${BLANKS};if(b[p]===125)p++;else for(;;){if(b[p]!==34)return j.odd();${branches};${BLANKS};` +
        `if(b[p]===44){p++;${BLANKS};continue}if(b[p]===125){p++;break}return j.odd()}`
    )
  }

  const emitRecord = (ast: SchemaAST.Objects, code: Code): string => {
    const [index, ...others] = ast.indexSignatures
    if (index === undefined || others.length + ast.propertySignatures.length > 0 || index.parameter._tag !== "String")
      throw new Unsupported("record")
    const record = fresh("r")
    const body: Code = []
    const name = textBy("string", body)
    body.push(`if(${name}==="__proto__"||${name} in ${record})return j.odd()`, COLON)
    const value = emit(index.type, body)
    code.push(`const ${record}={}`)
    emitKeys(code, `${body.join(";")};${record}[${name}]=${value}`)
    return record
  }

  const emitStruct = (ast: SchemaAST.Objects, code: Code, watched: ReadonlySet<string>): string => {
    const seen = fresh("s")
    const fields = ast.propertySignatures.map((property, i) => {
      if (typeof property.name !== "string" || property.name === "__proto__") throw new Unsupported("key")
      return {
        name: property.name,
        type: property.type,
        bit: 1 << i,
        variable: fresh("f"),
        optional: isOptional(property.type)
      }
    })
    const others = [...watched].filter((name) => fields.every((field) => field.name !== name))
    if (fields.length + others.length > 30) throw new Unsupported("more than 30 keys")
    const branches = fields.map(({ name, type, bit, variable }) => {
      const body: Code = []
      const value = emit(type, body)
      return `if(${isKey(name)}){${passKey(name)};${once(seen, bit)};${body.join(";")};${variable}=${value}}`
    })
    // a key that tells other members of the union apart counts only once, so that none is chosen by half of a frame
    others.forEach((name, i) =>
      branches.push(`if(${isKey(name)}){${passKey(name)};${once(seen, 1 << (fields.length + i))};${SKIP}}`)
    )
    branches.push(`{p=j.string(p);if(p===0)return;${COLON};${SKIP}}`)
    code.push(`let ${seen}=0${fields.map(({ variable }) => `,${variable}`).join("")}`)
    emitKeys(code, branches.join("else "))
    const required = fields.filter(({ optional }) => !optional)
    const mask = required.reduce((all, { bit }) => all | bit, 0)
    const struct = fresh("o")
    code.push(`if((${seen}&${mask})!==${mask})return`)
    code.push(
      `const ${struct}={${required.map(({ name, variable }) => `${JSON.stringify(name)}:${variable}`).join(",")}}`
    )
    for (const { name, bit, variable, type, optional } of fields) {
      if (optional && type._tag !== "Never")
        code.push(`if(${seen}&${bit})${struct}[${JSON.stringify(name)}]=${variable}`)
    }
    return struct
  }

  const passKey = (name: string): string => `p+=${name.length + 2};${COLON}`
  const once = (seen: string, bit: number): string => `if(${seen}&${bit})return j.odd();${seen}|=${bit}`

  const emitUnion = (ast: SchemaAST.Union, code: Code): string => {
    const members = flat(ast)
    if (members.every(isLiteral)) return emitLiterals(members, code)
    const value = fresh("u")
    const groups = Map.groupBy(members, kind)
    if (groups.has("any")) throw new Unsupported("union with unknown")
    const number = groups.get("number")
    const string = groups.get("string")
    const branches = Array.from(groups, ([which, types]) => {
      if (which === "number" && exact && string !== undefined)
        return `if(${STARTS.number}){${emitAmount(value, number!, string)}}`
      return `if(${STARTS[which]}){${emitTrials(value, types)}}`
    })
    code.push(`let ${value};${branches.join("else ")}else return`)
    return value
  }

  /** A number, or its text where that is long, at a place that may hold either. */
  const emitAmount = (value: string, numbers: ReadonlyArray<Ast>, strings: ReadonlyArray<Ast>): string => {
    const [number, string] = [numbers[0]!, strings[0]!]
    if (numbers.length + strings.length > 2 || number._tag !== "Number" || string._tag !== "String")
      throw new Unsupported("amount")
    const [begin, read] = [fresh("p"), fresh("v")]
    const asNumber: Code = []
    const asText: Code = []
    for (const check of number.checks ?? []) emitCheck(number, check, read, asNumber)
    for (const check of string.checks ?? []) emitCheck(string, check, read, asText)
    return (
      `const ${begin}=p;p=j.number(p,${exact});if(p===0)return;if(cursor.long){const ${read}=cursor.text.slice(${begin},p);${asText.join(";")};${value}=${read}}` +
      `else{const ${read}=n[0];${asNumber.join(";")};${value}=${read}}`
    )
  }

  /** Members that begin alike: one is read in place, several by a function each, in order. */
  const emitTrials = (value: string, types: ReadonlyArray<Ast>): string => {
    if (types.length === 1 || types.every(isLiteral)) {
      const body: Code = []
      const result = types.length === 1 ? emit(types[0]!, body) : emitLiterals(types, body)
      return `${body.join(";")};${value}=${result}`
    }
    const watched = new Set(types.flatMap(keys))
    const [first, ...others] = types.map((type) => define(type, watched))
    const next = others.map((name) => `if(${value}===undefined){if(cursor.odd)return;${value}=${name}(p)}`)
    return `${value}=${first}(p);${next.join("")}if(${value}===undefined)return;p=cursor.at`
  }

  const define = (ast: Ast, watched?: ReadonlySet<string>): string => {
    const name = fresh("read")
    const code: Code = []
    const value = emit(ast, code, watched)
    functions.push(`function ${name}(p){${code.join(";")};cursor.at=p;return ${value}}`)
    return name
  }

  const main = define(root)
  // oxlint-disable-next-line typescript/no-implied-eval -- made of the scheme's own schema, never of what a venue sends
  const make = new Function(
    "C",
    "j",
    "b",
    "w",
    "n",
    "cursor",
    `"use strict";${functions.join("\n")}
return (text)=>{const v=${main}(j.blanks(0));return v!==undefined&&j.blanks(cursor.at)===text.length?v:undefined}`
  )
  return make(constants, json, json.bytes, json.words, json.numbers, json.cursor) as Reader
}

const isOptional = (ast: Ast): boolean => ast.context?.isOptional === true
const isLiteral = (ast: Ast): boolean => ast._tag === "Literal" || ast._tag === "Null" || ast._tag === "Boolean"
const literals = (ast: Ast): ReadonlyArray<unknown> =>
  ast._tag === "Literal" ? [ast.literal] : ast._tag === "Boolean" ? [true, false] : [null]

/** A union's members, those of inner unions in their place. */
const flat = (ast: Ast): ReadonlyArray<Ast> => {
  if (ast._tag !== "Union") return [ast]
  if (ast.checks !== undefined || ast.encoding !== undefined || ast.options?.mode === "oneOf")
    throw new Unsupported("union")
  return ast.types.flatMap(flat)
}

const keys = (ast: Ast): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : []

type Kind = "string" | "number" | "object" | "array" | "word" | "any"
/** What tells by its first byte that a value is of a kind. */
const STARTS: Readonly<Record<Kind, string>> = {
  string: "b[p]===34",
  number: "b[p]===45||b[p]>47&&b[p]<58",
  object: "b[p]===123",
  array: "b[p]===91",
  word: "b[p]>96&&b[p]<123",
  any: "true"
}
const kind = (ast: Ast): Kind => {
  switch (ast._tag) {
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
      return typeof ast.literal === "string" ? "string" : typeof ast.literal === "number" ? "number" : "word"
    default:
      return "any"
  }
}

/** An expression: the text stands at `p`. Four bytes are looked at together. */
const matches = (text: string): string => {
  const code = (i: number): number => text.charCodeAt(i)
  const tests: Array<string> = []
  let i = 0
  for (; i + 4 <= text.length; i += 4) {
    const word = (code(i) | (code(i + 1) << 8) | (code(i + 2) << 16) | (code(i + 3) << 24)) >>> 0
    tests.push(`w.getUint32(p+${i},true)===${word}`)
  }
  for (; i < text.length; i++) tests.push(`b[p+${i}]===${code(i)}`)
  return tests.join("&&")
}
const isKey = (name: string): string => matches(JSON.stringify(name))

/** By what name and values a check of Effect's own is known. */
const known = ({ annotations }: SchemaAST.Check<never>) => {
  const { id, payload } = (annotations?.["representation"] ?? {}) as {
    readonly id?: string
    readonly payload?: unknown
  }
  return { id, payload: (payload ?? {}) as Readonly<Record<string, unknown>> }
}

/** A reader of whole texts, or null where the schema has what no reader was made for, or functions can't be made. */
export const frameReader = <A>(schema: Schema.Codec<A>, exact: boolean): ((text: string) => A | undefined) | null => {
  try {
    const read = compile(schema.ast, exact)
    return (text) => (json.load(text) ? (read(text) as A | undefined) : undefined)
  } catch (cause) {
    if (cause instanceof Unsupported || cause instanceof EvalError) return null
    throw cause
  }
}
