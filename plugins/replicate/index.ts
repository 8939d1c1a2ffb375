import { definePlugin, Type } from "signalbox/plugin"
import { replicate } from "./provider.ts"

/** Images by the models at Replicate. */
export default definePlugin({
  name: "replicate",
  contract: 1,
  description: "Images by the models at Replicate",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [replicate] }),
})
