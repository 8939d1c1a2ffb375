import { mediaProvider } from "signalbox/dialects"
import { speech } from "./speech.ts"
import { transcription } from "./transcription.ts"

/** api.elevenlabs.io, which wants its key in a header of its own. */
export const elevenLabs = mediaProvider({
  id: "elevenlabs",
  name: "ElevenLabs",
  environment: ["ELEVENLABS_API_KEY"],
  baseUrl: "https://api.elevenlabs.io",
  auth: { header: "xi-api-key", prefix: "" },
  abilities: (endpoint) => ({ speech: speech(endpoint), transcription: transcription(endpoint) }),
})
