import type { ModelKind } from "../../contract/offer.ts"

/** What vendors call their models by what they are for; the first that fits counts. */
const kinds: readonly (readonly [RegExp, ModelKind])[] = [
  [/rerank/, "rerank"],
  [/embed|(?:^|\/)(?:bge|gte|e5|voyage)-/, "embeddings"],
  [/whisper|transcri|(?:^|-)(?:asr|stt|scribe)(?:-|$)|(?:^|\/)nova-3/, "transcription"],
  [/(?:^|[-/])(?:tts|speech|orpheus|aura)(?:-|$)|eleven_/, "speech"],
  [
    /gpt-image|dall-e|imagen|(?:^|[-/])flux|stable-(?:diffusion|image)|(?:^|[-/])sd3|recraft|ideogram|qwen-image|nova-canvas|titan-image|imagine-image|seedream|chatgpt-image|-image(?:-|$)/,
    "images",
  ],
]

/** What a model is for, where its name tells; undefined is mostly a conversation, and never anything special. */
export const kindOfName = (upstream: string): ModelKind | undefined => {
  const name = upstream.toLowerCase()
  return kinds.find(([pattern]) => pattern.test(name))?.[1]
}

/** Names of what no route of the gateway reaches: videos, music, live sessions, moderation, tuning, what only reads documents. */
const unreached =
  /(?:^|[-/])(?:veo|sora|lyria|moderation|ocr|realtime|live|sonic|voice)(?:-|$)|imagine-video|-video(?:-|$)|computer-use|(?:^|\/)ft:|prompt-guard|^regional\./

export const isReached = (upstream: string): boolean => !unreached.test(upstream.toLowerCase())
