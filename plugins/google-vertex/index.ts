import { definePlugin, Type } from "signalbox/plugin"
import { googleVertex } from "./provider.ts"

/** Google's Vertex AI. `vertex` is the name by which Requesty's users know it. */
export default definePlugin({
  name: "google-vertex",
  contract: 1,
  description: "Google Vertex AI: Gemini, Claude and open models of a project",
  options: Type.Object({}, { additionalProperties: false }),
  setup: (_, context) => ({ providers: ["google-vertex", "vertex"].map((id) => googleVertex(id, context)) }),
})
