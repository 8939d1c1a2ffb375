import { stringEnd } from "../../json-text/scan.ts"

const key = /"encrypted_content"\s*:\s*"/g

/** Every encrypted content in a JSON text; inside of strings the quotes of such a key are escaped, so none is found there. */
export const encryptedContents = (text: string): string[] => {
  const found: string[] = []
  if (!text.includes('"encrypted_content"')) return found
  for (const match of text.matchAll(key)) {
    const open = match.index + match[0].length - 1
    const end = stringEnd(text, open)
    if (end < 0) continue
    const inner = text.slice(open + 1, end - 1)
    const value = inner.includes("\\") ? (JSON.parse(text.slice(open, end)) as string) : inner
    if (value !== "") found.push(value)
  }
  return found
}
