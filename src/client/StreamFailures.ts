// Owns how a stream can end for its reader, as tagged errors. What ends one connection and is answered by the next is
// no failure but a value (StreamValue.ts), unless the schedule of reconnects has come to its end.
import { Schema } from "effect"

/** One thing that the service found wrong: a JSON pointer into the request, and a sentence. */
const Fault = Schema.Struct({
  field: Schema.String,
  message: Schema.String,
  /** `limit`: more than one connection may hold. */
  code: Schema.optionalKey(Schema.Literal("limit"))
})

/**
 * The service does not grant what was asked: a channel or market that does not exist, a token that is missing. `status`
 * is the HTTP status of a refused upgrade, null where the websocket was open. `title` is null where what answered
 * explains nothing, as something other than level4 would.
 */
export class StreamRefused extends Schema.TaggedError<StreamRefused>()("StreamRefused", {
  status: Schema.NullOr(Schema.Int),
  title: Schema.NullOr(Schema.String),
  detail: Schema.NullOr(Schema.String),
  faults: Schema.Array(Fault)
}) {
  override get message(): string {
    const { status, title, detail, faults } = this
    const head = title ?? "what answers at this address opens no stream"
    const lines = faults.map(({ field, message }) => `${field}: ${message}`)
    return [status === null ? head : `${head} (${status})`, ...(detail === null ? [] : [detail]), ...lines].join("\n  ")
  }
}

/** A connection ended, or could not be made. `code` is the websocket's close code, null where there was none. */
export class StreamLost extends Schema.TaggedError<StreamLost>()("StreamLost", {
  code: Schema.NullOr(Schema.Int),
  reason: Schema.String
}) {
  override get message(): string {
    return this.code === null ? this.reason : `${this.reason} (${this.code})`
  }
}

/** The service said something that this version of the client does not know; `sample` is its beginning. */
export class StreamUnreadable extends Schema.TaggedError<StreamUnreadable>()("StreamUnreadable", {
  sample: Schema.String
}) {
  override get message(): string {
    return `the stream said what this version of level4 does not know: ${this.sample}`
  }
}

export type StreamFailure = StreamRefused | StreamLost | StreamUnreadable
