// Owns the question before something is removed for good: asked on a terminal, answered beforehand by --yes everywhere.
// Invariant: where nobody can be asked and --yes is not given, nothing is done.
import { Effect } from "effect"
import { CliError, Flag, Prompt, TerminalCapabilities } from "effect/cli"
import { Declined } from "./Failures.ts"

export const yes = Flag.Boolean("yes").pipe(
  Flag.withDescription("Do not ask; needed where stdin or stdout is no terminal"),
  Flag.withDefault(false),
  Flag.withoutNegation
)

/** For Command.validate. */
export const canAsk = Effect.fnUntraced(function* ({ yes }: { readonly yes: boolean }) {
  const { canPrompt } = yield* TerminalCapabilities.TerminalCapabilities
  if (yes || canPrompt) return
  const message = "nobody can be asked whether that is meant, since stdin or stdout is no terminal; repeat with --yes"
  return yield* new CliError.ValidationError({ message })
})

/** Names that a question shows. */
const NAMED = 10

/** Goes on only if the answer is yes. `kind` and `kinds`: what is removed, as `market` and `markets`. */
export const confirmRemoval = Effect.fnUntraced(function* (
  isSure: boolean,
  labels: ReadonlyArray<string>,
  [kind, kinds]: readonly [string, string]
) {
  if (isSure) return
  const shown = labels.slice(0, NAMED).join(", ")
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : ""
  const what = labels.length === 1 ? `${kind} ${shown}` : `${labels.length} ${kinds}: ${shown}${more}`
  const answer = yield* Prompt.Confirm({ message: `Remove ${what}?` }).pipe(
    Effect.catchTag("QuitError", () => Effect.succeed(false))
  )
  if (!answer) return yield* new Declined()
})
