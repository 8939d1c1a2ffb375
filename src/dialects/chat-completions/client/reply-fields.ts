import { type ChatPart, isObject, type Json, type JsonObject, type MediaContent } from "../../../contract/index.ts"

type Citation = Extract<ChatPart, { type: "citation" }>

/** Strict clients demand title and offsets; an upstream that names none means the whole answer. */
export const annotationOf = (citation: Citation): JsonObject => ({
  type: "url_citation",
  url_citation: {
    url: citation.url,
    title: citation.title ?? citation.url,
    start_index: citation.startIndex ?? 0,
    end_index: citation.endIndex ?? 0,
    ...(citation.content === undefined ? {} : { content: citation.content }),
  },
})

/** Requesty's way to show where a search led (docs.requesty.ai, web search). */
export const webSearchOf = ({ url, title }: Citation): JsonObject => ({
  web_search: { content: [{ url, title: title ?? url }] },
})

/** Produced media as fields of a delta or message. */
export const mediaFields = (media: MediaContent): JsonObject => {
  const { source, mime } = media
  if (media.kind === "audio" && source.type === "data") return { audio: { data: source.base64 } }
  const url =
    source.type === "url"
      ? source.url
      : source.type === "data"
        ? `data:${mime ?? "image/png"};base64,${source.base64}`
        : source.id
  return { images: [{ type: "image_url", image_url: { url } }] }
}

/** One entry of `reasoning_details`. Entries with one `index` are one thought. */
export interface DetailSource {
  readonly format: string
  readonly id?: string
  readonly summary?: boolean
  readonly index: number
}

/**
 * OpenRouter's vocabulary. Clients check it and drop what they do not know; a tag beyond it is therefore not told, and the gateway knows
 * the signature again when it comes back.
 */
const toldFormats: ReadonlySet<string> = new Set([
  "openai-responses-v1",
  "azure-openai-responses-v1",
  "bedrock-openai-responses-v1",
  "xai-responses-v1",
  "meta-responses-v1",
  "anthropic-claude-v1",
  "google-gemini-v1",
])

export const detailOf = (
  source: DetailSource,
  piece: { readonly text?: string; readonly signature?: string; readonly encrypted?: string },
): JsonObject => {
  const format = toldFormats.has(source.format) ? source.format : "unknown"
  const common = { format, index: source.index, ...(source.id === undefined ? {} : { id: source.id }) }
  if (piece.encrypted !== undefined) return { type: "reasoning.encrypted", data: piece.encrypted, ...common }
  if (source.summary) return { type: "reasoning.summary", summary: piece.text ?? "", ...common }
  return {
    type: "reasoning.text",
    ...(piece.text === undefined ? {} : { text: piece.text }),
    ...(piece.signature === undefined ? {} : { signature: piece.signature }),
    ...common,
  }
}

/** Gemini's signature of a call, in the two places where clients look for it and send it back from. */
export const signatureDetail = (signature: string, callId: string, index: number): JsonObject => ({
  type: "reasoning.encrypted",
  data: signature,
  id: callId,
  format: "google-gemini-v1",
  index,
})

const append = (before: Json | undefined, after: Json): Json => {
  if (typeof before === "string" && typeof after === "string") return before + after
  if (Array.isArray(before) && Array.isArray(after)) return [...before, ...after]
  if (isObject(before) && isObject(after)) return mergeFields(before, after)
  return after
}

/** Folds fields of deltas into those of a message: texts and lists grow, objects merge. `id`s and times are replaced. */
export const mergeFields = (before: JsonObject, after: JsonObject): JsonObject => {
  const out = { ...before }
  for (const [key, value] of Object.entries(after))
    out[key] = key === "id" || key === "expires_at" ? value : append(out[key], value)
  return out
}
