// Owns how the work on a recording's file fails, as data and in the words of the command line. Where it fails and why
// is found by the readers, the writer and the replay. Invariant: the message begins with the file that it is about.
import { Runtime, Schema } from "effect"

/**
 * unreadable: the file is no recording, or nothing of it can be read; unwritable: it can't be written, or not any more;
 * foreign: it can be read, but is none of this market; not_live: it speaks of the market, and leaves its book in
 * another state than `live`.
 */
const Fault = Schema.Literals(["unreadable", "unwritable", "foreign", "not_live"])

/** `detail` says where and why, as the end of a sentence that begins with the file. */
export class RecordingFailure extends Schema.TaggedError<RecordingFailure>()("RecordingFailure", {
  fault: Fault,
  file: Schema.String,
  detail: Schema.String
}) {
  /** The command line's code for what was refused; a doubtful book has its own, so that a script can tell it apart. */
  override get [Runtime.errorExitCode](): number {
    return this.fault === "not_live" ? 3 : 2
  }
  override get message(): string {
    return `${this.file}: ${this.detail}`
  }
}
