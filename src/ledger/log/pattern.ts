/** A value that is asked for, in which `*` stands for any number of characters. Case counts. */
export interface Pattern {
  /** Without a `*`: the text itself. */
  readonly exact?: string
  fits(text: string): boolean
}

/** In time that grows with the text alone, however many stars there are: each piece is looked for behind the one before, and never again. */
export function patternOf(value: string): Pattern {
  const [first = "", ...rest] = value.split("*")
  const last = rest.pop()
  if (last === undefined) return { exact: value, fits: (text) => text === value }
  return {
    fits: (text) => {
      if (!text.startsWith(first)) return false
      let at = first.length
      for (const piece of rest) {
        const found = text.indexOf(piece, at)
        if (found < 0) return false
        at = found + piece.length
      }
      return text.length - last.length >= at && text.endsWith(last)
    },
  }
}
