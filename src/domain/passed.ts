// Owns how time that passed is read from two stamps of the wall clock, where only stamps are at hand (recordings replay
// by them). Invariant: a clock that was set back counts as much time as it was set by, rather than none for as long.
export const passed = (since: number, at: number): number => Math.abs(at - since)
