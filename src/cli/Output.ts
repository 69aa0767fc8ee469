// Owns where a command's words go: data to stdout, as JSON or for people; everything else to stderr.
import { Console, Effect } from "effect"
import { style, type Style } from "./Style.ts"

/** Prints data: as JSON when asked for, else as `render` shows it to people. */
export const printData = <A>(json: boolean, data: A, render: (style: Style, data: A) => string): Effect.Effect<void> =>
  json ? Console.log(JSON.stringify(data, null, 2)) : Effect.flatMap(style, (style) => Console.log(render(style, data)))

/** Tells people something that is no data: progress, hints. */
export const tell = (text: string): Effect.Effect<void> => Console.error(text)
