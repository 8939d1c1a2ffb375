/** Images: what clients send and get, and how upstreams are asked for them. */

export { encodeImageEvents, encodeImageReply, type ImageAnswer, inlineImages, type MadeImages } from "./reply.ts"
export { decodeImageEdit, decodeImageGeneration } from "./request.ts"
export { inBatches, joinReplies } from "./upstream/batches.ts"
export { decodeImages, inAskedForm, readImages } from "./upstream/decode.ts"
export { type GeminiImageOptions, geminiImages, isGeminiImageModel } from "./upstream/gemini.ts"
export { imagenImages, isImagenModel } from "./upstream/imagen.ts"
export { cannotEdit, checkMask } from "./upstream/masks.ts"
export { openAiImages } from "./upstream/openai.ts"
export {
  type EditShape,
  type ImageField,
  type ImageQuirks,
  type MaskShape,
  openAiImageQuirks,
} from "./upstream/quirks.ts"
export { askedRatio, commonRatios, nearestRatio, type Pixels, pixelsOf } from "./upstream/sizes.ts"
