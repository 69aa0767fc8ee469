// Owns the removal of several things, one after the other, with a line on stderr for each; with --json the names of
// what was removed are printed as an array.
import { Effect } from "effect"
import type { CallFailure } from "./Client.ts"
import { inTurn } from "./inTurn.ts"
import { printData } from "./Output.ts"

interface Removal {
  readonly label: string
  readonly remove: Effect.Effect<void, CallFailure>
}

export const removeInTurn = (items: ReadonlyArray<Removal>, json: boolean) =>
  inTurn(
    {
      items,
      label: ({ label }) => label,
      ask: ({ label, remove }) => Effect.as(remove, label),
      progress: (label) => `removed ${label}`
    },
    (labels) => (json ? printData(true, labels, () => "") : Effect.void)
  )
