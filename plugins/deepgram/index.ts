import { definePlugin, Type } from "signalbox/plugin"
import { deepgram } from "./provider.ts"

/** Speech and transcription by Deepgram. */
export default definePlugin({
  name: "deepgram",
  contract: 1,
  description: "Speech and transcription by Deepgram",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [deepgram] }),
})
