// The law of files: a header that says what the file owns, no line beyond 120 columns, no file beyond 300 lines. Frames
// and other data that a test writes down as they were seen may be as long as they are.
import { assert, describe, it } from "@effect/vitest"
import { sourcesOf } from "./sources.ts"

const COLUMNS = 120
const LINES = 300

const sources = sourcesOf("{src,bench,scripts,migrations}/**/*.{ts,mjs}")
const tests = sourcesOf("test/**/*.ts")

/** A line that is one text and nothing else, as a recorded frame is. */
const DATA = /^\s*[([{.]*\s*(?:(?:const )?[A-Za-z_]\w*:? ?=? ?)?(['"`]).*\1[)\]},;]*$/

describe("every file", () => {
  it("begins with what it owns", () => {
    const bare = [...sources, ...tests].filter(({ lines }) => !/^\/\/ \S|^#!/.test(lines[0]!))
    assert.deepStrictEqual(
      bare.map(
        ({ file }) =>
          `${file}: its first lines say in a comment what it owns, what it leaves to whom, and what always holds`
      ),
      []
    )
  })

  it(`has no line beyond ${COLUMNS} columns`, () => {
    const long = [...sources, ...tests].flatMap(({ file, lines }) =>
      lines.flatMap((line, at) =>
        line.length <= COLUMNS || (file.startsWith("test/") && DATA.test(line)) ? [] : [`${file}:${at + 1}`]
      )
    )
    assert.deepStrictEqual(
      long.map((place) => `${place}: break the line, or name a part of it`),
      []
    )
  })

  it(`has no more than ${LINES} lines`, () => {
    const long = [...sources, ...tests].filter(({ lines }) => lines.length - 1 > LINES)
    assert.deepStrictEqual(
      long.map(
        ({ file, lines }) => `${file} has ${lines.length - 1} lines: it owns more than one thing; give each a file`
      ),
      []
    )
  })
})
