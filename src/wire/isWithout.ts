// Owns the test for control frames: JSON that lacks every key under which a protocol's books and trades travel. Which
// keys those are is the scheme's. Invariant: only an object passes, since arrays and bare values name nothing.

export const isWithout =
  (...keys: ReadonlyArray<string>) =>
  (json: unknown): boolean =>
    typeof json === "object" && json !== null && !Array.isArray(json) && !keys.some((key) => Object.hasOwn(json, key))
