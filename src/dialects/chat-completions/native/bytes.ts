import type { Json } from "../../../contract/index.ts"

/** Bytes as a string of one character each: cheap to search and cut, and cutting never breaks a character of UTF-8. */
export const toLatin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")

export const fromLatin1 = (text: string): Uint8Array => Buffer.from(text, "latin1")

/** JSON that is the same in every encoding: whatever is not ASCII is escaped. */
export const asciiJson = (value: Json): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** Parses JSON whose bytes are in a latin1 view. */
export const parseLatin1 = (text: string): Json => JSON.parse(Buffer.from(text, "latin1").toString("utf8")) as Json
