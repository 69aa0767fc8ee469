// Owns the two ways in which `level4 top` goes on: on a terminal a screen of its own that is drawn again at each look
// and each resize, until q, Esc or Ctrl-C; elsewhere a table after each look, until it is interrupted. What is shown is
// TopRows'. Invariant: however it ends, the terminal is as it was.
import { Clock, Console, type Duration, Effect, Queue, Result, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"
import type { CallFailure, Client } from "./Client.ts"
import { style } from "./Style.ts"
import { type Look, topLines, topRows } from "./TopRows.ts"

export interface Top {
  readonly title: string
  readonly look: Effect.Effect<Look, CallFailure>
  readonly interval: Duration.Duration
}

/** The markets whose switch is on, as they are now. */
export const lookAt = (client: Client): Effect.Effect<Look, CallFailure> =>
  Effect.gen(function* () {
    const markets = yield* client.markets({ enabled: true })
    return { at: (yield* Clock.currentTimeMillis) * 1000, markets }
  })

/** A table, or with `json` a line, after every look but the first. */
export const topTables = Effect.fnUntraced(function* (
  { title, look, interval }: Top,
  { json, once }: { readonly json: boolean; readonly once: boolean }
) {
  const seen = yield* style
  let before = yield* look
  const next = Effect.gen(function* () {
    yield* Effect.sleep(interval)
    const now = yield* look
    const rows = topRows(before, now)
    const lines = topLines(seen, rows, { at: now.at, lines: Infinity, note: "", title })
    yield* Console.log(
      json ? JSON.stringify({ at: now.at, markets: rows }) : [...lines, ...(once ? [] : [""])].join("\n")
    )
    before = now
  })
  yield* once ? next : Effect.forever(next)
})

/** A screen of its own, without cursor and without lines that go on in the next. */
const ENTER = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l"
const LEAVE = "\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"
const HOME = "\u{1b}[H"
const TO_END_OF_LINE = "\u{1b}[K"
const TO_END_OF_SCREEN = "\u{1b}[J"

/** The first look fails before the terminal is touched; later ones are reported on the screen, and tried again. */
export const topScreen = Effect.fnUntraced(function* ({ title, look, interval }: Top) {
  const terminal = yield* Terminal.Terminal
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  const seen = yield* style
  let now = yield* look
  let before = now
  let note = "q quits"
  let size = { columns: 80, rows: 24 }
  const display = (text: string) => Effect.orDie(terminal.display(text))
  const draw = Effect.suspend(() => {
    const room = { at: now.at, lines: size.rows, note, title }
    const lines = topLines({ ...seen, width: size.columns }, topRows(before, now), room)
    return display(HOME + lines.map((line) => line + TO_END_OF_LINE).join("\r\n") + TO_END_OF_SCREEN)
  })
  const looking = Effect.gen(function* () {
    yield* Effect.sleep(interval)
    const looked = yield* Effect.result(look)
    note = Result.isSuccess(looked) ? "q quits" : looked.failure.message.split("\n", 1)[0]!
    if (Result.isSuccess(looked)) [before, now] = [now, looked.success]
    yield* draw
  })
  yield* Effect.acquireRelease(display(ENTER), () => display(LEAVE))
  const sizes = yield* terminal.size
  const resizing = Effect.gen(function* () {
    const { columns, rows } = yield* Queue.take(sizes)
    // a terminal that does not know its size says 0
    size = { columns: columns || 80, rows: rows || 24 }
    yield* draw
  })
  yield* Effect.raceAllFirst([
    Effect.forever(looking),
    Effect.forever(resizing).pipe(Effect.catchTag("Done", () => Effect.never)),
    canPrompt ? quitting(terminal) : Effect.never
  ])
}, Effect.scoped)

/** Ends when a key says so; Ctrl-C is what it is everywhere, an interruption. */
const quitting = Effect.fnUntraced(
  function* (terminal: Terminal.Terminal) {
    const keys = yield* terminal.readInput
    for (;;) {
      const { key } = yield* Queue.take(keys)
      if (key.ctrl && key.name === "c") return yield* Effect.interrupt
      if (key.name === "q" || key.name === "escape") return
    }
  },
  Effect.catchTag("Done", () => Effect.void),
  Effect.scoped
)
