// Owns the exit codes of the command line: what a script that called level4 can rely on.
export const ExitCode = {
  done: 0,
  /** Wrong arguments: nothing was done. */
  usage: 1,
  /** The service, or what its catalog holds, refused what was asked. */
  refused: 2,
  /** A replayed book is not live at the end of its recording. */
  notLive: 3,
  /** No service answered, or what answered was no level4. */
  unreachable: 69,
  /** A defect of level4 itself. */
  defect: 70,
  /** Ctrl-C, or a signal before the work was done; what lasts until it is ended has 0 then: Signals.ts. */
  interrupted: 130
} as const
