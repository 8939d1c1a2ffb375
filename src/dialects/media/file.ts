import type { MediaFile } from "../../contract/index.ts"
import { readDataUrl } from "../body/data-url.ts"
import { sniff } from "../body/sniff.ts"
import { invalid } from "./fields.ts"

/** Types of files and the endings of their names, the usual one first. */
const endings: Readonly<Record<string, readonly string[]>> = {
  "image/png": ["png"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/webp": ["webp"],
  "image/gif": ["gif"],
  "image/avif": ["avif"],
  "image/svg+xml": ["svg"],
  "audio/mpeg": ["mp3", "mpga", "mpeg"],
  "audio/wav": ["wav"],
  "audio/flac": ["flac"],
  "audio/ogg": ["ogg", "oga", "opus"],
  "audio/mp4": ["m4a"],
  "audio/aac": ["aac"],
  "audio/aiff": ["aiff"],
  "audio/webm": ["webm"],
  "video/mp4": ["mp4"],
}

/** Other words for the same types, as browsers and recorders write them. */
const aliases: Readonly<Record<string, string>> = {
  "image/jpg": "image/jpeg",
  "audio/mp3": "audio/mpeg",
  "audio/x-mp3": "audio/mpeg",
  "audio/wave": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/vnd.wave": "audio/wav",
  "audio/x-flac": "audio/flac",
  "audio/opus": "audio/ogg",
  "audio/m4a": "audio/mp4",
  "audio/x-m4a": "audio/mp4",
  "audio/x-aac": "audio/aac",
  "audio/x-aiff": "audio/aiff",
  "video/webm": "audio/webm",
}

const unknownType = "application/octet-stream"

/** Text, so that only where an image is expected it is one. */
const isSvg = (bytes: Uint8Array): boolean =>
  /^\s*(?:<\?xml[^>]*>\s*)?<svg/.test(String.fromCharCode(...bytes.subarray(0, 64)))

/** What an image or a recording is by its first bytes. */
export const sniffMime = (bytes: Uint8Array): string | undefined =>
  plainMime(sniff(bytes)) ?? (isSvg(bytes) ? "image/svg+xml" : undefined)

/** The usual ending of a type's file names, without the dot. */
export const endingOf = (mime: string): string | undefined => endings[mime]?.[0]

const mimeOfName = (name: string): string | undefined => {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase()
  if (ending === undefined) return undefined
  return Object.entries(endings).find(([, known]) => known.includes(ending))?.[0]
}

/** `AUDIO/X-WAV; codecs=1` → `audio/wav`; undefined for what says nothing. */
export const plainMime = (declared: string | undefined): string | undefined => {
  const plain = declared?.split(";")[0]?.trim().toLowerCase()
  if (!plain || plain === unknownType) return undefined
  return Object.hasOwn(aliases, plain) ? aliases[plain] : plain
}

/**
 * A file of what is known about it: its declared type, else that of its name, else that of its first bytes. Upstreams tell formats by
 * the ending of the name, so a name without one gets it.
 */
export const mediaFile = (bytes: Uint8Array, stem: string, name?: string, declared?: string): MediaFile => {
  const mime = plainMime(declared) ?? mimeOfName(name ?? "") ?? sniffMime(bytes) ?? unknownType
  const given = name || stem
  const ending = endingOf(mime)
  return { bytes, mime, name: ending === undefined || /\.[a-z0-9]+$/i.test(given) ? given : `${given}.${ending}` }
}

/** Standard and URL-safe base64, with or without padding and line breaks; throws GatewayError for anything else. */
export const base64Bytes = (text: string, path: string): Uint8Array => {
  const plain = text.replace(/\s+/g, "").replace(/-/g, "+").replace(/_/g, "/")
  if (plain === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) throw invalid(path, "must be base64 or a data: URL")
  return Uint8Array.from(Buffer.from(plain, "base64"))
}

export const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")

/** A file as the text that JSON bodies carry. */
export const dataUrl = (mime: string, base64: string): string => `data:${mime};base64,${base64}`

export const fileUrl = (file: MediaFile): string => dataUrl(file.mime, base64Of(file.bytes))

/** Type and payload of a `data:` URL; undefined for any other text. */
export const splitDataUrl = (
  url: string,
): { readonly mime: string | undefined; readonly base64: string } | undefined => {
  const data = readDataUrl(url)
  return data && { mime: plainMime(data.mime), base64: data.base64 }
}
