// Owns what a place in a market's events is: the last event that a client has had.
export interface Place {
  readonly epoch: number
  readonly seq: number
  /** The process that gave it, as its answers name it; undefined where the client does not say. */
  readonly run?: string | undefined
}
