import { definePlugin, Type } from "signalbox/plugin"
import { openAi } from "./provider.ts"

/** OpenAI's own API. */
export default definePlugin({
  name: "openai",
  contract: 1,
  description: "OpenAI's own API",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [openAi] }),
})
