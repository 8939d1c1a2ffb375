const ascii = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)))

const signatures: readonly (readonly [mime: string, matches: (bytes: Uint8Array) => boolean])[] = [
  ["image/png", (bytes) => ascii(bytes, 0, 4) === "\x89PNG"],
  ["image/jpeg", (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff],
  ["image/gif", (bytes) => /^GIF8[79]a/.test(ascii(bytes, 0, 6))],
  ["image/webp", (bytes) => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP"],
  ["audio/wav", (bytes) => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WAVE"],
  ["audio/aiff", (bytes) => ascii(bytes, 0, 4) === "FORM" && /^AIF[FC]/.test(ascii(bytes, 8, 12))],
  // Two letters begin many a text; the four bytes after the size are always zero.
  ["image/bmp", (bytes) => ascii(bytes, 0, 2) === "BM" && ascii(bytes, 6, 10) === "\0\0\0\0"],
  ["image/tiff", (bytes) => ["II*\0", "MM\0*"].includes(ascii(bytes, 0, 4))],
  ["image/avif", (bytes) => /^ftypavi[fs]/.test(ascii(bytes, 4, 12))],
  ["image/heic", (bytes) => /^ftyp(?:hei|mif1)/.test(ascii(bytes, 4, 12))],
  ["audio/mp4", (bytes) => /^ftypM4A/.test(ascii(bytes, 4, 11))],
  ["video/mp4", (bytes) => ascii(bytes, 4, 8) === "ftyp"],
  ["video/webm", (bytes) => ascii(bytes, 0, 4) === "\x1aE\xdf\xa3"],
  ["audio/mpeg", (bytes) => ascii(bytes, 0, 3) === "ID3" || (bytes[0] === 0xff && (bytes[1]! & 0xe6) === 0xe2)],
  ["audio/aac", (bytes) => bytes[0] === 0xff && (bytes[1]! & 0xf6) === 0xf0],
  ["audio/ogg", (bytes) => ascii(bytes, 0, 4) === "OggS"],
  ["audio/flac", (bytes) => ascii(bytes, 0, 4) === "fLaC"],
  // A few bytes of rubbish before the header are common, and readers allow for them.
  ["application/pdf", (bytes) => ascii(bytes, 0, 1024).includes("%PDF-")],
]

/** As many base64 characters as hold all that is looked at. */
const headCharacters = 1368

/** What bytes are by their first characters, whatever their name or their server says; undefined for what has no mark (text, mostly). */
export const sniff = (bytes: Uint8Array): string | undefined => signatures.find(([, matches]) => matches(bytes))?.[0]

/** The same for bytes in base64. */
export const sniffBase64 = (base64: string): string | undefined =>
  sniff(Buffer.from(base64.slice(0, headCharacters), "base64"))
