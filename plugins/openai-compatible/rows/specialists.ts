import type { Vendor } from "../vendor.ts"

/** Companies whose models do not talk: they embed, rank and paint. */
export const specialists: readonly Vendor[] = [
  {
    slug: "voyage",
    name: "Voyage AI",
    baseUrl: "https://api.voyageai.com/v1",
    environment: ["VOYAGE_API_KEY"],
    chat: false,
  },
  {
    slug: "jina",
    name: "Jina AI",
    baseUrl: "https://api.jina.ai/v1",
    environment: ["JINA_API_KEY"],
    chat: false,
  },
  {
    slug: "nomic",
    name: "Nomic",
    baseUrl: "https://api-atlas.nomic.ai/v1",
    environment: ["NOMIC_API_KEY"],
    chat: false,
  },
  {
    slug: "recraft",
    name: "Recraft",
    baseUrl: "https://external.api.recraft.ai/v1",
    environment: ["RECRAFT_API_KEY", "RECRAFT_API_TOKEN"],
    chat: false,
  },
]
