// Owns the shape of what must be there and nobody looks at. A generated reader skips it and gives null in its place.
import { Schema } from "effect"

export const Unread = Schema.Unknown.annotate({ readAs: "unread" })
