import type { ChatRequest, Loss, MediaContent } from "./chat.ts"
import type { GatewayError } from "./errors.ts"
import type { Json, JsonObject } from "./json.ts"
import type { ChatPart } from "./parts.ts"
import type { Profile } from "./profile.ts"
import type { Usage } from "./usage.ts"

/** One event of an event stream, already decoded. */
export interface WireEvent {
  readonly event?: string
  readonly data: string
}

/** What an encoder must know about the upstream it writes for. */
export interface EncodeTarget {
  /** The upstream's own model name. */
  readonly model: string
  readonly profile: Profile
  /** The model's largest output in tokens, where known (Anthropic demands `max_tokens`). */
  readonly maxOutput?: number
  /** Call it for everything that cannot be carried; never drop silently. */
  readonly lose: (loss: Loss) => void
}

export interface DecodeSource {
  readonly profile: Profile
  readonly model: string
  /** Fresh ids for tool calls whose upstream gave none. */
  readonly newId: (prefix: string) => string
  /** The client's request, for what a reply can only be read with (tool names, asked formats). */
  readonly request: ChatRequest
}

/** Bytes of a body, cut anywhere, → whole events. */
export interface FrameDecoder {
  push(bytes: Uint8Array): readonly WireEvent[]
  /** Called once when the body ends. Throws `stream_interrupted` when a frame is incomplete. */
  end(): readonly WireEvent[]
}

/** Turns the events of one stream into parts. Never throws on unknown events; `end` tells whether the stream was complete. */
export interface StreamDecoder {
  push(event: WireEvent): readonly ChatPart[]
  /** Called once when the body ends. A stream without its terminal signal yields an `error` part with `stream_interrupted`. */
  end(): readonly ChatPart[]
}

/** What an upstream said when it failed. */
export interface WireFailure {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** How alone an encoder can carry a media part: with the bytes behind its address, or as the text that is in it. */
export type MediaNeed = "bytes" | "text"

/**
 * A wire format as pure functions: how a chat request is written for an upstream and how its answer is read. Formats that clients
 * speak as well add the other direction (`ClientDialect`) and, for a body that need not be read, the native lane (`NativeLane`).
 */
export interface Dialect {
  /** Also the key of this format's fields in `Extras`. */
  readonly name: string
  /** How streamed answers are framed; a vendor's own framing (AWS event streams) brings its decoder. */
  readonly framing: "sse" | "ndjson" | (() => FrameDecoder)
  /** The smallest output limit that the API takes, in tokens; the host raises a smaller one and says so. Default 1. */
  readonly smallestOutput?: number
  encodeRequest(request: ChatRequest, target: EncodeTarget): JsonObject
  /**
   * What the host must make of a media part before this format can carry it. Pure; asked again with what became of the part. Undefined:
   * it is carried as it is, or not at all, which `encodeRequest` then says. Absent: every part is left as it is.
   */
  mediaNeed?(media: MediaContent, profile: Profile): MediaNeed | undefined
  /** A whole reply as the same parts that its stream would have given. Throws GatewayError for an error inside a 200. */
  decodeReply(body: Json, source: DecodeSource): readonly ChatPart[]
  decodeStream(source: DecodeSource): StreamDecoder
  /** Classifies a failure: code, retry, wait, the upstream's words. */
  decodeError(failure: WireFailure, provider: string): GatewayError
  readonly native?: NativeLane
}

export interface NativeTarget {
  readonly model: string
  readonly profile: Profile
  /** The output limit to enforce, when the budget pays for less than what was asked. */
  readonly maxOutputTokens?: number | undefined
  /** The model's largest output in tokens, where known. */
  readonly maxOutput?: number | undefined
  /** Which vendor made a reasoning signature or encrypted reasoning; undefined = nobody knows. Foreign ones must not go upstream. */
  readonly originOf?: (signature: string) => string | undefined
}

/** What the client must see instead of what the upstream wrote. */
export interface ReplyPatch {
  readonly id: string
  readonly model: string
  /** Name of the face whose rules apply. */
  readonly face: "openrouter" | "requesty"
  /** Display name of the provider, for faces that show it. */
  readonly provider: string
  readonly includeUsage: boolean
  /** See `ReplyIdentity.echo`. */
  readonly echo?: JsonObject
  /** Prices the usage that passed; USD as a number. The last call of a reply is what is billed. */
  readonly price: (usage: Usage) => number
  /** In place of the face's, where this reply has more to say of its cost. */
  readonly usage?: (usage: Usage, costUsd: number) => JsonObject
  /** What an answer of so many characters used, for an upstream that reports nothing. */
  readonly estimate: (contentLength: number) => Usage
}

/** What the tap saw while bytes went by. */
export interface NativeSummary {
  usage: Usage | undefined
  finish: string | undefined
  upstreamId: string | undefined
  upstreamModel: string | undefined
  /** An error that the upstream wrote into the body or stream, with text ready for the client in `text`. */
  error: GatewayError | undefined
  /** The answer is whole: a finish reason was there, or the terminal event. */
  complete: boolean
  /** The terminal event itself (`[DONE]`) is among what was let through: nothing of the answer follows it. */
  terminated?: boolean
  /** Characters of content that passed; for estimates when the client leaves early. */
  contentLength: number
  /** Reasoning signatures and encrypted reasoning that passed, so that the next turn's origin is known. */
  signatures?: string[]
  /** The whole answer as JSON text, where the format repeats it in its last event. */
  reply?: string
}

/**
 * Same dialect on both sides: the text goes through with a minimal patch. `request` answers undefined where the profile demands a
 * change that only the translated lane can make.
 */
export interface NativeLane {
  request(text: string, target: NativeTarget): string | undefined
  /** Patches a whole reply. Throws GatewayError for an error inside a 200. */
  reply(text: string, patch: ReplyPatch, provider: string): { text: string; summary: NativeSummary }
  stream(patch: ReplyPatch, provider: string): NativeTap
}

/** Chunks in, chunks out; byte-safe: strings are latin1 views of the bytes (one char = one byte). */
export interface NativeTap {
  readonly summary: NativeSummary
  /** Whole events that can be sent on; keeps an unfinished rest. */
  push(bytes: Uint8Array): Uint8Array | undefined
  /** Flushes the rest; after a cut stream, the error event in the client's format. */
  end(): Uint8Array | undefined
}
