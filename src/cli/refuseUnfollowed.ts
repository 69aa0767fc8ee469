// Owns what is said to the name of an exchange that level4 has no scheme for, before it gets into the catalog: most
// such names are misspelt, and their markets could never be started. Which names have a scheme comes through the seam
// `supported`; `--force` is for those who mean the name.
import { Effect } from "effect"
import { Flag } from "effect/cli"
import { nearestName } from "../domain/editDistance.ts"
import type { ExchangeName } from "../domain/Exchange.ts"
import { NotSupported } from "./Failures.ts"
import { sameName } from "./findExchange.ts"
import type { Seams } from "./Seams.ts"

export const force = Flag.Boolean("force").pipe(
  Flag.withDescription("Add an exchange that level4 can't follow, too"),
  Flag.withDefault(false),
  Flag.withoutNegation
)

const refuse = Effect.fnUntraced(function* <R>(
  seams: Seams<R>,
  names: ReadonlyArray<ExchangeName>,
  fix: ReadonlyArray<string>
): Effect.fn.Return<void, NotSupported | Error, R> {
  const known = (yield* seams.supported).map(({ name }) => name)
  const unknown = names.filter((name) => !known.some((one) => sameName(one, name)))
  if (unknown.length === 0) return
  const hints = unknown.map((name) => {
    const nearest = nearestName(name, known)
    return `level4 follows no ${name}${nearest === null ? "" : `; did you mean ${nearest}?`}`
  })
  return yield* new NotSupported({ detail: [...hints, `it follows ${known.join(", ")}`, ...fix].join("\n  ") })
})

/** Fails with what was probably meant, if any of these names has no scheme. */
export const refuseUnknown = <R>(seams: Seams<R>, names: ReadonlyArray<ExchangeName>) => refuse(seams, names, [])

/** The same, for names that may be added by force. */
export const refuseUnfollowed = <R>(seams: Seams<R>, names: ReadonlyArray<ExchangeName>) =>
  refuse(seams, names, ["to add such a name all the same, repeat with --force"])
