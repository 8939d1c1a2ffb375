import { isObject, type Json, type JsonObject } from "signalbox/plugin"

const encoder = new TextEncoder()

/** Cohere gives the chances of a piece of text token by token but not its tokens' texts, so a piece is one entry with their sum. */
const entry = (piece: Json): JsonObject | undefined => {
  if (!isObject(piece) || !Array.isArray(piece.logprobs)) return undefined
  const token = typeof piece.text === "string" ? piece.text : ""
  const logprob = piece.logprobs.reduce((sum: number, value) => sum + (typeof value === "number" ? value : 0), 0)
  return { token, logprob, bytes: [...encoder.encode(token)], top_logprobs: [] }
}

/** In the form of chat completions, which is how they travel inside. */
export const decodeLogprobs = (pieces: Json | undefined): { readonly logprobs?: JsonObject } => {
  if (pieces === undefined || pieces === null) return {}
  const content = (Array.isArray(pieces) ? pieces : [pieces]).map(entry).filter((piece) => piece !== undefined)
  return content.length === 0 ? {} : { logprobs: { content, refusal: null } }
}
