import { mediaProvider } from "signalbox/dialects"
import { images } from "./images.ts"

/** api.replicate.com. */
export const replicate = mediaProvider({
  id: "replicate",
  name: "Replicate",
  environment: ["REPLICATE_API_TOKEN"],
  baseUrl: "https://api.replicate.com/v1",
  abilities: (endpoint) => ({ images: images(endpoint) }),
})
