import { definePlugin, Type } from "signalbox/plugin"
import { elevenLabs } from "./provider.ts"

/** Speech and transcription by ElevenLabs. */
export default definePlugin({
  name: "elevenlabs",
  contract: 1,
  description: "Speech and transcription by ElevenLabs",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [elevenLabs] }),
})
