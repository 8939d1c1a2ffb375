import { definePlugin, Type } from "signalbox/plugin"
import { amazonBedrock } from "./definition.ts"

/** Amazon Bedrock: one account in one region, by InvokeModel, its OpenAI-shaped endpoint and Converse. */
export default definePlugin({
  name: "bedrock",
  contract: 1,
  description:
    "Amazon Bedrock: Claude by InvokeModel, OpenAI-shaped models by bedrock-mantle, everything else by Converse",
  options: Type.Object({}, { additionalProperties: false }),
  setup: (_, { fetch, clock, signal }) => ({
    providers: [
      amazonBedrock({
        fetch,
        now: () => clock.now(),
        signal,
        deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
        readText: (path) => Bun.file(path).text(),
      }),
    ],
  }),
})
