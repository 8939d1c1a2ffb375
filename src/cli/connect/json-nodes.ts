import { UnsafeEdit } from "./merge.ts"

/** Where things stand in a JSON text, comments and trailing commas allowed. */
export type JsonNode =
  | { readonly kind: "object"; readonly start: number; readonly end: number; readonly members: readonly JsonMember[] }
  | { readonly kind: "other"; readonly start: number; readonly end: number }

export interface JsonMember {
  readonly key: string
  readonly start: number
  readonly value: JsonNode
  /** Behind the comma that follows; undefined where none does. */
  readonly afterComma: number | undefined
}

const gap = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
const string = /"(?:[^"\\]|\\.)*"/y
const scalar = /[^\s,\]}/"[{]+/y

/** Reads the places of a text that is known to parse. Throws UnsafeEdit where it does not follow. */
export const readNodes = (text: string): JsonNode => {
  let at = 0
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found === undefined) throw new UnsafeEdit(`something unexpected stands at character ${at}`)
    at += found.length
    return found
  }
  const skip = () => take(gap)
  const comma = (): number | undefined => {
    skip()
    if (text[at] !== ",") return undefined
    at++
    return at
  }
  const member = (): JsonMember => {
    const start = at
    const key = JSON.parse(take(string)) as string
    skip()
    if (text[at] !== ":") throw new UnsafeEdit(`a colon is missing at character ${at}`)
    at++
    skip()
    const value = node()
    const end = at
    const afterComma = comma()
    // Without a comma the place to add one is right behind the value, not behind a comment.
    if (afterComma === undefined) at = end
    return { key, start, value, afterComma }
  }
  const node = (): JsonNode => {
    const start = at
    const first = text[at]
    if (first === "{") {
      at++
      const members: JsonMember[] = []
      for (skip(); text[at] !== "}"; skip()) members.push(member())
      at++
      return { kind: "object", start, end: at, members }
    }
    if (first === "[") {
      at++
      for (skip(); text[at] !== "]"; skip()) {
        node()
        comma()
      }
      at++
    } else if (first === '"') take(string)
    else take(scalar)
    return { kind: "other", start, end: at }
  }
  skip()
  return node()
}
