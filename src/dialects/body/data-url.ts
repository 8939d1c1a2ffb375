import { unescaped } from "./unescaped.ts"

const pattern = /^data:([^;,]*)((?:;[^;,]*)*),/i

export interface DataUrl {
  readonly base64: string
  /** Lower case, without parameters. */
  readonly mime?: string
}

/** Type and bytes of a `data:` URL in any of its spellings; undefined for any other text. */
export const readDataUrl = (url: string): DataUrl | undefined => {
  const match = pattern.exec(url)
  if (!match) return undefined
  const [head, type = "", parameters = ""] = match
  const rest = url.slice(head.length)
  const base64 = /;\s*base64\s*(?:;|$)/i.test(parameters) ? rest : Buffer.from(unescaped(rest)).toString("base64")
  const mime = type.trim().toLowerCase()
  return mime === "" ? { base64 } : { base64, mime }
}
