import {
  addUsage,
  type EmbeddingsReply,
  type EmbeddingVector,
  isObject,
  type Json,
  type JsonObject,
  type Usage,
} from "../../../contract/index.ts"
import { decodeUsage as decodeTokens } from "../../chat-completions/reply/usage.ts"
import { badReply } from "../../media/endpoint.ts"

/** A list of numbers, or base64. Throws when it is neither. */
export const decodeVector = (value: Json | undefined): EmbeddingVector => {
  if (typeof value === "string" && value !== "") return { base64: value }
  if (Array.isArray(value) && value.length > 0 && value.every((float) => typeof float === "number"))
    return { floats: value as number[] }
  throw badReply("The upstream's answer holds something that is not a vector")
}

/** By `index` where every place is named once, otherwise as they came. */
const inOrder = (rows: readonly Json[]): readonly Json[] => {
  const placed: Json[] = []
  for (const row of rows) {
    const place = isObject(row) ? row.index : undefined
    if (typeof place !== "number" || place in placed || !(place in rows)) return rows
    placed[place] = row
  }
  return placed
}

/** Voyage and Jina count in `total_tokens` alone. An answer without a count has none. */
const decodeUsage = (raw: Json | undefined): Usage | undefined => {
  if (!isObject(raw)) return undefined
  const prompt = raw.prompt_tokens ?? raw.input_tokens ?? raw.total_tokens
  return typeof prompt === "number" ? decodeTokens({ ...raw, prompt_tokens: prompt }) : undefined
}

/** An answer in OpenAI's shape, or a bare list of vectors in `embeddings` (Nomic). `count`: how many were asked for. */
export const decodeEmbeddings = (body: JsonObject, count: number): EmbeddingsReply => {
  const rows = [body.data, body.embeddings].find(Array.isArray) ?? []
  if (rows.length !== count) throw badReply(`The upstream answered with ${rows.length} vectors for ${count} inputs`)
  const vectors = inOrder(rows).map((row) => decodeVector(isObject(row) ? row.embedding : row))
  const usage = decodeUsage(body.usage)
  return {
    ...(typeof body.id === "string" && body.id !== "" ? { id: body.id } : {}),
    vectors,
    ...(usage === undefined ? {} : { usage }),
  }
}

/** The answers of several calls as one, in order. Usage is summed, or unknown where one call did not tell. */
export const joinEmbeddings = (replies: readonly EmbeddingsReply[]): EmbeddingsReply => {
  const [first, ...rest] = replies
  const id = first?.id
  let usage = first?.usage
  for (const reply of rest) usage = usage && reply.usage && addUsage(usage, reply.usage)
  return {
    ...(id === undefined ? {} : { id }),
    vectors: replies.flatMap(({ vectors }) => vectors),
    ...(usage === undefined ? {} : { usage }),
  }
}
