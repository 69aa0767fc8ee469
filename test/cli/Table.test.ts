// Tables for people: alignment, and that what venues and clients wrote can't disturb a terminal.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { plain } from "../../src/cli/Style.ts"
import { printable, table } from "../../src/cli/Table.ts"

const columns = [
  { title: "ID", cell: (row: readonly [number, string, string]) => row[0], align: "right" as const },
  { title: "NAME", cell: (row: readonly [number, string, string]) => row[1] },
  { title: "NOTE", cell: (row: readonly [number, string, string]) => row[2] }
]

describe("table", () => {
  it("makes each column as wide as its widest cell and leaves nothing behind a line", () => {
    assert.strictEqual(
      table(plain, columns, [
        [1, "Kraken", "ok"],
        [12, "Bit", "a longer note"]
      ]),
      ["ID  NAME    NOTE", " 1  Kraken  ok", "12  Bit     a longer note"].join("\n")
    )
  })

  it("counts the cells of a terminal, not characters", () => {
    assert.strictEqual(
      table(plain, columns, [
        [1, "取引所", "x"],
        [2, "Kraken", "x"]
      ]),
      ["ID  NAME    NOTE", " 1  取引所  x", " 2  Kraken  x"].join("\n")
    )
  })

  it("paints a cell after it was measured", () => {
    const painted = [{ ...columns[1]!, paint: (text: string) => `<${text}>` }, columns[2]!]
    assert.strictEqual(table(plain, painted, [[1, "a", "b"]]), "NAME  NOTE\n<a   >  b")
  })

  it.prop("is one line a row, whatever the cells hold", [Schema.Array(Schema.String)], ([texts]) => {
    const lines = table(
      plain,
      columns,
      texts.map((text) => [1, text, "end"] as const)
    ).split("\n")
    assert.strictEqual(lines.length, texts.length + 1)
    for (const line of lines.slice(1)) assert.isTrue(line.endsWith("  end"))
    const widths = new Set(lines.slice(1).map(CliOutput.displayWidth))
    assert.isAtMost(widths.size, 1)
  })
})

describe("printable", () => {
  it("leaves nothing that a terminal would obey", () => {
    assert.strictEqual(printable("a\u{1b}[2Jb\nc\u{202e}d\u{9b}1m"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}1m")
  })
})
