// Owns what a command that calls the service can fail with. Each failure says in its message what a person can do next,
// and carries the exit code it ends the process with; printing it is Cli's.
import { Runtime, Schema } from "effect"
import { ExitCode } from "./ExitCode.ts"

/** One entry of a problem's `errors`: the part of the request, a JSON pointer into it, and what is wrong there. */
const ProblemEntry = Schema.Struct({
  in: Schema.optionalKey(Schema.String),
  path: Schema.String,
  message: Schema.String
})

/** What level4 reads of a problem document (RFC 9457); members it does not know are left alone. */
export const Problem = Schema.Struct({
  title: Schema.String,
  detail: Schema.optionalKey(Schema.String),
  errors: Schema.optionalKey(Schema.Array(ProblemEntry))
})

/** The service answered with a problem. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", { status: Schema.Int, problem: Problem }) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    const { title, detail, errors = [] } = this.problem
    const entries = errors.map((entry) => `${[entry.in ?? "", entry.path].join(" ").trim()}: ${entry.message}`)
    const hint =
      this.status === 401 || this.status === 403 ? ["The token to call with is read from LEVEL4_OPERATOR_TOKEN."] : []
    const lines = [...(detail === undefined ? [] : [detail]), ...entries, ...hint]
    return [`${title} (${this.status})`, ...lines].join("\n  ")
  }
}

/**
 * What was asked for is not in the catalog, and the command found out without being refused; `detail` names the fix.
 */
export class NotInCatalog extends Schema.TaggedError<NotInCatalog>()("NotInCatalog", { detail: Schema.String }) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    return this.detail
  }
}

/** Level4 has no scheme for a venue of this name; `detail` says which name may be meant. */
export class NotSupported extends Schema.TaggedError<NotSupported>()("NotSupported", { detail: Schema.String }) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    return this.detail
  }
}

/** Books that were waited for are not live; `lines` name the markets, with why. */
export class NotLiveInTime extends Schema.TaggedError<NotLiveInTime>()("NotLiveInTime", {
  summary: Schema.String,
  lines: Schema.Array(Schema.String)
}) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    return [this.summary, ...this.lines].join("\n  ")
  }
}

/** The question whether something is meant was answered with no, or not at all; nothing was done. */
export class Declined extends Schema.TaggedError<Declined>()("Declined", {}) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.interrupted
  }
  override get message(): string {
    return "nothing was removed"
  }
}

/** The service is not ready, or something that should be live is not; what it is was printed as data. */
export class NotWell extends Schema.TaggedError<NotWell>()("NotWell", { summary: Schema.String }) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    return this.summary
  }
}

/** Checks of this installation failed; each was printed with its fix. */
export class ChecksFailed extends Schema.TaggedError<ChecksFailed>()("ChecksFailed", { summary: Schema.String }) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    return this.summary
  }
}

/** Some of several things asked for were refused; each was reported when it happened. */
export class SomeRefused extends Schema.TaggedError<SomeRefused>()("SomeRefused", { summary: Schema.String }) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
  override get message(): string {
    return this.summary
  }
}

/** The service does not understand a subscription; `message` says what of it. */
export class SubscriptionRefused extends Schema.TaggedError<SubscriptionRefused>()("SubscriptionRefused", {
  message: Schema.String
}) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.refused
  }
}

/** No service answers at the address. */
export class Unreachable extends Schema.TaggedError<Unreachable>()("Unreachable", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.unreachable
  }
  override get message(): string {
    return (
      `no service answers at ${this.url}: ${this.reason}\n` +
      "  Start one with: level4 serve\n" +
      "  or name another address with --url or LEVEL4_URL"
    )
  }
}

/** Something answers at the address, but not as this version of level4 would. */
export class NotLevel4 extends Schema.TaggedError<NotLevel4>()("NotLevel4", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get [Runtime.errorExitCode](): number {
    return ExitCode.unreachable
  }
  override get message(): string {
    return (
      `what answers at ${this.url} is not this version of level4: ${this.reason}\n` +
      "  Name the service's address with --url or LEVEL4_URL, or start one with: level4 serve"
    )
  }
}
