// Owns the form of what a check of this installation finds: how bad it is, what was looked at, what is so, and what
// mends it. The checks are layers/doctor's, printing them is the command line's. Pure.

export interface Finding {
  /** `ok`: nothing to do; `warn`: level4 runs, but look at it; `fail`: something will not work. */
  readonly level: "ok" | "warn" | "fail"
  /** What was looked at: `settings`, `database`, `disk`, `runtime`, `dns`, `clock`, or an exchange's name. */
  readonly check: string
  /** One sentence, with the figures; no secret. */
  readonly detail: string
  /** What to do; null where there is nothing to do. */
  readonly fix: string | null
}

export const ok = (check: string, detail: string): Finding => ({ level: "ok", check, detail, fix: null })
export const warn = (check: string, detail: string, fix: string): Finding => ({ level: "warn", check, detail, fix })
export const fail = (check: string, detail: string, fix: string): Finding => ({ level: "fail", check, detail, fix })
