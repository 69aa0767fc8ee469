// Tables for people: alignment, and that what venues and clients wrote can't disturb a terminal.
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { CliOutput } from "effect/cli"
import { plain } from "../../src/cli/Style.ts"
import { cut, printable, table } from "../../src/cli/Table.ts"

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

  const market = (note: string) => [1, "KRAKEN.SPOT:BTC-USD", note] as const
  const fitting = [columns[0]!, columns[1]!, { ...columns[2]!, elastic: 8 }]
  const within = (width: number) => ({ ...plain, width })

  it("cuts what may be cut, and only as far as the terminal asks", () => {
    const rows = [market("the venue went silent for 30 s"), market("short")]
    assert.strictEqual(table(within(55), fitting, rows), table(plain, fitting, rows))
    assert.strictEqual(
      table(within(40), fitting, rows),
      [
        "ID  NAME                 NOTE",
        " 1  KRAKEN.SPOT:BTC-USD  the venue went…",
        " 1  KRAKEN.SPOT:BTC-USD  short"
      ].join("\n")
    )
    assert.strictEqual(
      table(within(24), fitting, rows),
      ["ID  NAME        NOTE", " 1  KRAKEN.SP…  the ven…", " 1  KRAKEN.SP…  short"].join("\n")
    )
  })

  it("leaves details out before it cuts, the last first", () => {
    const all = [columns[0]!, { ...columns[1]!, detail: true as const }, { ...columns[2]!, elastic: 8 }]
    const rows = [market("a reason of some length")]
    assert.strictEqual(table(within(30), all, rows), "ID  NOTE\n 1  a reason of some length")
    assert.include(table(within(45), all, rows), "KRAKEN.SPOT:BTC-USD")
  })

  it("never cuts a number", () => {
    const numbers = [{ title: "SEQ", cell: () => 1_795_436_100_192, align: "right" as const }, columns[1]!]
    assert.strictEqual(table(within(10), numbers, [market("")]), "          SEQ  NAME\n1795436100192  KRA…")
  })

  it.prop("is never wider than the terminal, whatever the cells hold", [Schema.Array(Schema.String)], ([texts]) => {
    const lines = table(
      within(30),
      fitting,
      texts.map((text) => [1, text, text] as const)
    )
    for (const line of lines.split("\n")) assert.isAtMost(CliOutput.displayWidth(line), 30)
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

describe("cut", () => {
  it("counts the cells of a terminal, and parts no letter from its accent", () => {
    assert.strictEqual(cut("取引所です", 10), "取引所です")
    assert.strictEqual(cut("取引所です", 9), "取引所で…")
    assert.strictEqual(cut("取引所です", 8), "取引所…")
    assert.strictEqual(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…")
  })
})

describe("printable", () => {
  it("leaves nothing that a terminal would obey", () => {
    assert.strictEqual(printable("a\u{1b}[2Jb\nc\u{202e}d\u{9b}1m"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}1m")
  })
})
