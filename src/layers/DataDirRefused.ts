// Owns the fact that a data directory can't be used. The start of the service is refused with it: without its embedded
// database level4 has no catalog, and waiting would not mend it.
import { Schema } from "effect"

/** The embedded database can't use this directory; `detail` says why and what to do. */
export class DataDirRefused extends Schema.TaggedError<DataDirRefused>()("DataDirRefused", {
  path: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The data directory ${this.path} can't be used: ${this.detail}`
  }
}
