import {
  type EmbeddingQuirks,
  type MediaEndpoint,
  openAiEmbeddings,
  openAiLikeRerank,
  type RerankQuirks,
} from "signalbox/dialects"
import type { Abilities } from "signalbox/plugin"

/** What a vendor's models can do with vectors, and how it wants to be asked; a rule by model where its models differ. */
interface VectorRow {
  readonly embeddings?: EmbeddingQuirks | ((model: string) => EmbeddingQuirks)
  readonly rerank?: RerankQuirks | ((model: string) => RerankQuirks)
}

/** Model, texts and length: what every imitation of OpenAI's route takes. */
const plain: EmbeddingQuirks = { encoding: false, user: false, tokens: false }

/** OpenAI's own servers and those that take its every field. */
const whole: EmbeddingQuirks = {}

/** docs.voyageai.com: texts and images by routes of their own; an input type is optional, and only for retrieval. */
const voyageCommon = {
  dimensions: "output_dimension",
  inputType: {
    field: "input_type",
    words: { search_query: "query", search_document: "document", classification: false, clustering: false },
  },
  tokens: false,
  user: false,
  batch: 1000,
} as const

const voyage = (model: string): EmbeddingQuirks =>
  /multimodal/.test(model)
    ? {
        ...voyageCommon,
        path: "multimodalembeddings",
        inputs: "inputs",
        encoding: "output_encoding",
        media: "voyage",
        fields: ["truncation"],
      }
    : { ...voyageCommon, fields: ["truncation", "output_dtype"] }

/** jina.ai/embeddings: `task` chooses an adapter of the model. */
const jina: EmbeddingQuirks = {
  encoding: "embedding_type",
  inputType: {
    field: "task",
    words: { search_query: "retrieval.query", search_document: "retrieval.passage", clustering: "separation" },
  },
  media: "jina",
  tokens: false,
  user: false,
}

/** docs.nomic.ai, embeddings: a route of its own, which answers with bare lists; the prefix of each text is chosen by `task_type`. */
const nomic: EmbeddingQuirks = {
  path: "embedding/text",
  inputs: "texts",
  dimensions: "dimensionality",
  encoding: false,
  inputType: { field: "task_type" },
  tokens: false,
  user: false,
  batch: 50,
  fields: ["long_text_mode", "max_tokens_per_text"],
}

/** docs.mistral.ai, embeddings: `mistral-embed` has one length, the embedding of code several. */
const mistral = (model: string): EmbeddingQuirks => ({
  ...plain,
  dimensions: /^mistral-embed/.test(model) ? false : "output_dimension",
  fields: ["output_dtype"],
})

/** docs.api.nvidia.com, retrieval: asymmetric models refuse a request that does not say which side it is. */
const nvidia: EmbeddingQuirks = {
  ...plain,
  encoding: "encoding_format",
  inputType: {
    field: "input_type",
    words: { search_query: "query", search_document: "passage", classification: "passage", clustering: "passage" },
    required: "passage",
  },
}

/** Rows by slug. A vendor that is not here only talks. */
export const vectorRows: Readonly<Record<string, VectorRow>> = {
  // Specialists
  voyage: { embeddings: voyage, rerank: { topN: "top_k", fields: ["truncation"] } },
  jina: {
    embeddings: jina,
    rerank: (model) => ({ returnsDocuments: true, documents: /-m\d/.test(model) ? "objects" : "text" }),
  },
  nomic: { embeddings: nomic },

  // Companies that serve their own models
  mistral: { embeddings: mistral },
  // help.aliyun.com/zh/model-studio, text embedding: ten texts in one call.
  alibaba: { embeddings: { ...plain, batch: 10 } },
  "alibaba-cn": { embeddings: { ...plain, batch: 10 } },

  // Clouds
  together: { embeddings: { ...plain, dimensions: false }, rerank: {} },
  fireworks: { embeddings: plain },
  deepinfra: { embeddings: { ...plain, batch: 1024 } },
  baseten: { embeddings: plain },
  nvidia: { embeddings: nvidia },
  // docs.siliconflow.com: 32 texts in one call.
  siliconflow: { embeddings: { ...plain, encoding: "encoding_format", batch: 32 }, rerank: {} },
  "siliconflow-cn": { embeddings: { ...plain, encoding: "encoding_format", batch: 32 }, rerank: {} },
  "cloudflare-workers-ai": { embeddings: { ...plain, dimensions: false, batch: 100 } },
  "github-models": { embeddings: whole },

  // European hosts
  scaleway: { embeddings: plain },
  ovhcloud: { embeddings: plain },
  nebius: { embeddings: plain },
  stackit: { embeddings: plain },

  // Gateways
  openrouter: {
    embeddings: { inputType: { field: "input_type" }, media: "content" },
    rerank: { documents: "objects" },
  },
  requesty: { embeddings: whole },
  "requesty-eu": { embeddings: whole },
  litellm: { embeddings: { inputType: { field: "input_type" } }, rerank: {} },

  // Servers on one's own machines
  ollama: { embeddings: plain },
  "llama-cpp": { embeddings: whole, rerank: {} },
  vllm: { embeddings: whole, rerank: {} },
  lmstudio: { embeddings: plain },
  sglang: { embeddings: whole },
  localai: { embeddings: plain, rerank: {} },
  "docker-model-runner": { embeddings: plain },
  "openai-compatible": { embeddings: whole, rerank: {} },
}

/** Embeddings and rerank of the vendor of a row. */
export const vectorAbilities = (slug: string, endpoint: MediaEndpoint): Abilities => {
  const { embeddings, rerank } = vectorRows[slug] ?? {}
  return {
    ...(embeddings === undefined ? {} : { embeddings: openAiEmbeddings(endpoint, embeddings) }),
    ...(rerank === undefined ? {} : { rerank: openAiLikeRerank(endpoint, rerank) }),
  }
}
