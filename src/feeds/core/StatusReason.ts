// Owns why a feed is in its state, as it is handed to the truth label: a code for programs and a sentence for people,
// both made where the reason is found. Invariant: nobody reads the sentence to decide anything.
import type { ReasonCode } from "../../domain/ReasonCode.ts"

export interface StatusReason {
  readonly code: ReasonCode
  readonly text: string
}

/** Of what was lost or is wrong: its sentence begins with its code. */
export const reasonOf = (found: { readonly reason: ReasonCode; readonly detail: string }): StatusReason => ({
  code: found.reason,
  text: `${found.reason}: ${found.detail}`
})
