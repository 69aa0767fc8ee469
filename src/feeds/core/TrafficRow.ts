// Owns the shape of what passes a feed's sockets and REST, as it is handed to whoever records it. What a file of such
// rows looks like is recording/Recording.ts's.

/**
 * `at`: microseconds since 1970, the receiver's clock. `http` rows are REST answers with their full URL, and their
 * status where it is not 200. Where a protocol has several sockets, the fragment of a URL names the line of its scheme.
 */
export interface TrafficRow {
  readonly at: number
  readonly kind: "open" | "sent" | "recv" | "http" | "close"
  readonly url: string
  readonly text: string
  readonly status?: number
}

/** Gets all that passes a feed's sockets and REST, as it happens, on the frames' own way: it must be quick. */
export type Tap = (row: TrafficRow) => void
