import type { MediaContent } from "../../contract/index.ts"

/** First base64 characters of the formats that matter, and what they are. */
const magic: readonly (readonly [string, string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi", "application/pdf"],
  ["SUQz", "audio/mpeg"],
]

export interface InlineData {
  readonly base64: string
  readonly mime: string | undefined
}

const dataUrl = /^data:([^;,]*)((?:;[^;,]*)*),/i

/** The bytes of a part that carries them, as base64: a data source, or a `data:` URL in any of its spellings. */
export const inlineData = (media: MediaContent): InlineData | undefined => {
  const { source } = media
  if (source.type === "data") return { base64: source.base64, mime: media.mime ?? sniff(source.base64) }
  if (source.type !== "url") return undefined
  const match = dataUrl.exec(source.url)
  if (!match) return undefined
  const rest = source.url.slice(match[0].length)
  const named = match[1]?.toLowerCase() || undefined
  const base64 = /;base64/i.test(match[2] ?? "")
    ? rest
    : Buffer.from(decodeURIComponent(rest), "utf8").toString("base64")
  return { base64, mime: named ?? media.mime ?? sniff(base64) }
}

const sniff = (base64: string): string | undefined => magic.find(([prefix]) => base64.startsWith(prefix))?.[1]

/** Text of base64 bytes, for formats that take text documents as text. */
export const base64Text = (base64: string): string => Buffer.from(base64, "base64").toString("utf8")
