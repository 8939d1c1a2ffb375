import { mediaProvider } from "signalbox/dialects"
import { images } from "./images.ts"

/** fal.run, which answers when the image is made. */
export const fal = mediaProvider({
  id: "fal",
  name: "fal",
  environment: ["FAL_KEY", "FAL_API_KEY"],
  baseUrl: "https://fal.run",
  auth: { header: "authorization", prefix: "Key " },
  abilities: (endpoint) => ({ images: images(endpoint) }),
})
