import { type EmbeddingQuirks, type MediaEndpoint, openAiEmbeddings } from "signalbox/dialects"
import type { Abilities } from "signalbox/plugin"

/** platform.openai.com/docs/api-reference/embeddings: the length can be chosen from `text-embedding-3` on. */
const quirks = (model: string): EmbeddingQuirks => (/ada-002/.test(model) ? { dimensions: false } : {})

/** Embeddings. Behind a host of one's own any name may mean any model. */
export const vectorAbilities = (endpoint: MediaEndpoint, ownHost: boolean): Abilities => ({
  embeddings: {
    ...openAiEmbeddings(endpoint, quirks),
    ...(ownHost ? {} : { serves: (model: string) => /embed/i.test(model) }),
  },
})
