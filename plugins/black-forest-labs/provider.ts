import { mediaProvider } from "signalbox/dialects"
import { images } from "./images.ts"

/** api.bfl.ai, which wants its key in a header of its own. */
export const blackForestLabs = mediaProvider({
  id: "black-forest-labs",
  name: "Black Forest Labs",
  environment: ["BFL_API_KEY"],
  baseUrl: "https://api.bfl.ai/v1",
  auth: { header: "x-key", prefix: "" },
  abilities: (endpoint) => ({ images: images(endpoint) }),
})
