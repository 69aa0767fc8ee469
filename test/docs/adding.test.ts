// Owns the proof that docs/adding-an-exchange.md shows the code as it is: every piece of code on the page, named by its
// file, stands in that file, line by line and in the page's order.
import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

const ROOT = join(import.meta.dirname, "../..")
const page = readFileSync(join(ROOT, "docs/adding-an-exchange.md"), "utf8")

/** Blocks whose fence names a file, cut where `…` leaves lines out. */
const snippets = [...page.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(([, file = "", text = ""]) => ({
  file,
  pieces: text.split(/^…\n/m)
}))

describe("docs/adding-an-exchange.md", () => {
  it("walks through one scheme, from its header to the register", () => {
    const files = snippets.map(({ file }) => file)
    assert.include(files, "src/schemes/coinbase/Coinbase.ts")
    assert.include(files, "src/schemes/Schemes.ts")
    assert.lengthOf([...page.matchAll(/^```ts/gm)], snippets.length, "a block of code names its file")
  })

  for (const [i, { file, pieces }] of snippets.entries()) {
    it(`shows ${file} as it is (${i + 1})`, () => {
      const source = readFileSync(join(ROOT, file), "utf8")
      let at = 0
      for (const piece of pieces) {
        const found = source.indexOf(piece, at)
        assert.isAtLeast(found, 0, `not in ${file} at this place:\n${piece}`)
        at = found + piece.length
      }
    })
  }

  it("names files of src/schemes that there are", () => {
    const named = [...page.matchAll(/`((?:rules|checksum|kraken|gemini|binance|ftx)\/\w+\.ts|[A-Z]\w+\.ts)`/g)]
    const gone = named.map(([, name = ""]) => name).filter((name) => !existsSync(join(ROOT, "src/schemes", name)))
    assert.isNotEmpty(named)
    assert.deepStrictEqual(gone, [])
  })
})
