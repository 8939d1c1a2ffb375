import { mediaProvider } from "signalbox/dialects"
import { speech } from "./speech.ts"
import { transcription } from "./transcription.ts"

/** api.deepgram.com, whose keys are called tokens. */
export const deepgram = mediaProvider({
  id: "deepgram",
  name: "Deepgram",
  environment: ["DEEPGRAM_API_KEY"],
  baseUrl: "https://api.deepgram.com/v1",
  auth: { header: "authorization", prefix: "Token " },
  abilities: (endpoint) => ({ speech: speech(endpoint), transcription: transcription(endpoint) }),
})
