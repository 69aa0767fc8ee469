// Owns tables for people: columns as wide as their widest cell, two spaces between them. Invariant: a cell is one line
// and holds no control characters, whatever a venue or a client wrote into it.
import { CliOutput } from "effect/cli"
import type { Style } from "./Style.ts"

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | number
  readonly align?: "right"
  readonly paint?: (text: string, row: Row) => string
}

/** Text that a terminal only shows, and never obeys. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, "\u{fffd}")

export const table = <Row>(style: Style, columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): string => {
  const drawn = columns.map((column, index) => {
    const cells = rows.map((row) => printable(String(column.cell(row))))
    const width = Math.max(...[column.title, ...cells].map(CliOutput.displayWidth))
    const last = index === columns.length - 1
    const head = style.heading(fit(column.title, width, column.align, last))
    const body = rows.map((row, at) => {
      const text = fit(cells[at] ?? "", width, column.align, last)
      return column.paint === undefined ? text : column.paint(text, row)
    })
    return [head, ...body]
  })
  return Array.from({ length: rows.length + 1 }, (_, line) => drawn.map((column) => column[line]).join("  ")).join("\n")
}

// nothing is padded behind the last cell of a line
const fit = (text: string, width: number, align: "right" | undefined, last: boolean): string => {
  const space = " ".repeat(width - CliOutput.displayWidth(text))
  return align === "right" ? space + text : last ? text : text + space
}
