import { definePlugin, Type } from "signalbox/plugin"
import { stability } from "./provider.ts"

/** Images by Stability AI. */
export default definePlugin({
  name: "stability",
  contract: 1,
  description: "Images by Stability AI",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [stability] }),
})
