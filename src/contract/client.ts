import type { ChatRequest, Loss } from "./chat.ts"
import type { GatewayError } from "./errors.ts"
import type { ApiName } from "./generation.ts"
import type { Json, JsonObject } from "./json.ts"
import type { ChatPart } from "./parts.ts"
import type { Usage } from "./usage.ts"

/** What a reply calls itself. */
export interface ReplyIdentity {
  readonly id: string
  /** Public name of the model that answered. */
  readonly model: string
  /** Slug of the configured provider that answered, and its name for people. */
  readonly provider: string
  readonly providerName: string
  /** Unix seconds. */
  readonly createdSeconds: number
  /** Unix seconds when called, for formats that say when an answer was complete. Absent: they leave it open. */
  readonly completedSeconds?: () => number
  /** Fields of the answer that the gateway itself knows, whatever the request or the upstream says of them (`store`, where it keeps answers). */
  readonly echo?: JsonObject
}

/** What an error may tell beside its own words. */
export interface ErrorContext {
  readonly requestId: string
  /** The generation's id, once the request has one. */
  readonly generationId?: string
  readonly attempts?: readonly { readonly provider: string; readonly code: string; readonly status: number }[]
}

/** What its vendor charges whoever brought the credential, USD: both halves together are the cost. */
export interface BroughtCost {
  readonly promptUsd: number
  readonly completionUsd: number
}

/**
 * How one of the hosted APIs wants what every dialect has: error bodies, absent values, usage. Chosen by the route that matched,
 * never by a header; passed to encoders, which never ask which route they serve.
 */
export interface Face {
  readonly name: "openrouter" | "requesty"
  status(error: GatewayError): number
  /** The whole body of an error answer on OpenAI-shaped routes. */
  errorBody(error: GatewayError, context: ErrorContext): JsonObject
  /** Headers of an error answer that this API has beside `Retry-After`. */
  errorHeaders?(error: GatewayError): Readonly<Record<string, string>>
  /** The body of the last event of a chat stream that fails in the middle. */
  streamError(error: GatewayError, identity: ReplyIdentity, context: ErrorContext): JsonObject
  /** `usage` in chat-completions words. Never a null inside. `costUsd` includes everything; `brought`: on a credential that somebody brought. */
  usage(usage: Usage, costUsd: number, brought?: BroughtCost): JsonObject
  /** Usage rides on the last chunk even when nobody asked. */
  readonly alwaysStreamUsage: boolean
  /** Chat completions: the pages that a search found are told in `web_search.content` as well as in `annotations`. */
  readonly showsWebSearch: boolean
  /** Text of a comment line that keeps an idle stream alive, without the leading colon. */
  readonly keepAliveComment: string
  /** What follows the last event of a stream in the Responses format; empty where that event is the end, as at OpenAI. */
  readonly responsesTrailer: string
  /** Id of a chat completion. */
  newId(random: string, nowMs: number): string
}

export interface StreamEncoder {
  /** Event-stream text for this part; empty when the part has none of its own. */
  push(part: ChatPart): string
  /** Terminal text; an `error` here ends the stream in the face's form. */
  end(error?: GatewayError): string
  /** After `end` without an error: the same answer as `encodeReply` gives it, for formats whose answers are kept. */
  reply?(): JsonObject
}

export interface StreamOptions {
  readonly includeUsage: boolean
  readonly price: (usage: Usage) => number
  readonly context: ErrorContext
  /** The client's request as it was decoded; its extras hold what a format repeats in its answers. */
  readonly request: ChatRequest
  /** For what of the answer the format has no place for; absent where nobody keeps count. */
  readonly lose?: (loss: Loss) => void
}

/** What the address of a request says about it, for formats that put it there (Gemini's). */
export interface RequestAddress {
  readonly model?: string
  readonly stream?: boolean
}

/** Where the gateway finds its own fields in a body; dotted for nested ones. Read before and without decoding the content. */
export interface GatewayFields {
  /** The first that is there counts. */
  readonly outputLimit: readonly string[]
  /** The smallest value of it. Default 1. */
  readonly smallestOutput?: number
  readonly choices?: string
  /** Whether usage is part of every streamed answer, or only of one that asks for it. */
  readonly usage: "always" | "asked"
  /** Fields that the gateway acts on beside the common ones: said twice, the request is refused. */
  readonly once: readonly string[]
}

/** Where the top-level members of a JSON body are in its text. */
export interface BodySpan {
  readonly start: number
  readonly end: number
  readonly members: readonly {
    readonly key: string
    readonly keyStart: number
    readonly valueStart: number
    readonly valueEnd: number
  }[]
  /** Keys that occur more than once. */
  readonly duplicates: readonly string[]
}

/** What the gateway read out of a file because the upstream could not. */
export interface ReadFile {
  /** SHA-256 of its bytes, hex. */
  readonly hash: string
  readonly name: string
  readonly text: string
}

/** A format whose answers can tell the text of files, so that the client's next turn brings it back and nothing is read twice. */
export interface FileNotes {
  /** A piece of the answer. */
  write(file: ReadFile): ChatPart
  /** Those that came back with earlier turns. */
  read(request: ChatRequest): readonly ReadFile[]
}

/** A dialect that clients speak: the other direction of `Dialect`. */
export interface ClientDialect {
  /** Equal to the name of the upstream dialect of the same format, where there is one: that is what opens the native lane. */
  readonly name: string
  readonly api: ApiName
  readonly fields: GatewayFields
  /** Headers of clients, lower case, that are sent on to upstreams of the same dialect; to others they are reported as lost. */
  readonly forwardedHeaders: readonly string[]
  /**
   * Fields that this format names otherwise than chat completions, for the loss report: `stop` → `stop_sequences`. `tools[].parameters`
   * for a field of a tool.
   */
  readonly lossPaths?: Readonly<Record<string, string>>
  /** Checks and decodes a body. Throws GatewayError `invalid_request` with the path of the field at fault. */
  decodeRequest(body: Json, address?: RequestAddress): ChatRequest
  /** Finds the top-level members; for a format whose native lane looks through the text anyway, and keeps what it saw. Undefined: no object. */
  scan?(text: string): BodySpan | undefined
  /** A body that is known to be right without being decoded. Absent: every body is decoded to be checked. */
  isPlain?(body: JsonObject): boolean
  readonly fileNotes?: FileNotes
  encodeReply(
    parts: readonly ChatPart[],
    identity: ReplyIdentity,
    face: Face,
    costUsd: number,
    request: ChatRequest,
    /** As in `StreamOptions`. */
    lose?: (loss: Loss) => void,
  ): JsonObject
  encodeStream(identity: ReplyIdentity, face: Face, options: StreamOptions): StreamEncoder
  /** The whole body of an error answer. */
  errorBody(error: GatewayError, face: Face, context: ErrorContext): JsonObject
  /** Where the format has statuses of its own; absent = the face's. */
  errorStatus?(error: GatewayError, face: Face): number
  /** Event-stream text that ends a stream which fails where no encoder runs (native lane, or before the first part). */
  streamError(error: GatewayError, identity: ReplyIdentity, face: Face, context: ErrorContext): string
  /** Event-stream text that is written in silences. */
  keepAlive(face: Face): string
  /** Header in which this API tells the id of a request, where that is not `x-request-id` alone. */
  readonly requestIdHeader?: string
  /** `random` holds at least 24 letters and digits. */
  newId(face: Face, random: string, nowMs: number): string
}
