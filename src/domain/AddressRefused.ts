// Owns the error of a command that listens, such as playback or simulate, where the address can't be had.
import { Runtime, Schema } from "effect"

/** `detail` is what the system said. */
export class AddressRefused extends Schema.TaggedError<AddressRefused>()("AddressRefused", {
  host: Schema.String,
  port: Schema.Int,
  detail: Schema.String
}) {
  /** The command line's code for what was refused. */
  override get [Runtime.errorExitCode](): number {
    return 2
  }
  override get message(): string {
    return `can't listen on ${this.host} port ${this.port}: ${this.detail}`
  }
}
