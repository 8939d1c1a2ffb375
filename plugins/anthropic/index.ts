import { definePlugin, Type } from "signalbox/plugin"
import { defineVendor } from "./provider.ts"
import { vendors } from "./vendors.ts"

/** Anthropic, and those who speak its Messages API. */
export default definePlugin({
  name: "anthropic",
  contract: 1,
  description: "Anthropic's Messages API, MiniMax, and any server that imitates it",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: vendors.map(defineVendor) }),
})
