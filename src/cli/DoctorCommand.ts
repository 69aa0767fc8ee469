// Owns `level4 doctor` as far as the command line goes: its flags, and how findings look. What is looked at comes
// through the seam; no running service is needed.
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import type { Finding } from "../domain/Finding.ts"
import { json } from "./ClientFlags.ts"
import { exchange } from "./DomainParams.ts"
import { ChecksFailed } from "./Failures.ts"
import { printData } from "./Output.ts"
import { refuseUnknown } from "./refuseUnfollowed.ts"
import type { Seams } from "./Seams.ts"
import type { Style } from "./Style.ts"
import { printable } from "./Table.ts"

const WORDS = { ok: "ok", warn: "warn", fail: "FAIL" } as const

const paint = (style: Style, level: Finding["level"]): ((text: string) => string) =>
  ({ ok: style.good, warn: style.heading, fail: style.bad })[level]

/** A line each, and what mends it below. */
const findingLines = (style: Style, findings: ReadonlyArray<Finding>): string => {
  const width = Math.max(0, ...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ level, check, detail, fix }) => [
    `${paint(style, level)(WORDS[level].padEnd(4))}  ${check.padEnd(width)}  ${printable(detail)}`,
    ...(fix === null ? [] : [`${" ".repeat(width + 8)}${style.quiet(`→ ${printable(fix)}`)}`])
  ])
  return lines.join("\n")
}

const count = (findings: ReadonlyArray<Finding>, level: Finding["level"]): number =>
  findings.filter((finding) => finding.level === level).length

export const doctorCommand = <R>(seams: Seams<R>) =>
  Command.make(
    "doctor",
    {
      exchanges: exchange.pipe(
        Flag.withDescription(
          "Only addresses of this exchange, e.g. Kraken; may be given more than once (default: all)"
        ),
        Flag.atLeast(0)
      ),
      json
    },
    Effect.fnUntraced(function* ({ exchanges, json }) {
      yield* refuseUnknown(seams, exchanges)
      const findings = yield* seams.doctor({ exchanges })
      yield* printData(json, findings, findingLines)
      const failed = count(findings, "fail")
      if (failed > 0) {
        const warned = count(findings, "warn")
        const others = warned === 0 ? "" : `, and ${warned} to look at`
        return yield* new ChecksFailed({ summary: `${failed} of ${findings.length} checks failed${others}` })
      }
    })
  ).pipe(
    Command.withDescription(
      "Examine this installation, and say of everything whether it is right and what mends it: the settings in the " +
        "environment, the catalog's database, room on the disk, the runtime, host names, this machine's clock " +
        "against the exchanges' own, and whether each exchange's websocket and REST address is reached from here " +
        "(with overrides and proxies as the service would have them). It sends each REST address one HEAD request, " +
        "changes nothing, needs no running service and takes 15 s at most. The exit code is 2 if anything failed."
    ),
    Command.withShortDescription("Examine settings, database, clock and network"),
    Command.withExamples([
      { command: "level4 doctor", description: "Everything" },
      { command: "level4 doctor --exchange Kraken --exchange Bybit", description: "Two exchanges alone" },
      {
        command: `level4 doctor --json | jq -r '.[] | select(.level == "fail") | .fix'`,
        description: "What has to be mended"
      }
    ])
  )
