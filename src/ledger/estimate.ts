import type { ChatRequest, Content, MediaContent } from "../contract/chat.ts"

/** What a request is made of, as far as its number of input tokens goes. */
export interface RequestSize {
  /** UTF-16 units of text, tool definitions and schemas. */
  readonly characters: number
  /** Tokens of images, documents, sound and films, which have nothing to do with their length as text. */
  readonly mediaTokens: number
}

/** English and code lie between 3.3 and 4.5 characters a token with the tokenizers of 2024 to 2026. */
export const charactersPerToken = 3.5

/** Roles and separators around each message. */
const charactersPerMessage = 16

/**
 * What providers bill: an image at full size about 1,600 tokens (Anthropic; OpenAI's tiles and Gemini's are below), a PDF page 1,500 to 3,000, Gemini 32
 * a second of sound and 263 a second of film. Where only bytes are known, the usual bytes of a page and a second stand in.
 */
const imageTokens = 1_600
const pdfPageTokens = 2_500
const pdfPageBytes = 50_000
const audioBytesPerToken = 250
const videoBytesPerToken = 500
const unknownFileTokens = 10_000

const mediaTokens = (media: MediaContent): number => {
  if (media.kind === "image") return media.detail === "low" ? 300 : imageTokens
  if (media.source.type !== "data") return unknownFileTokens
  const bytes = Math.ceil((media.source.base64.length * 3) / 4)
  if (media.kind === "audio") return Math.ceil(bytes / audioBytesPerToken)
  if (media.kind === "video") return Math.ceil(bytes / videoBytesPerToken)
  if (media.mime?.startsWith("text/")) return Math.ceil(bytes / charactersPerToken)
  return Math.ceil(bytes / pdfPageBytes) * pdfPageTokens
}

const characters = (content: Content): number => {
  switch (content.type) {
    case "text":
    case "refusal":
      return content.text.length
    case "reasoning":
      return (content.text?.length ?? 0) + (content.encrypted?.length ?? 0)
    case "tool-call":
      return content.name.length + content.arguments.length
    case "opaque":
      return JSON.stringify(content.data).length
    case "media":
      return 0
  }
}

/** Measures a decoded request. */
export const measureRequest = (request: ChatRequest): RequestSize => {
  let length = 0
  let media = 0
  for (const message of request.messages) {
    length += charactersPerMessage
    for (const content of message.content)
      if (content.type === "media") media += mediaTokens(content)
      else length += characters(content)
  }
  for (const tool of request.tools ?? []) length += JSON.stringify(tool).length
  if (request.responseFormat?.type === "json-schema") length += JSON.stringify(request.responseFormat.schema).length
  return { characters: length, mediaTokens: media }
}

const longBase64 = /(?:"data:([a-z]+)\/[^"]{0,80};base64,|")([A-Za-z0-9+/_-]{2000,}={0,2})"/g

/**
 * Measures a request's JSON text without parsing it. Field names and quotes count as text, so it comes out somewhat high; pictures and files in
 * base64 are found and counted as what they are, not as a million characters.
 */
export const measureText = (body: string): RequestSize => {
  if (!body.includes("base64") && !body.includes('"data":')) return { characters: body.length, mediaTokens: 0 }
  let length = body.length
  let media = 0
  for (const [, kind, data] of body.matchAll(longBase64)) {
    length -= data!.length
    media += mediaTokens({
      type: "media",
      kind: kind === "application" ? "file" : kind === "audio" || kind === "video" ? kind : kindOfBase64(data!),
      source: { type: "data", base64: data! },
    })
  }
  return { characters: length, mediaTokens: media }
}

/** `JVBERi` is `%PDF-`; `UklGR` is RIFF, which for large unnamed data is sound. Anything else is taken for an image. */
const kindOfBase64 = (base64: string): MediaContent["kind"] => {
  if (base64.startsWith("JVBERi")) return "file"
  if (base64.startsWith("UklGR") || base64.startsWith("SUQz")) return "audio"
  return "image"
}

/** Real tokens over estimated ones per model, smoothed. Kept by the caller; `learn` changes it in place. */
export interface EstimatorState {
  readonly ratios: Map<string, number>
}

export const createEstimatorState = (): EstimatorState => ({ ratios: new Map() })

/** Upward fast, downward slowly: an estimate that is too low lets a key overspend, one that is too high only holds more for a while. */
const learnUp = 0.5
const learnDown = 0.05
const lowestRatio = 0.5
const highestRatio = 4
const mostModels = 2_000
/** Below this the fixed part of a prompt outweighs its text, and the ratio says nothing about longer ones. */
const shortestSample = 100

const plainTokens = (size: RequestSize): number => Math.ceil(size.characters / charactersPerToken)

/** Estimated input tokens of a request to a model, at least 1. */
export const estimateTokens = (state: EstimatorState, model: string, size: RequestSize): number =>
  Math.max(1, Math.ceil(plainTokens(size) * (state.ratios.get(model) ?? 1)) + size.mediaTokens)

/** Takes in what an upstream really counted. Requests with media are no sample for the text ratio. */
export const learn = (state: EstimatorState, model: string, size: RequestSize, realTokens: number): void => {
  const plain = plainTokens(size)
  if (size.mediaTokens > 0 || plain < shortestSample || !(realTokens > 0)) return
  const sample = Math.min(highestRatio, Math.max(lowestRatio, realTokens / plain))
  const old = state.ratios.get(model) ?? 1
  const ratio = old + (sample - old) * (sample > old ? learnUp : learnDown)
  // Taken out and put in again, so that the model that was not heard of longest is the first to go.
  state.ratios.delete(model)
  state.ratios.set(model, ratio)
  if (state.ratios.size > mostModels)
    for (const oldest of state.ratios.keys()) {
      state.ratios.delete(oldest)
      break
    }
}
