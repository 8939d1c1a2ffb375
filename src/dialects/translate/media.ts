import type { MediaContent } from "../../contract/index.ts"
import { readDataUrl } from "../body/data-url.ts"
import { sniffBase64 } from "../body/sniff.ts"

export interface InlineData {
  readonly base64: string
  readonly mime: string | undefined
}

/** The bytes of a part that carries them, as base64: a data source, or a `data:` URL in any of its spellings. */
export const inlineData = (media: MediaContent): InlineData | undefined => {
  const { source } = media
  if (source.type === "id") return undefined
  const data = source.type === "data" ? { base64: source.base64 } : readDataUrl(source.url)
  if (!data) return undefined
  const named = "mime" in data ? data.mime : undefined
  return { base64: data.base64, mime: named ?? media.mime ?? sniffBase64(data.base64) }
}

/** Text of base64 bytes, for formats that take text documents as text. */
export const base64Text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8")
