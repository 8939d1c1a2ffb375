/** How much structure a document may have. A text of brackets alone becomes fifty times its size in memory. */
export interface StructureLimits {
  readonly depth: number
  /** Objects and lists together. */
  readonly containers: number
  /** Commas, which is to say members and elements. */
  readonly members: number
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Whether the quote at `end` is written as `\"`, so that the text goes on. */
const isEscaped = (bytes: Uint8Array, end: number): boolean => {
  let count = 0
  while (bytes[end - 1 - count] === backslash) count++
  return count % 2 === 1
}

/** Where the text that begins at `start` ends; the length of the whole where it does not. */
const endOfText = (bytes: Uint8Array, start: number): number => {
  let end = bytes.indexOf(quote, start + 1)
  while (end >= 0 && isEscaped(bytes, end)) end = bytes.indexOf(quote, end + 1)
  return end < 0 ? bytes.length : end
}

/** Throws Error when parsing this JSON would take more room than it is worth. Whether it is JSON at all, the parser says. */
export function screenJson(bytes: Uint8Array, limits: StructureLimits): void {
  let [depth, containers, members] = [0, 0, 0]
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === quote) at = endOfText(bytes, at)
    else if (byte === openObject || byte === openList) {
      if (++depth > limits.depth) throw new Error(`it is nested more than ${limits.depth} deep`)
      if (++containers > limits.containers) throw new Error(`it has more than ${limits.containers} objects and lists`)
    } else if (byte === closeObject || byte === closeList) depth--
    else if (byte === comma && ++members > limits.members) throw new Error(`it has more than ${limits.members} members`)
  }
}
