import type { MediaContent } from "../../contract/index.ts"
import { sniff } from "../../dialects/body/sniff.ts"
import { inlineData, isTextType, mediaType } from "../../dialects/translate/index.ts"

/** Enough of the beginning to see what a file is; a multiple of four base64 characters. */
const headCharacters = 2048

type Kind = MediaContent["kind"]

const isFamily = (family: string | undefined): family is Kind =>
  family === "image" || family === "audio" || family === "video"

/** `audio/mp4` and `video/mp4` begin alike: what the client calls it decides, where it names one of the two. */
const settle = (sniffed: string, media: MediaContent): string => {
  const [family, kind] = sniffed.split("/")
  return family === "video" && media.kind === "audio" ? `audio/${kind}` : sniffed
}

/**
 * Type and kind of a media part by its bytes, whatever the client calls it: vendors look as well, and refuse a JPEG that is said to be a
 * PNG. Text has no mark, and a text that mentions a PDF's first characters is still a text.
 */
export function withRealType(media: MediaContent, bytes: Uint8Array): MediaContent {
  const said = mediaType(media)
  const sniffed = sniff(bytes)
  const isPdf = sniffed === "application/pdf"
  const misled = isPdf && isTextType(said) && !Buffer.from(bytes.subarray(0, 5)).equals(Buffer.from("%PDF-"))
  const mime = sniffed === undefined || misled ? said : settle(sniffed, media)
  if (mime === undefined) return media
  const [family] = mime.split("/")
  // Only what was seen moves a part to another kind.
  const kind: Kind = sniffed === undefined || misled ? media.kind : isFamily(family) ? family : "file"
  return mime === media.mime && kind === media.kind ? media : { ...media, kind, mime }
}

/** A part with its bytes in it, as plain base64 and under its real type; any other part as it is. */
export function settled(media: MediaContent): MediaContent {
  const data = inlineData(media)
  if (!data) return media
  const { base64 } = data
  const mime = data.mime?.split(";")[0]?.trim()
  const plain: MediaContent =
    media.source.type === "data" ? media : { ...media, source: { type: "data", base64 }, ...(mime ? { mime } : {}) }
  return withRealType(plain, Buffer.from(base64.slice(0, headCharacters), "base64"))
}
