import {
  type Ability,
  type EmbeddingInput,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  emptyUsage,
  GatewayError,
  type RerankReply,
  type RerankRequest,
} from "signalbox/plugin"
import { countWords } from "./words.ts"

const usualLength = 8

const nameOf = (model: string): string => model.replace(/^mock\//, "")

const unknown = (model: string): GatewayError =>
  new GatewayError("upstream_model_not_found", `The mock provider has no model "${model}" for this.`, {
    provider: "mock",
  })

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []

/** FNV-1a, 32 bits: the same word always points the same way. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0
  return value
}

/** The directions of all words, added up, at length 1. Equal texts have equal vectors, and texts with words in common lie near each other. */
const vectorOf = (words: readonly string[], length: number): number[] => {
  const sum = Array.from({ length }, () => 0)
  for (const word of words.length > 0 ? words : [""])
    for (let at = 0; at < length; at++) sum[at]! += hash(`${word} ${at}`) / 0xffffffff - 0.5
  const size = Math.hypot(...sum)
  return sum.map((value) => Math.fround(value / size))
}

const inputWords = (input: EmbeddingInput): readonly string[] => {
  if (input.type === "text") return wordsOf(input.text)
  if (input.type === "tokens") return input.tokens.map(String)
  return input.content.flatMap((part) =>
    part.type === "text" ? wordsOf(part.text) : [part.type === "media" ? JSON.stringify(part.source) : part.type],
  )
}

const inputTokens = (input: EmbeddingInput): number =>
  input.type === "text" ? countWords(input.text) : inputWords(input).length

/** `mock/embed`: vectors made of the words themselves. A word is a token. */
export const embeddings: Ability<EmbeddingsRequest, EmbeddingsReply> = {
  serves: (model) => nameOf(model) === "embed",
  async run(request, call) {
    if (nameOf(call.model) !== "embed") throw unknown(call.model)
    const fresh = request.input.reduce((sum, input) => sum + inputTokens(input), 0)
    return {
      vectors: request.input.map((input) => ({
        floats: vectorOf(inputWords(input), request.dimensions ?? usualLength),
      })),
      usage: { ...emptyUsage, input: { ...emptyUsage.input, fresh } },
    }
  },
}

/** Documents that one search unit pays for, as at Cohere. */
const documentsPerUnit = 100

/** `mock/rerank`: the share of the query's words that a document has. Bills by search units. */
export const rerank: Ability<RerankRequest, RerankReply> = {
  serves: (model) => nameOf(model) === "rerank",
  async run(request, call) {
    if (nameOf(call.model) !== "rerank") throw unknown(call.model)
    const asked = new Set(wordsOf(request.query))
    const results = request.documents.map(({ text = "" }, index) => {
      const found = new Set(wordsOf(text).filter((word) => asked.has(word)))
      return { index, score: asked.size === 0 ? 0 : found.size / asked.size }
    })
    return {
      results: results.sort((one, other) => other.score - one.score).slice(0, request.topN),
      usage: { ...emptyUsage, counters: { searches: Math.ceil(request.documents.length / documentsPerUnit) } },
    }
  },
}
