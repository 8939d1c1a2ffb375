import {
  type ImageQuirks,
  type MediaEndpoint,
  openAiImageQuirks,
  openAiImages,
  openAiSpeech,
  openAiTranscription,
  openAiTranscriptionQuirks,
  type SpeechQuirks,
  type TranscriptionQuirks,
} from "signalbox/dialects"
import type { Abilities } from "signalbox/plugin"
import { xaiSpeech, xaiTranscription } from "./xai-audio.ts"

type Quirks<Q> = Q | ((model: string) => Q)

/** What a vendor offers beside chat, and in what it differs from OpenAI's routes. */
interface VendorMedia {
  readonly images?: Quirks<ImageQuirks>
  readonly speech?: Quirks<SpeechQuirks>
  readonly transcription?: Quirks<TranscriptionQuirks>
  /** Routes of the vendor's own. */
  readonly own?: (endpoint: MediaEndpoint) => Abilities
}

/** Painting clouds know few of OpenAI's words. */
const noStyle = { quality: false, style: false, background: false, outputCompression: false, user: false } as const

/** docs.together.ai/reference/post-images-generations. */
const together: ImageQuirks = {
  fields: noStyle,
  size: "pixels",
  responseFormat: { b64_json: "base64", url: "url" },
  edits: { as: "json", field: "image_url" },
  paths: { edit: "images/generations" },
}

/** docs.fireworks.ai/api-reference/generate-a-new-image-from-a-text-prompt: a route for each model, whose answer is the image. */
const fireworks = (model: string): ImageQuirks => {
  const pixels = /stable-diffusion|playground|ssd-1b/i.test(model)
  return {
    fields: { ...noStyle, outputFormat: false },
    size: pixels ? "pixels" : "ratio",
    responseFormat: false,
    perCall: 1,
    modelInPath: true,
    edits: false,
    accept: "image/*",
    paths: { generate: pixels ? "image_generation/{model}" : "workflows/{model}/text_to_image" },
  }
}

/** deepinfra.com/docs/advanced/openai_api: gives base64 only. */
const deepinfra: ImageQuirks = {
  responseFormat: { b64_json: "b64_json", url: "b64_json" },
  usualFormat: "b64_json",
  edits: { as: "form", list: false, mask: "alpha" },
}

/** docs.siliconflow.com/en/api-reference/images/images-generations: gives URLs only. */
const siliconflow: VendorMedia = {
  images: {
    fields: { ...noStyle, outputFormat: false, count: "batch_size", size: "image_size" },
    responseFormat: false,
    perCall: 4,
    edits: { as: "json", field: "image" },
    paths: { edit: "images/generations" },
  },
  speech: { formats: ["mp3", "opus", "wav", "pcm"], instructions: false },
  transcription: { times: "none", translation: false, prompt: false },
}

/** docs.x.ai/docs/guides/image-generations. */
const xai: ImageQuirks = {
  fields: { ...noStyle, outputFormat: false },
  size: "ratio",
  edits: { as: "reference", field: "image" },
}

/** recraft.ai/docs/api-reference: OpenAI's route for new pictures, two of its own for changed ones. */
const recraft: ImageQuirks = {
  fields: { quality: false, background: false, outputCompression: false, user: false, outputFormat: "image_format" },
  perCall: 6,
  edits: { as: "form", list: false, most: 1, mask: "brightness" },
  paths: { edit: "images/imageToImage", mask: "images/inpaint" },
  // How different the answer may be must be said; half of the way where the client does not.
  editBody: { strength: 0.5 },
}

/** docs.mistral.ai/api, audio: the answer's audio stands inside JSON; a format is not asked for where times are. */
const mistral: VendorMedia = {
  speech: {
    voiceField: "voice_id",
    formats: ["mp3", "wav", "pcm", "flac", "opus"],
    speed: false,
    instructions: false,
  },
  transcription: { granularitiesOnly: true, bareLists: true, translation: false, prompt: false },
}

/** docs.requesty.ai: OpenAI's routes, without translations. */
const requesty: VendorMedia = {
  images: (model) => ({ edits: { as: "form", list: true, mask: "alpha" }, ...openAiImageQuirks(model) }),
  speech: {},
  transcription: (model) => ({ ...openAiTranscriptionQuirks(model), translation: false }),
}

/** openrouter.ai/docs/api-reference: images have a route of their own, speech knows two formats. */
const openrouter: VendorMedia = {
  images: {
    fields: { style: false },
    responseFormat: false,
    edits: { as: "part", field: "input_references", list: true },
    paths: { generate: "images", edit: "images" },
  },
  speech: { formats: ["mp3", "pcm"], instructions: false },
  transcription: { translation: false, prompt: false },
}

/**
 * A server that may have anything: what it does not have it answers with 404, and the next upstream is tried. Where OpenAI's own models
 * stand behind it, they are as strict as there.
 */
const everything: VendorMedia = {
  images: openAiImageQuirks,
  speech: {},
  transcription: openAiTranscriptionQuirks,
}

/** By the slug of the vendor's row. */
const vendorMedia: Readonly<Record<string, VendorMedia>> = {
  mistral,
  groq: { speech: { formats: ["wav"], instructions: false }, transcription: {} },
  together: { images: together },
  fireworks: { images: fireworks },
  deepinfra: { images: deepinfra },
  siliconflow,
  "siliconflow-cn": siliconflow,
  xai: {
    images: xai,
    own: (endpoint) => ({ speech: xaiSpeech(endpoint), transcription: xaiTranscription(endpoint) }),
  },
  recraft: { images: recraft },
  requesty,
  "requesty-eu": requesty,
  openrouter,
  litellm: everything,
  ollama: { speech: {}, transcription: {} },
  vllm: { transcription: {} },
  localai: everything,
  "openai-compatible": everything,
}

/** Images, speech and transcription of a vendor's row; nothing where it has none. */
export const mediaAbilities = (slug: string, endpoint: MediaEndpoint): Abilities => {
  const { images, speech, transcription, own } = vendorMedia[slug] ?? {}
  return {
    ...(images === undefined ? {} : { images: openAiImages(endpoint, images) }),
    ...(speech === undefined ? {} : { speech: openAiSpeech(endpoint, speech) }),
    ...(transcription === undefined ? {} : { transcription: openAiTranscription(endpoint, transcription) }),
    ...own?.(endpoint),
  }
}
