/** UTF-16 with its mark, UTF-8, or what spreadsheets on Windows write. */
export function decodeText(bytes: Uint8Array): string {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)
  if (mark === 0xfffe) return new TextDecoder("utf-16le").decode(bytes)
  if (mark === 0xfeff) return new TextDecoder("utf-16be").decode(bytes)
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder("windows-1252").decode(bytes)
  }
}

/** The text of a document with the numbers of its pages, which questions and answers refer to. */
export function pagesText(pages: readonly string[], total: number): string {
  const marked = pages.map((page, index) => `--- Page ${index + 1} of ${total} ---\n${page}`)
  if (pages.every((page) => page === "")) marked.push("[There is no text in this document. It may be scanned.]")
  if (total > pages.length) marked.push(`[Pages ${pages.length + 1} to ${total} are left out.]`)
  return marked.join("\n\n")
}

/** A file's text as part of a message: the model should know what it reads. */
export const namedText = (name: string | undefined, text: string): string => `[File: ${name ?? "unnamed"}]\n${text}`
