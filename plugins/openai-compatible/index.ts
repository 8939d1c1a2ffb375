import { definePlugin, Type } from "signalbox/plugin"
import { defineVendor } from "./definition.ts"
import { vendors } from "./vendors.ts"

/** Every upstream that speaks OpenAI's chat completions: clouds, gateways, local servers, and any other by its base_url. */
export default definePlugin({
  name: "openai-compatible",
  contract: 1,
  description: "Upstreams that speak chat completions",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: vendors.map(defineVendor) }),
})
