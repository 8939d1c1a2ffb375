import { definePlugin, Type } from "signalbox/plugin"
import { fal } from "./provider.ts"

/** Images by the models at fal. */
export default definePlugin({
  name: "fal",
  contract: 1,
  description: "Images by the models at fal",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [fal] }),
})
