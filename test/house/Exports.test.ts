// The law of use: no file that nothing imports, and no export that nothing outside its file uses. Found by knip, which
// knows TypeScript's ways of importing better than a search for words would; its entries are in knip.json.
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { ROOT } from "./sources.ts"

interface Named {
  readonly name: string
  readonly line?: number
}
interface Report {
  readonly issues: ReadonlyArray<{
    readonly file: string
    readonly files?: ReadonlyArray<Named>
    readonly exports?: ReadonlyArray<Named>
    readonly types?: ReadonlyArray<Named>
  }>
}

const KNIP = join(ROOT, "node_modules/knip/bin/knip.js")
const ARGUMENTS = ["--include", "files,exports,types", "--reporter", "json", "--no-progress", "--no-exit-code"]

describe("every export", () => {
  const output = execFileSync(process.execPath, [KNIP, ...ARGUMENTS], { cwd: ROOT, encoding: "utf8" })
  const { issues } = JSON.parse(output) as Report

  it("is used outside of its file", () => {
    const unused = issues.flatMap(({ file, exports = [], types = [] }) =>
      [...exports, ...types].map(({ name, line }) => `${file}:${line} ${name}: take away its \`export\`, or the thing`)
    )
    assert.deepStrictEqual(unused, [])
  })

  it("is in a file that something imports", () => {
    const unused = issues.flatMap(({ files = [] }) =>
      files.map(({ name }) => `${name}: nothing imports it; take it away, or make it an entry in knip.json`)
    )
    assert.deepStrictEqual(unused, [])
  })
})
