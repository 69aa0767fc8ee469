// Owns asking the service for the same thing several times, one after the other: each step can be reported as it
// happens, the refusal of one does not keep the others from their turn, and the command fails at the end if there was
// any. A service that can't be reached ends it at once.
import { Duration, Effect, Result } from "effect"
import type { CallFailure } from "./Client.ts"
import { Refused, SomeRefused } from "./Failures.ts"
import { tell } from "./Output.ts"

export interface Turns<Item, A> {
  readonly items: ReadonlyArray<Item>
  /** How to speak of an item before the service answered. */
  readonly label: (item: Item) => string
  readonly ask: (item: Item) => Effect.Effect<A, CallFailure>
  /** Between two turns. */
  readonly delay?: Duration.Duration
  /** The line on stderr for what was done; none: only refusals are reported. */
  readonly progress?: (done: A) => string
}

/** Hands what was done to `print`, then fails if any was refused; a single item's refusal is the failure itself. */
export const inTurn = Effect.fnUntraced(function* <Item, A, E>(
  { items, label, ask, delay = Duration.zero, progress }: Turns<Item, A>,
  print: (done: ReadonlyArray<A>) => Effect.Effect<void, E>
): Effect.fn.Return<void, CallFailure | SomeRefused | E> {
  const done: Array<A> = []
  const refused: Array<string> = []
  for (const [index, item] of items.entries()) {
    if (index > 0) yield* Effect.sleep(delay)
    const step = `[${index + 1}/${items.length}]`
    const answer = yield* Effect.result(ask(item))
    if (Result.isSuccess(answer)) {
      done.push(answer.success)
      if (progress !== undefined) yield* tell(`${step} ${progress(answer.success)}`)
    } else if (items.length === 1 || !(answer.failure instanceof Refused)) {
      return yield* answer.failure
    } else {
      refused.push(label(item))
      yield* tell(`${step} refused ${label(item)}: ${answer.failure.message}`)
    }
  }
  yield* print(done)
  if (refused.length > 0) {
    return yield* new SomeRefused({ summary: `${refused.length} of ${items.length} refused: ${refused.join(", ")}` })
  }
})
