// Owns which address stands in for one that a scheme names, where a setting overrides it.

/**
 * What an override leaves out, path or query, is the scheme's own; one whose path ends in a slash is a prefix of the
 * scheme's path.
 */
export const lineAddress = (url: string, override: string | undefined): string => {
  if (override === undefined) return url
  const address = new URL(override)
  const original = new URL(url)
  if (address.pathname.endsWith("/")) address.pathname += original.pathname.slice(1)
  if (address.search === "") address.search = original.search
  return address.href
}
