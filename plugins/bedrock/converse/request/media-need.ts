import { fileNeed, isRemote } from "signalbox/dialects"
import type { Dialect } from "signalbox/plugin"
import { documentFormats } from "../formats.ts"

const inS3 = /^s3:\/\//i

const textFiles = (mime: string): boolean => mime.startsWith("text/") || documentFormats[mime] !== undefined

/** Bedrock reads objects in S3 and fetches nothing else; most kinds of text are documents to it. */
export const mediaNeed: NonNullable<Dialect["mediaNeed"]> = (media, profile) => {
  const { source, kind } = media
  if (source.type === "url" && inS3.test(source.url)) return undefined
  if (kind === "file") return fileNeed(media, profile, { byUrl: () => false, textFiles })
  return isRemote(media) && (kind !== "image" || profile.images !== false) ? "bytes" : undefined
}
