import { isObject, type Json } from "../../../contract/index.ts"

/** What a model must be able to take in or give out, beside text. */
export const needs = [
  "tools",
  "structured_output",
  "reasoning",
  "vision",
  "pdf",
  "audio",
  "video",
  "image_output",
  "audio_output",
] as const
export type Need = (typeof needs)[number]

/** What a part of a message says that it is, in any format, and what it takes to read it. */
const needOf: Readonly<Record<string, Need | undefined>> = {
  image: "vision",
  audio: "audio",
  video: "video",
  file: "pdf",
  document: "pdf",
  application: "pdf",
}

/**
 * The formats name a part's type; Gemini's names the type of its bytes. Without the first quote, which `mediaInText` looks at: texts are full
 * of quotes, and a search that begins with a rarer letter takes two thirds of the time.
 */
const typed = /type"\s*:\s*"(?:input_)?(image|audio|video|file|document)/g
const mimed = /mime_?[tT]ype"\s*:\s*"(image|audio|video|application)/g

/**
 * The kinds of media that a body's text may hold, found without parsing it: what a tool's arguments look like may be among them, what is
 * there is never missed.
 */
export function mediaInText(body: string, hasMimeTypes: boolean): ReadonlySet<Need> {
  const found = new Set<Need>()
  for (const { index, 1: word } of body.matchAll(hasMimeTypes ? mimed : typed))
    if (body[index - 1] === '"') found.add(needOf[word!]!)
  return found
}

const wholeType = /^(?:input_)?(image|audio|video|file|document)(?:_url)?$/

/** The kinds of media that a parsed body holds: only parts of messages are looked at, never what tools were given or told. */
export function mediaInBody(body: Json): ReadonlySet<Need> {
  const found = new Set<Need>()
  if (isObject(body)) for (const key of ["messages", "input", "contents", "system"]) look(body[key], found)
  return found
}

const inner = ["content", "parts", "output", "inlineData", "inline_data", "fileData", "file_data"] as const

function look(value: Json | undefined, found: Set<Need>): void {
  if (Array.isArray(value)) {
    for (const item of value) look(item, found)
    return
  }
  if (!isObject(value)) return
  const { type } = value
  const mime = value.mimeType ?? value.mime_type
  const word = typeof type === "string" ? wholeType.exec(type)?.[1] : undefined
  const need = needOf[word ?? (typeof mime === "string" ? mime.slice(0, mime.indexOf("/")) : "")]
  if (need) found.add(need)
  for (const key of inner) {
    const held = value[key]
    // A text is the usual case, and has nothing inside.
    if (typeof held === "object") look(held, found)
  }
}
