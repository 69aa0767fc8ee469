// Owns the exit codes of the command line: what a script that called level4 can rely on. What Ctrl-C or SIGTERM ends has
// 130, which the runtime sees to.
export const ExitCode = {
  done: 0,
  /** Wrong arguments: nothing was done. */
  usage: 1,
  /** The service, or what its catalog holds, refused what was asked. */
  refused: 2,
  /** No service answered, or what answered was no level4. */
  unreachable: 69,
  /** A defect of level4 itself. */
  defect: 70
} as const
