// Owns what is said of one message between us and a venue, sent or received: the row that a recording keeps. How rows
// are packed and read back is recording's work. Invariant: `text` is what passed the wire, unchanged.

export interface TrafficRow {
  /** Microseconds since 1970, our clock. */
  readonly at: number
  /** `http`: a REST answer. */
  readonly kind: "open" | "sent" | "recv" | "http" | "close"
  readonly url: string
  readonly text: string
  /** Of a REST answer, where it is not 200. */
  readonly status?: number
}

/** Gets all that passes a feed's sockets and REST, as it happens, on the frames' own way: it must be quick. */
export type Tap = (row: TrafficRow) => void
