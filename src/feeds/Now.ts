// Owns the clock of received frames: wall time in whole microseconds since 1970, monotonic within the process, read once a
// frame and handed down, so that everything below depends on the given time alone.
export const nowMicros = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000)
