// Owns what a subscriber needs of the connection below it: a websocket, or the body of an answer.
export interface ClientSink {
  /** Bytes handed over that have not left the process. */
  readonly unsent: number
  /** Never blocks; what it costs shows in `unsent`. */
  write(chunk: Buffer): void
  /** Tells the client of a limit of its connection that it now meets, though it asked for nothing. */
  warn(field: string, message: string): void
  /** Says goodbye with a websocket close code and a reason, after what was written. */
  close(code: number, reason: string): void
}
