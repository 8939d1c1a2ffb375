import type { SearchResult } from "../../contract/index.ts"

/** A page's address in a text, with the whole Markdown link where it is part of one; UTF-16 units. */
export interface Mention {
  readonly result: SearchResult
  readonly startIndex: number
  readonly endIndex: number
}

/** An address goes on after these: `https://a.example/b` is not mentioned by `https://a.example/bc`. */
const continues = /[\w~%#?&=@+/-]/

/** With or without its last slash. */
const bare = (url: string): string => url.replace(/\/$/, "")

/** Where a Markdown link begins whose address begins at `at`; undefined: it is no link. */
const linkStart = (text: string, at: number, from: number): number | undefined => {
  if (!text.startsWith("](", at - 2)) return undefined
  const open = text.lastIndexOf("[", at - 2)
  return open < from || text.slice(open, at).includes("\n") ? undefined : open
}

const findAll = (text: string, from: number, result: SearchResult): Mention[] => {
  const found: Mention[] = []
  const url = bare(result.url)
  for (let at = text.indexOf(url, from); at >= 0; at = text.indexOf(url, at + url.length)) {
    const slash = text[at + url.length] === "/" ? 1 : 0
    const end = at + url.length + slash
    if (continues.test(text[end] ?? " ")) continue
    const start = linkStart(text, at, from)
    const closes = start !== undefined && text[end] === ")"
    found.push({ result, startIndex: closes ? start : at, endIndex: closes ? end + 1 : end })
  }
  return found
}

/** Every mention of a page in a text from `from` on, in the order of the text. */
export const mentionsOf = (text: string, from: number, results: readonly SearchResult[]): Mention[] =>
  results.flatMap((result) => findAll(text, from, result)).sort((one, other) => one.startIndex - other.startIndex)
