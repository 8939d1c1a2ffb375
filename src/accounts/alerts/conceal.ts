/** Shorter parts of an address stand in too many texts, and are no password. */
const shortestPart = 6

/**
 * A text of a receiver, or about it, without what only it may know: many say in an error which address was called. Whoever sees it may not
 * have made the destination.
 */
export function conceal(text: string, url: string, secret: string | undefined): string {
  const { pathname, search, searchParams } = new URL(url)
  const parts = [...pathname.split("/"), ...searchParams.values()].filter((part) => part.length >= shortestPart)
  const hidden = [
    url,
    ...(pathname === "/" ? [] : [pathname + search, pathname]),
    ...parts,
    ...(secret ? [secret] : []),
  ]
  // The longest first, so that none is broken up by a part of it.
  return [...new Set(hidden.flatMap(spellings))]
    .sort((one, other) => other.length - one.length)
    .reduce((left, part) => left.replaceAll(part, "[redacted]"), text)
}

const spellings = (part: string): readonly string[] => [part, encodeURIComponent(part), decoded(part)]

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
