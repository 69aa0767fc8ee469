// Owns the reading of the project's own sources for the laws beside this file: which files there are, their lines, and
// what each imports. Imports are read by a parser, types and dynamic ones included.
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { parseSync } from "oxc-parser"

export const ROOT = join(import.meta.dirname, "../..")

export interface Source {
  /** From the project's folder, such as `src/main.ts`. */
  readonly file: string
  readonly text: string
  readonly lines: ReadonlyArray<string>
  /** Files of ours that it imports, as `file` is written. */
  readonly imports: ReadonlyArray<string>
}

const EXCLUDED = /node_modules|generated-client/

export const sourcesOf = (...patterns: ReadonlyArray<string>): ReadonlyArray<Source> =>
  globSync([...patterns], { cwd: ROOT })
    .filter((file) => !EXCLUDED.test(file))
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(ROOT, file), "utf8")
      const lines = text.split("\n")
      // parsed only for the laws that ask
      let imports: ReadonlyArray<string> | null = null
      return {
        file,
        text,
        lines,
        get imports() {
          return (imports ??= importsOf(file, text))
        }
      }
    })

const importsOf = (file: string, text: string): ReadonlyArray<string> => {
  const { module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`)
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
    const literal = /^["'](.*)["']$/.exec(text.slice(start, end))
    return literal === null ? [] : [literal[1]!]
  })
  const statics = module.staticImports.map(({ moduleRequest }) => moduleRequest.value)
  const exported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value]))
  )
  return [...new Set([...statics, ...exported, ...dynamic])]
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => normalize(join(dirname(file), specifier)))
}

/** Every circle of imports once, as the files in it. */
export const circlesOf = (sources: ReadonlyArray<Source>): ReadonlyArray<ReadonlyArray<string>> => {
  const byFile = new Map(sources.map((source) => [source.file, source]))
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: Array<string> = []
  const circles: Array<ReadonlyArray<string>> = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    low.set(file, order.get(file)!)
    stack.push(file)
    for (const next of byFile.get(file)?.imports ?? []) {
      if (!byFile.has(next)) continue
      if (!order.has(next)) visit(next)
      if (stack.includes(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!))
    }
    if (low.get(file) !== order.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1 || byFile.get(file)!.imports.includes(file)) circles.push(circle)
  }
  for (const { file } of sources) if (!order.has(file)) visit(file)
  return circles
}
