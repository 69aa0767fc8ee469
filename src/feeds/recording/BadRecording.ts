// Owns the failure of a file that can't be read as a recording.
import { Runtime, Schema } from "effect"

/** A file is no recording, or nothing of it can be read; `detail` says where and why. */
export class BadRecording extends Schema.TaggedError<BadRecording>()("BadRecording", {
  file: Schema.String,
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `${this.file}: ${this.detail}`
  }
}
