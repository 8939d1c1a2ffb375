import {
  emptyUsage,
  type Face,
  inputTokens,
  type JsonObject,
  type ReplyIdentity,
  type RerankReply,
  type RerankRequest,
  type Usage,
} from "../../contract/index.ts"

/** Tokens, or the units that a search is billed by, whichever the vendor counts. The cost is written as the face writes it. */
const encodeUsage = (usage: Usage, face: Face, costUsd: number): JsonObject => {
  const { cost } = face.usage(usage, costUsd)
  const searches = usage.counters?.searches
  const tokens = inputTokens(usage)
  return {
    ...(tokens > 0 || searches === undefined ? { total_tokens: tokens } : {}),
    ...(searches === undefined ? {} : { search_units: searches }),
    ...(cost === undefined ? {} : { cost }),
  }
}

const encodeDocument = (request: RerankRequest, index: number): JsonObject => {
  const document = request.documents[index]
  if (document === undefined || request.returnDocuments === false) return {}
  return { ...document }
}

/**
 * The body of an answer of `POST /rerank`: best first, and no more than were asked for. `document` is always an object, because OpenRouter's SDK
 * demands it; `meta` is where Cohere's clients look for what they are billed.
 */
export const encodeRerankReply = (
  reply: RerankReply,
  request: RerankRequest,
  identity: ReplyIdentity,
  face: Face,
  costUsd: number,
): JsonObject => {
  const searches = reply.usage?.counters?.searches
  const best = reply.results.toSorted((one, other) => other.score - one.score).slice(0, request.topN)
  return {
    id: identity.id,
    object: "list",
    model: identity.model,
    provider: identity.providerName,
    results: best.map(({ index, score }) => ({
      index,
      relevance_score: score,
      document: encodeDocument(request, index),
    })),
    usage: encodeUsage(reply.usage ?? emptyUsage, face, costUsd),
    ...(searches === undefined ? {} : { meta: { billed_units: { search_units: searches } } }),
  }
}
