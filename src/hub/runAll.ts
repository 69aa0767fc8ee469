// Owns the running of several things of which none may keep the others from their turn: channels of one interval, the
// clients of one window. Plain code on the way of every event. Invariant: all are run, and what the first of them threw
// is thrown then, so that a fault is neither hidden nor anybody else's.
export const runAll = <A>(all: Iterable<A>, run: (one: A) => void): void => {
  const faults: Array<unknown> = []
  for (const one of all) {
    try {
      run(one)
    } catch (fault) {
      faults.push(fault)
    }
  }
  if (faults.length > 0) throw faults[0]
}
