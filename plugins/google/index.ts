import { definePlugin, Type } from "signalbox/plugin"
import { google } from "./provider.ts"

/** Google's Gemini API. */
export default definePlugin({
  name: "google",
  contract: 1,
  description: "Google's Gemini API (AI Studio)",
  options: Type.Object({}, { additionalProperties: false }),
  setup: () => ({ providers: [google] }),
})
