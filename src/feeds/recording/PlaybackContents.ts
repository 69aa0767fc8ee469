// Owns what a playback has to know of a recording before its first client comes: which sockets it holds, whether the
// venue waited to be asked, and the REST answers. The frames stay in the file. Invariant: it grows with the answers
// alone, which RecordedAnswers bounds, not with the frames.
import { RecordedAnswers } from "./RecordedAnswers.ts"
import type { TrafficRow } from "../core/TrafficRow.ts"

/** A protocol has a socket or two; addresses beyond these are all served as one. */
const MAX_PATHS = 1_000

export class PlaybackContents {
  readonly answers = new RecordedAnswers()
  frames = 0
  /** The client of the recording spoke on its socket. */
  asked = false
  private readonly paths = new Set<string>()
  private lastUrl = ""

  see(row: TrafficRow): void {
    if (row.kind === "http") this.answers.add(row)
    if (row.kind === "sent") this.asked = true
    if (row.kind !== "recv") return
    this.frames++
    if (row.url === this.lastUrl || this.paths.size >= MAX_PATHS) return
    this.lastUrl = row.url
    this.paths.add(pathOf(row.url))
  }

  /** The path of the frames that a client gets who dialled this; null: all frames. */
  framesFor(target: string): string | null {
    const dialled = pathOf(target)
    return this.paths.has(dialled) ? dialled : null
  }
}

export const pathOf = (url: string): string =>
  URL.canParse(url, "ws://venue") ? new URL(url, "ws://venue").pathname : url
