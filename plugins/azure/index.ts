import { definePlugin, Type } from "signalbox/plugin"
import { foundryAnthropic } from "./foundry.ts"
import { azure } from "./provider.ts"

/** Models in Microsoft's cloud. */
export default definePlugin({
  name: "azure",
  contract: 1,
  description: "Azure OpenAI, and Claude in Microsoft Foundry",
  options: Type.Object({}, { additionalProperties: false }),
  setup: (_, context) => ({ providers: [azure(context), foundryAnthropic(context)] }),
})
