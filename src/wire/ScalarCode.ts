// Owns the source of a generated reader for values that hold no others: texts, numbers, decimals, times, literals, and
// what nobody reads. Every method appends statements to `code` that begin at the position `p` and leave the function
// where the value does not fit, and gives the expression that is then the value. What `p` and the other names mean is
// in readerText.ts.
// Invariant: a value passes exactly if the schema takes it; where the bytes do not tell plainly, `j.odd` lets it
// decide.
import { numericOf, PLAIN } from "./DecimalText.ts"
import { matches, SKIP, STARTS } from "./readerText.ts"
import { checkOf, literals, readAs, type SchemaNode } from "./SchemaNode.ts"

export type Code = Array<string>

export class ScalarCode {
  /** What the source refers to as `C[0]`, `C[1]`, … */
  readonly constants: Array<unknown> = []
  /** Long fractions are texts. */
  protected readonly exact: boolean
  private names = 0

  constructor(exact: boolean) {
    this.exact = exact
  }

  /** The value of a node that a reader knows a shorter way for, or null. */
  protected known(node: SchemaNode, code: Code): string | null {
    switch (readAs(node)) {
      case "seconds":
        return this.read(`j.seconds(p,${this.exact})`, code)
      case "whole":
        return this.read("j.whole(p)", code)
      case "time": {
        const micros = this.read("j.time(p)", code)
        return `(${micros}===${micros}?${micros}:null)`
      }
      case "decimal":
        return this.decimal(code, false)
      case "plain decimal":
        return this.decimal(code, true)
      case "unread":
        code.push(SKIP)
        return "null"
      default:
        return null
    }
  }

  protected fresh(prefix: string): string {
    return `${prefix}${this.names++}`
  }

  protected constant(value: unknown): string {
    return `C[${this.constants.push(value) - 1}]`
  }

  protected checks(node: SchemaNode, value: string, code: Code): void {
    for (const check of node.checks ?? []) {
      const { id, payload } = checkOf(check)
      if (id === "effect/schema/isInt") code.push(`if(!Number.isSafeInteger(${value}))return;`)
      else if (id === "effect/schema/isFinite") code.push(`if(${value}-${value}!==0)return;`)
      else if (id === "effect/schema/isGreaterThanOrEqualTo" && typeof payload["minimum"] === "number")
        code.push(`if(!(${value}>=${payload["minimum"]}))return;`)
      else if (id === "effect/schema/isPattern" && payload["flags"] === "")
        code.push(`if(!${this.constant(new RegExp(String(payload["source"])))}.test(${value}))return;`)
      else code.push(`if(${this.constant(check)}.run(${value},${this.constant(node)},{})!==undefined)return;`)
    }
  }

  protected text(code: Code, recurs = false): string {
    const [begin, text] = [this.fresh("p"), this.fresh("v")]
    const cut = recurs ? "recurring" : "j.cut"
    // a long number is a text as well
    if (this.exact) code.push(`if(${STARTS.number})return j.odd();`)
    code.push(`const ${begin}=p;p=j.string(p);if(p===0)return;const ${text}=${cut}(${begin}+1,p-1);`)
    return text
  }

  protected number(code: Code): string {
    return this.read(`j.number(p,${this.exact})`, code, this.exact ? "||cursor.long" : "")
  }

  /** What a function leaves in `numbers`. */
  private read(call: string, code: Code, refused = ""): string {
    const value = this.fresh("v")
    code.push(`p=${call};if(p===0${refused})return;const ${value}=n[0];`)
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

  /** Most are numbers all the same. Long ones inside of others would have to become texts. */
  protected unknown(code: Code): string {
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
  protected words(nodes: ReadonlyArray<SchemaNode>, code: Code): string {
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

  /** A number, or its text where that is long, at a place that may hold either. */
  protected amount(
    value: string,
    numbers: ReadonlyArray<SchemaNode>,
    texts: ReadonlyArray<SchemaNode>,
    code: Code
  ): void {
    const [number, text] = [numbers[0]!, texts[0]!]
    const [begin, read] = [this.fresh("p"), this.fresh("v")]
    code.push(`const ${begin}=p;p=j.number(p,true);if(p===0)return;`)
    code.push(`if(cursor.long){const ${read}=j.cut(${begin},p);`)
    this.checks(text, read, code)
    code.push(`${value}=${read}}else{const ${read}=n[0];`)
    this.checks(number, read, code)
    code.push(`${value}=${read}}`)
  }
}
