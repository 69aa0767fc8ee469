// Owns `level4 status`: whether the service is well, in one look and by an exit code. What it says is StatusReport's.
import { Clock, Console, Effect } from "effect"
import { Command } from "effect/cli"
import { clientFlags, connect } from "./ClientFlags.ts"
import { NotWell } from "./Failures.ts"
import { style } from "./Style.ts"
import { type StatusReport, statusLines, statusReport } from "./StatusReport.ts"

export const statusCommand = Command.make(
  "status",
  clientFlags,
  Effect.fnUntraced(function* ({ url, json }) {
    const client = yield* connect(url)
    const about = yield* client.about
    const readiness = yield* client.readiness
    // a service that is not ready has no list, and says so itself
    const enabled = readiness.ready ? yield* client.markets({ enabled: true }) : null
    const report = statusReport(url, about, readiness, enabled)
    const lines = statusLines(yield* style, report, (yield* Clock.currentTimeMillis) * 1000)
    yield* Console.log(json ? JSON.stringify(report, null, 2) : lines)
    if (!report.ok) return yield* new NotWell({ summary: summaryOf(report) })
  })
).pipe(
  Command.withDescription(
    "Show how a service is: its version, whether it is ready, its database, its feeds by their states, and each feed " +
      "that should be live and is not, the worst first, with its reason and for how long. Exit code 0 when the " +
      "service is ready and every market whose switch is on is live, else 2; 69 when there is no service."
  ),
  Command.withShortDescription("Show how the service is"),
  Command.withExamples([
    { command: "level4 status", description: "In one look" },
    { command: "level4 status > /dev/null || notify 'level4 is not well'", description: "For a supervisor" },
    {
      command: "level4 status --json | jq -r '.feeds.not_live[] | \"\\(.state) \\(.tag)\"'",
      description: "Every market that is not live, for a script"
    }
  ])
)

const summaryOf = ({ ready, database, feeds: { not_live, enabled } }: StatusReport): string =>
  ready
    ? `${not_live.length} of ${enabled ?? "the"} enabled markets are not live`
    : `the service is not ready: ${database.detail ?? "its database does not answer"}`
