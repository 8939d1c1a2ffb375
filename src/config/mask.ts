import { closingBrace } from "./interpolate.ts"

/** Code points of a block that the text itself does not use. */
export interface Mask {
  readonly text: string
  /** Puts the original characters back. */
  restore(masked: string): string
}

const blockSize = 0x80

const freeBlock = (text: string): number => {
  const used = new Set<number>()
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0xe000 && code < 0xf800) used.add(Math.floor((code - 0xe000) / blockSize))
  }
  let block = 0
  while (used.has(block)) block++
  return 0xe000 + block * blockSize
}

/**
 * Hides every `${…}` from the YAML parser: braces, commas, colons and hashes inside it mean nothing to YAML, so that
 * `{ key: ${KEY} }` and `${A:-b, c}` parse. Each ASCII character becomes one private-use character; offsets stay the same.
 */
export const maskVariables = (text: string): Mask => {
  if (!text.includes("${")) return { text, restore: (masked) => masked }
  const base = freeBlock(text)
  let masked = ""
  let from = 0
  for (;;) {
    const open = text.indexOf("${", from)
    if (open < 0) break
    const close = closingBrace(text, open + 2)
    if (close < 0) {
      masked += text.slice(from, open + 2)
      from = open + 2
      continue
    }
    masked += text.slice(from, open)
    for (let index = open; index <= close; index++) {
      const code = text.charCodeAt(index)
      masked += code < blockSize ? String.fromCharCode(base + code) : text[index]
    }
    from = close + 1
  }
  masked += text.slice(from)
  const restore = (value: string) => {
    let restored = ""
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      restored += code >= base && code < base + blockSize ? String.fromCharCode(code - base) : value[index]
    }
    return restored
  }
  return { text: masked, restore }
}
