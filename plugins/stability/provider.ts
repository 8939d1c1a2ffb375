import { mediaProvider } from "signalbox/dialects"
import { images } from "./images.ts"

/** api.stability.ai. */
export const stability = mediaProvider({
  id: "stability",
  name: "Stability AI",
  environment: ["STABILITY_API_KEY"],
  baseUrl: "https://api.stability.ai",
  abilities: (endpoint) => ({ images: images(endpoint) }),
})
