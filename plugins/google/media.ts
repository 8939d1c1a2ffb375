import { geminiImages, geminiSpeech, imagenImages, isImagenModel, type MediaEndpoint } from "signalbox/dialects"
import type { Abilities } from "signalbox/plugin"

/** Images by Imagen and by Gemini's image models, speech by its speaking ones. `endpoint` makes a method's name an address. */
export const mediaAbilities = (endpoint: MediaEndpoint): Abilities => {
  const [imagen, gemini] = [imagenImages(endpoint), geminiImages(endpoint)]
  return {
    images: {
      serves: (model) => imagen.serves?.(model) === true || gemini.serves?.(model) === true,
      run: (request, call) => (isImagenModel(call.model) ? imagen : gemini).run(request, call),
    },
    speech: geminiSpeech(endpoint),
  }
}
