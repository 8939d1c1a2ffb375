import type { ChatRequest } from "./chat.ts"
import type { GatewayError } from "./errors.ts"
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
}

/** What an error may tell beside its own words. */
export interface ErrorContext {
  readonly requestId: string
  readonly attempts?: readonly { readonly provider: string; readonly code: string; readonly status: number }[]
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
  /** The body of the last event of a chat stream that fails in the middle. */
  streamError(error: GatewayError, identity: ReplyIdentity, context: ErrorContext): JsonObject
  /** `usage` in chat-completions words. Never a null inside. `costUsd` includes everything. */
  usage(usage: Usage, costUsd: number): JsonObject
  /** Usage rides on the last chunk even when nobody asked. */
  readonly alwaysStreamUsage: boolean
  /** Text of a comment line that keeps an idle stream alive, without the leading colon. */
  readonly keepAliveComment: string
  newId(random: string, nowMs: number): string
}

export interface StreamEncoder {
  /** Event-stream text for this part; empty when the part has none of its own. */
  push(part: ChatPart): string
  /** Terminal text; an `error` here ends the stream in the face's form. */
  end(error?: GatewayError): string
}

/** A dialect that clients speak: the other direction of `Dialect`. */
export interface ClientDialect {
  readonly name: string
  /** Checks and decodes a body. Throws GatewayError `invalid_request` with the path of the field at fault. */
  decodeRequest(body: Json): ChatRequest
  encodeReply(parts: readonly ChatPart[], identity: ReplyIdentity, face: Face, costUsd: number): JsonObject
  encodeStream(
    identity: ReplyIdentity,
    face: Face,
    options: {
      readonly includeUsage: boolean
      readonly price: (usage: Usage) => number
      readonly context: ErrorContext
    },
  ): StreamEncoder
}
