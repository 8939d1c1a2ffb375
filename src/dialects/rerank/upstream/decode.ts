import {
  emptyUsage,
  isObject,
  type Json,
  type JsonObject,
  type RerankReply,
  type Usage,
} from "../../../contract/index.ts"
import { badReply } from "../../media/endpoint.ts"
import { count } from "../../media/usage.ts"

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const decodeResult = (row: Json, documents: number): RerankReply["results"][number] => {
  const { index, relevance_score, score = relevance_score } = objectOf(row)
  if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= documents)
    throw badReply("The upstream ranked a document that it was not given")
  if (typeof score !== "number") throw badReply("The upstream's answer has a result without a score")
  return { index, score }
}

/** `usage` (Jina, Voyage, vLLM, OpenRouter), or `meta` (Cohere's search units, SiliconFlow's tokens). */
const decodeUsage = (body: JsonObject): Usage | undefined => {
  const usage = objectOf(body.usage)
  const meta = objectOf(body.meta)
  const units = usage.search_units ?? objectOf(meta.billed_units).search_units
  const inMeta = objectOf(meta.tokens).input_tokens ?? objectOf(meta.billed_units).input_tokens
  const tokens = usage.total_tokens ?? usage.prompt_tokens ?? inMeta
  if (typeof units !== "number" && typeof tokens !== "number") return undefined
  const { cost } = usage
  return {
    ...emptyUsage,
    input: { ...emptyUsage.input, fresh: count(tokens) },
    ...(typeof units === "number" ? { counters: { searches: count(units) } } : {}),
    ...(typeof cost === "number" && cost >= 0 ? { reportedCostUsd: cost } : {}),
  }
}

/** An answer of any of the vendors, best first. `documents`: how many were sent. */
export const decodeRerank = (body: JsonObject, documents: number): RerankReply => {
  // Voyage calls its list `data`.
  const rows = [body.results, body.data].find(Array.isArray)
  if (rows === undefined || rows.length === 0) throw badReply("The upstream's answer has no results")
  const results = rows.map((row) => decodeResult(row, documents))
  if (new Set(results.map(({ index }) => index)).size < results.length)
    throw badReply("The upstream ranked a document twice")
  const usage = decodeUsage(body)
  return {
    ...(typeof body.id === "string" && body.id !== "" ? { id: body.id } : {}),
    results: results.sort((one, other) => other.score - one.score),
    ...(usage === undefined ? {} : { usage }),
  }
}
