import { definePlugin, Type } from "signalbox/plugin"
import { cohere } from "./provider.ts"

/** Cohere's own API: chat, embeddings, rerank. */
export default definePlugin({
  name: "cohere",
  contract: 1,
  description: "Cohere's API, version 2",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [cohere] }),
})
