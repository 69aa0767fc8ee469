// Owns tables for people: columns as wide as their widest cell, two spaces between them, and no line wider than the
// terminal. What does not fit is left out (columns marked as detail, the last first) or cut with `…` (elastic columns,
// the widest first; then any column of words). Invariant: a cell is one line and holds no control characters, whatever
// a venue or a client wrote into it, and a number is never cut.
import { CliOutput } from "effect/cli"
import type { Style } from "./Style.ts"

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | number
  /** Of numbers. */
  readonly align?: "right"
  /** It may be cut, down to this width, before anything else is: for sentences. */
  readonly elastic?: number
  /** It is left out where the table would else be wider than the terminal. */
  readonly detail?: true
  readonly paint?: (text: string, row: Row) => string
}

const GAP = 2
/** What is left of a word that nobody said may be cut. */
const LEAST = 4

/** Text that a terminal only shows, and never obeys. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, "\u{fffd}")

const graphemes = new Intl.Segmenter()

/** The text in at most this many cells of a terminal; what was cut ends with `…`. */
export const cut = (text: string, width: number): string => {
  if (CliOutput.displayWidth(text) <= width) return text
  let kept = ""
  let used = 1
  for (const { segment } of graphemes.segment(text)) {
    used += CliOutput.displayWidth(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

interface Measured<Row> {
  readonly column: Column<Row>
  readonly cells: ReadonlyArray<string>
  width: number
}

export const table = <Row>(style: Style, columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): string => {
  const measured = columns.map((column): Measured<Row> => {
    const cells = rows.map((row) => printable(String(column.cell(row))))
    return { column, cells, width: Math.max(...[column.title, ...cells].map(CliOutput.displayWidth)) }
  })
  const shown = fitted(measured, style.width)
  const drawn = shown.map(({ column, cells, width }, index) => {
    const last = index === shown.length - 1
    const head = style.heading(padded(column.title, width, column.align, last))
    const body = rows.map((row, at) => {
      const text = padded(cells[at] ?? "", width, column.align, last)
      return column.paint === undefined ? text : column.paint(text, row)
    })
    return [head].concat(body)
  })
  return Array.from({ length: rows.length + 1 }, (_, line) => drawn.map((column) => column[line]).join("  ")).join("\n")
}

/** The columns that fit into so many cells, as wide as they may be. */
const fitted = <Row>(all: ReadonlyArray<Measured<Row>>, room: number): ReadonlyArray<Measured<Row>> => {
  let shown = all
  while (total(shown, leastOf) > room) {
    const index = shown.findLastIndex(({ column }) => column.detail === true)
    if (index < 0) break
    shown = shown.filter((_, at) => at !== index)
  }
  shrink(shown, room, leastOf)
  shrink(shown, room, ({ column, width }) => (column.align === "right" ? width : LEAST))
  return shown
}

const leastOf = <Row>({ column, width }: Measured<Row>): number => Math.min(width, column.elastic ?? width)

const total = <Row>(columns: ReadonlyArray<Measured<Row>>, widthOf: (column: Measured<Row>) => number): number =>
  columns.reduce((sum, column) => sum + widthOf(column), GAP * (columns.length - 1))

/** Takes from the widest column that may still lose something, until all fit or none may. */
const shrink = <Row>(
  columns: ReadonlyArray<Measured<Row>>,
  room: number,
  least: (column: Measured<Row>) => number
): void => {
  const floors = columns.map(least)
  let over = total(columns, ({ width }) => width) - room
  while (over > 0) {
    const loose = columns.filter(({ width }, at) => width > floors[at]!)
    if (loose.length === 0) return
    loose.reduce((widest, column) => (column.width > widest.width ? column : widest)).width--
    over--
  }
}

// nothing is padded behind the last cell of a line
const padded = (cell: string, width: number, align: "right" | undefined, last: boolean): string => {
  const text = cut(cell, width)
  const space = " ".repeat(width - CliOutput.displayWidth(text))
  return align === "right" ? space + text : last ? text : text + space
}
