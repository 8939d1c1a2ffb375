import type { ChatRequest, Content, Loss } from "./chat.ts"
import type { WireFailure } from "./dialect.ts"
import type { GatewayError } from "./errors.ts"
import type { JsonObject } from "./json.ts"
import type { Usage } from "./usage.ts"

/** A request to an upstream as an ability writes it. */
export interface OutgoingCall {
  readonly url: string
  readonly method?: "GET" | "POST" | "DELETE"
  /** Leave `content-type` out for a form: the boundary comes with the body. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | FormData
}

/** What an ability gets beside the request. */
export interface AbilityCall {
  /** The upstream's own model name. */
  readonly model: string
  readonly signal: AbortSignal
  /**
   * The only way to the upstream: deadlines, cancelling, records and the classification of failures live behind it. Answers with a
   * 2xx; anything else is thrown as a GatewayError. May be called several times (batches, jobs that are polled).
   */
  send(request: OutgoingCall): Promise<Response>
  /** Waits, and throws when the call is aborted meanwhile; for jobs that are polled. */
  wait(milliseconds: number): Promise<void>
  readonly lose: (loss: Loss) => void
  /** Fresh ids. */
  readonly newId: (prefix: string) => string
}

/** Something other than a chat that a provider's models can do: one request, one answer. */
export interface Ability<Request, Reply> {
  /** Pure. False: this model cannot. Absent: any model of the provider may be asked. */
  serves?(model: string): boolean
  run(request: Request, call: AbilityCall): Promise<Reply>
  /** Sees a failure before the usual classification does; undefined = let that decide. */
  classify?(failure: WireFailure): GatewayError | undefined
}

/** One thing to embed: text, tokens, or media with text. */
export type EmbeddingInput =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tokens"; readonly tokens: readonly number[] }
  | { readonly type: "content"; readonly content: readonly Content[] }

export interface EmbeddingsRequest {
  readonly model: string
  readonly input: readonly EmbeddingInput[]
  readonly dimensions?: number
  /** What the client wants back; an upstream that knows both may send either. */
  readonly encoding: "float" | "base64"
  /** `search_query`, `search_document`, `classification`, `clustering` or a vendor's own word. */
  readonly inputType?: string
  readonly user?: string
  /** Further fields in OpenAI's spelling; sent on where the upstream speaks that, otherwise reported. */
  readonly extras?: JsonObject
}

/** A vector as numbers, or as base64 of little-endian 32-bit floats, as the upstream gave it. */
export type EmbeddingVector = { readonly floats: readonly number[] } | { readonly base64: string }

export interface EmbeddingsReply {
  readonly id?: string
  /** In the order of the input. */
  readonly vectors: readonly EmbeddingVector[]
  /** Absent: the upstream reported none; the host estimates. */
  readonly usage?: Usage
}

export interface RerankDocument {
  readonly text?: string
  /** URL or data URL. */
  readonly image?: string
}

export interface RerankRequest {
  readonly model: string
  readonly query: string
  readonly documents: readonly RerankDocument[]
  readonly topN?: number
  /** The client's wish to get its documents back. Default true; a matter of the answer alone. */
  readonly returnDocuments?: boolean
  readonly extras?: JsonObject
}

export interface RerankReply {
  readonly id?: string
  /** Best first; `index` is the place in `documents`. */
  readonly results: readonly { readonly index: number; readonly score: number }[]
  /** Counter `searches`: search units, where the vendor bills by them. */
  readonly usage?: Usage
}

/** Bytes that a client uploaded or sent as base64. */
export interface MediaFile {
  readonly bytes: Uint8Array
  /** Lower-case MIME type. */
  readonly mime: string
  readonly name: string
}

/** A picture to make, or to change when `images` are given. */
export interface ImageRequest {
  readonly model: string
  readonly prompt: string
  readonly images: readonly MediaFile[]
  readonly mask?: MediaFile
  readonly count: number
  /** `1024x1024`, `auto` … */
  readonly size?: string
  readonly quality?: string
  readonly style?: string
  readonly background?: string
  readonly outputFormat?: "png" | "jpeg" | "webp"
  /** Percent. */
  readonly outputCompression?: number
  /** What the client wants back; absent: whatever the upstream gives. The host makes a URL of base64; an ability that only gets URLs loads them. */
  readonly responseFormat?: "url" | "b64_json"
  readonly user?: string
  readonly extras?: JsonObject
}

export interface MadeImage {
  readonly image: { readonly base64: string; readonly mime: string } | { readonly url: string }
  readonly revisedPrompt?: string
}

export interface ImageReply {
  readonly images: readonly MadeImage[]
  /** Counter `images`: how many were made. */
  readonly usage?: Usage
}

export type SpeechFormat = "mp3" | "opus" | "aac" | "flac" | "wav" | "pcm"

export interface SpeechRequest {
  readonly model: string
  readonly input: string
  /** Absent: the usual voice of the vendor. */
  readonly voice?: string
  readonly format: SpeechFormat
  readonly speed?: number
  readonly instructions?: string
  readonly extras?: JsonObject
}

export interface SpeechReply {
  /** As the bytes really are, which a vendor without the asked format may make another one (with a loss). */
  readonly mime: string
  readonly body: ReadableStream<Uint8Array> | Uint8Array
  /** Counter `characters`: of the input. */
  readonly usage?: Usage
}

export interface TranscriptionRequest {
  readonly model: string
  /** `translate`: into English. */
  readonly task: "transcribe" | "translate"
  readonly file: MediaFile
  readonly language?: string
  readonly prompt?: string
  readonly temperature?: number
  readonly granularities: readonly ("word" | "segment")[]
  /** What the client wants back; with anything but `json` and `text` the upstream must give segments. */
  readonly format: "json" | "text" | "srt" | "vtt" | "verbose_json"
  readonly extras?: JsonObject
}

/** Times in seconds. */
export interface TranscriptionSegment {
  readonly start: number
  readonly end: number
  readonly text: string
  /** The vendor's further fields of this segment (OpenAI's `tokens`, `avg_logprob` …). */
  readonly extras?: JsonObject
}

export interface TranscriptionReply {
  readonly text: string
  readonly language?: string
  readonly durationSeconds?: number
  readonly segments?: readonly TranscriptionSegment[]
  readonly words?: readonly { readonly start: number; readonly end: number; readonly word: string }[]
  /** Tokens, or counter `seconds`: of audio. */
  readonly usage?: Usage
}

/** What a provider can do beside chat. Presence means that it works. */
export interface Abilities {
  readonly embeddings?: Ability<EmbeddingsRequest, EmbeddingsReply>
  readonly rerank?: Ability<RerankRequest, RerankReply>
  readonly images?: Ability<ImageRequest, ImageReply>
  readonly speech?: Ability<SpeechRequest, SpeechReply>
  readonly transcription?: Ability<TranscriptionRequest, TranscriptionReply>
  /** Input tokens of a chat request, counted by the vendor. */
  readonly countTokens?: Ability<ChatRequest, number>
}

export type AbilityName = keyof Abilities

export const abilityNames = ["embeddings", "rerank", "images", "speech", "transcription", "countTokens"] as const
