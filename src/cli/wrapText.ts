// Owns the breaking of sentences into lines that fit. Pure.
import { CliOutput } from "effect/cli"

/** Lines of at most so many cells, broken at blanks; a word that is longer alone is broken where the line ends. */
export const wrapText = (text: string, width: number): ReadonlyArray<string> => {
  if (CliOutput.displayWidth(text) <= width) return [text]
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ").flatMap((word) => pieces(word, width))) {
    const longer = line === "" ? word : `${line} ${word}`
    if (CliOutput.displayWidth(longer) <= width) line = longer
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

const graphemes = new Intl.Segmenter()

const pieces = (word: string, width: number): ReadonlyArray<string> => {
  if (CliOutput.displayWidth(word) <= width) return [word]
  const cut = [""]
  for (const { segment } of graphemes.segment(word)) {
    const longer = cut.at(-1)! + segment
    if (CliOutput.displayWidth(longer) <= width || cut.at(-1) === "") cut[cut.length - 1] = longer
    else cut.push(segment)
  }
  return cut
}
