import type { Json } from "../../contract/index.ts"

/** Works on any bytes under Bun; making a Buffer of each chunk first costs several times as much as the copy. Missing in the types. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Uint8Array, start: number, end: number) => string
}

/** Bytes as a string of one character each: cheap to search and cut, and cutting never breaks a character of UTF-8. */
export const toLatin1 = (bytes: Uint8Array): string => latin1Slice.call(bytes, 0, bytes.byteLength)

export const fromLatin1 = (text: string): Uint8Array => Buffer.from(text, "latin1")

/** JSON that is the same in every encoding: whatever is not ASCII is escaped. */
export const asciiJson = (value: Json): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

const beyondAscii = /[\x80-\xff]/

/** Parses JSON whose bytes are in a latin1 view. What is ASCII is the same in both. */
export const parseLatin1 = (text: string): Json =>
  JSON.parse(beyondAscii.test(text) ? Buffer.from(text, "latin1").toString("utf8") : text) as Json
