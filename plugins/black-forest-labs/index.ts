import { definePlugin, Type } from "signalbox/plugin"
import { blackForestLabs } from "./provider.ts"

/** Images by Black Forest Labs. */
export default definePlugin({
  name: "black-forest-labs",
  contract: 1,
  description: "Images by Black Forest Labs",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [blackForestLabs] }),
})
