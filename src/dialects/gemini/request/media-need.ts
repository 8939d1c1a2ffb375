import type { Dialect } from "../../../contract/index.ts"
import { fileNeed, isRemote } from "../../translate/index.ts"

/** Files API, Cloud Storage and YouTube: the addresses that Gemini reads itself (ai.google.dev, files and video understanding). */
const readable =
  /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/(?:www\.|m\.)?youtube\.com\/(?:watch|shorts|live)|https:\/\/youtu\.be\/)/

export const isReadable = (url: string): boolean => readable.test(url)

/** Everything else goes up as bytes; of text only what is called so: `application/json` is refused as an unsupported type. */
export const mediaNeed: NonNullable<Dialect["mediaNeed"]> = (media, profile) => {
  const { source } = media
  if (source.type === "url" && isReadable(source.url)) return undefined
  if (media.kind !== "file") return isRemote(media) ? "bytes" : undefined
  return fileNeed(media, profile, { byUrl: () => false, textFiles: (mime) => mime.startsWith("text/") })
}
