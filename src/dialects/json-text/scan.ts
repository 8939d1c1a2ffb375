/** One member of an object in JSON text. All offsets are into the scanned text. */
export interface Member {
  /** The key, unescaped. */
  readonly key: string
  /** The key's opening quote. */
  readonly keyStart: number
  /** First character of the value. */
  readonly valueStart: number
  /** One past the last character of the value. */
  readonly valueEnd: number
}

export interface ObjectSpan {
  /** The opening brace. */
  readonly start: number
  /** One past the closing brace. */
  readonly end: number
  readonly members: readonly Member[]
  /** Keys that occur more than once: readers differ on which one counts, so nobody should act on them. */
  readonly duplicates: readonly string[]
}

export interface Span {
  readonly start: number
  readonly end: number
}

const quote = 34
const backslash = 92
const comma = 44
const colon = 58
const openBrace = 123
const closeBrace = 125
const openBracket = 91
const closeBracket = 93

const isSpace = (code: number) => code === 32 || code === 10 || code === 13 || code === 9

const skipSpace = (text: string, from: number): number => {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** One past the closing quote of the string that opens at `open`; -1 when it never closes. */
export const stringEnd = (text: string, open: number): number => {
  let from = open + 1
  for (;;) {
    const found = text.indexOf('"', from)
    if (found < 0) return -1
    let before = found - 1
    while (text.charCodeAt(before) === backslash) before--
    // An even run of backslashes escapes itself, not the quote.
    if ((found - before) % 2 === 1) return found + 1
    from = found + 1
  }
}

/** Words to look out for among the short strings (keys and values) inside of nested values. */
export interface WordSearch {
  /** Words of 8 to 24 characters: shorter strings are too many to be worth a look. */
  readonly wanted: ReadonlySet<string>
  readonly found: Set<string>
}

const note = (text: string, open: number, end: number, search: WordSearch) => {
  const length = end - open - 2
  if (length < 8 || length > 24) return
  const word = text.slice(open + 1, end - 1)
  if (search.wanted.has(word)) search.found.add(word)
}

/**
 * Levels of nesting: nobody means more, most readers take no more, and the runtime needs seconds to write what is a hundred thousand levels
 * deep. Deeper texts are none.
 */
export const deepest = 500

/** Whether a text nests deeper than that. A look at its brackets: whoever parsed it to find out would have taken the time already. */
export function isTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = stringEnd(text, at)
      if (end < 0) return false
      at = end - 1
    } else if (code === openBrace || code === openBracket) {
      if (++depth > deepest) return true
    } else if (code === closeBrace || code === closeBracket) depth--
  }
  return false
}

/** Jumps over an object or array: strings are skipped whole, brackets must pair up. */
const nestedEnd = (text: string, start: number, search?: WordSearch): number => {
  const closers: number[] = []
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = stringEnd(text, at)
      if (end < 0) return -1
      if (search) note(text, at, end, search)
      at = end
      continue
    }
    at++
    if (code === openBrace) closers.push(closeBrace)
    else if (code === openBracket) closers.push(closeBracket)
    else if (code === closeBrace || code === closeBracket) {
      if (closers.pop() !== code) return -1
      if (closers.length === 0) return at
    }
    if (closers.length > deepest) return -1
  }
  return -1
}

const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** One past the value that starts at `start`; -1 when there is none. Strings and nested values are bounded, not validated. */
export const valueEnd = (text: string, start: number, search?: WordSearch): number => {
  const code = text.charCodeAt(start)
  if (code === quote) return stringEnd(text, start)
  if (code === openBrace || code === openBracket) return nestedEnd(text, start, search)
  scalar.lastIndex = start
  return scalar.test(text) ? scalar.lastIndex : -1
}

const readKey = (text: string, start: number, end: number): string | undefined => {
  const inner = text.slice(start + 1, end - 1)
  if (!inner.includes("\\")) return inner
  try {
    return JSON.parse(text.slice(start, end)) as string
  } catch {
    return undefined
  }
}

const none: readonly string[] = []
/** Up to here comparing each key with those before it is cheaper than a set. */
const fewMembers = 24

const duplicateKeys = (members: readonly Member[]): readonly string[] => {
  if (members.length > fewMembers) {
    const seen = new Set<string>()
    return members.filter(({ key }) => seen.size === seen.add(key).size).map(({ key }) => key)
  }
  let duplicates: string[] | undefined
  for (let index = 1; index < members.length; index++) {
    const { key } = members[index]!
    for (let before = 0; before < index; before++) {
      if (members[before]!.key !== key) continue
      duplicates ??= []
      duplicates.push(key)
      break
    }
  }
  return duplicates ?? none
}

/**
 * The members of the object that starts at `from` (leading space allowed), without parsing the values. Undefined when there is no
 * object or its structure is broken. What follows the object is not looked at. `search` looks for words in nested values on the way.
 */
export const objectAt = (text: string, from = 0, search?: WordSearch): ObjectSpan | undefined => {
  const start = skipSpace(text, from)
  if (text.charCodeAt(start) !== openBrace) return undefined
  const members: Member[] = []
  let duplicates: readonly string[] = none
  let at = skipSpace(text, start + 1)
  if (text.charCodeAt(at) === closeBrace) return { start, end: at + 1, members, duplicates }
  for (;;) {
    if (text.charCodeAt(at) !== quote) return undefined
    const keyEnd = stringEnd(text, at)
    if (keyEnd < 0) return undefined
    const key = readKey(text, at, keyEnd)
    if (key === undefined) return undefined
    const separator = skipSpace(text, keyEnd)
    if (text.charCodeAt(separator) !== colon) return undefined
    const valueStart = skipSpace(text, separator + 1)
    const end = valueEnd(text, valueStart, search)
    if (end < 0) return undefined
    members.push({ key, keyStart: at, valueStart, valueEnd: end })
    at = skipSpace(text, end)
    const next = text.charCodeAt(at)
    if (next === closeBrace) {
      duplicates = duplicateKeys(members)
      return { start, end: at + 1, members, duplicates }
    }
    if (next !== comma) return undefined
    at = skipSpace(text, at + 1)
  }
}

/** The members of a whole document; undefined when it is not one object with nothing but space around it. */
export const topLevel = (text: string, search?: WordSearch): ObjectSpan | undefined => {
  const span = objectAt(text, 0, search)
  return span && skipSpace(text, span.end) === text.length ? span : undefined
}

/** The elements of the array that starts at `from`; undefined when there is none or it is broken. */
export const elementsAt = (text: string, from: number): readonly Span[] | undefined => {
  const start = skipSpace(text, from)
  if (text.charCodeAt(start) !== openBracket) return undefined
  const elements: Span[] = []
  let at = skipSpace(text, start + 1)
  if (text.charCodeAt(at) === closeBracket) return elements
  for (;;) {
    const end = valueEnd(text, at)
    if (end < 0) return undefined
    elements.push({ start: at, end })
    at = skipSpace(text, end)
    const next = text.charCodeAt(at)
    if (next === closeBracket) return elements
    if (next !== comma) return undefined
    at = skipSpace(text, at + 1)
  }
}

export const memberOf = (span: ObjectSpan | undefined, key: string): Member | undefined => {
  if (span) for (const member of span.members) if (member.key === key) return member
  return undefined
}

/** The object that is the value of `key`, with offsets into the same text. */
export const objectIn = (text: string, span: ObjectSpan | undefined, key: string): ObjectSpan | undefined => {
  const member = memberOf(span, key)
  return member && objectAt(text, member.valueStart)
}

/** The text of a member's value. */
export const valueText = (text: string, member: Member): string => text.slice(member.valueStart, member.valueEnd)
