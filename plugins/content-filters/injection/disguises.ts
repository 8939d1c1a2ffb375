/** Readers do not notice when the letters inside of these are in another order; models neither. */
const shuffled = ["ignore", "bypass", "override", "reveal", "delete", "system", "prompt", "instructions"]

const keyOf = (word: string): string =>
  word[0]! + [...word.slice(1, -1)].sort().join("") + word[word.length - 1]! + word.length

const byKey = new Map(shuffled.map((word) => [keyOf(word), word]))
const lengths = new Set(shuffled.map(({ length }) => length))

/** The same text in lower case, as long as it was, with those words as they are meant. */
export const unshuffled = (text: string): string =>
  lowered(text).replace(/[a-z]+/g, (word) => (lengths.has(word.length) ? (byKey.get(keyOf(word)) ?? word) : word))

/** Places stay where they are: a letter that is longer in lower case is left alone. */
export function lowered(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (run) => run.toLowerCase())
}

/** Something that stands for another text. */
export interface Disguised {
  readonly start: number
  readonly end: number
  readonly meant: string
}

/** Letters one by one, as in `i g n o r e`; what stands between words is wider than what stands between letters, or nothing tells. */
const spaced = /(?<![\p{L}\p{N}])\p{L}(?:[ \t._*-]{1,3}\p{L}){5,199}(?![\p{L}\p{N}])/gu

export function* spacedLetters(text: string): Generator<Disguised> {
  for (const { 0: found, index } of text.matchAll(spaced)) {
    const meant = found
      .replace(/[ \t._*-]{2,}/g, "\n")
      .replace(/[ \t._*-]/g, "")
      .replaceAll("\n", " ")
    yield { start: index, end: index + found.length, meant }
  }
}

/** Longer ones are pictures and programs; injections are sentences. */
const longest = 4000
const encodings: readonly (readonly [RegExp, (found: string) => Uint8Array])[] = [
  [/(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/=])/g, (found) => Buffer.from(found, "base64")],
  [/(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}){10,}(?![0-9A-Za-z])/g, (found) => Buffer.from(found, "hex")],
]

/** Texts in base64 or hexadecimal digits. */
export function* encoded(text: string): Generator<Disguised> {
  for (const [pattern, decode] of encodings)
    for (const { 0: found, index } of text.matchAll(pattern)) {
      if (found.length > longest) continue
      const meant = new TextDecoder().decode(decode(found))
      if (isText(meant)) yield { start: index, end: index + found.length, meant }
    }
}

/** Not what some bytes happen to say. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what no text has
const isText = (text: string): boolean => !/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)

const smallWords = /\b(?:all|previous|prior|the|above|your|instructions|prompt|system|rules)\b/

/** Words that were run together, taken apart where that makes one of these sentences of them. */
export const apart = (text: string): string =>
  smallWords.test(text)
    ? text
    : text.replace(
        /(ignore|disregard|forget|bypass|override|reveal|show|all|any|previous|prior|above|your|the|my|me|system|hidden|instructions?|prompts?|rules|safety|filters?|guidelines)/g,
        " $1 ",
      )
