import type { Extras, MediaContent } from "./chat.ts"
import type { GatewayError } from "./errors.ts"
import type { Json } from "./json.ts"
import type { Usage } from "./usage.ts"

export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "error" | "other"

/** `index` numbers the blocks of one answer, `choice` the answers of a request with n > 1 (absent = 0). */
interface BlockPart {
  readonly index: number
  readonly choice?: number
}

/**
 * One step of an answer. Duties of whoever yields parts: `start` comes first; each block is opened once, gets its deltas and is
 * closed once; one `finish` per choice; one `usage` (the last wins); nothing after `end`. A failure before the first
 * content-bearing part is thrown; after it, it is an `error` part, and nothing follows. A whole reply is the folded stream.
 */
export type ChatPart =
  | {
      readonly type: "start"
      readonly id?: string
      readonly model?: string
      readonly systemFingerprint?: string
      readonly serviceTier?: string
    }
  | ({
      readonly type: "text-start"
      /** Fields of the text's message that only the upstream's own format understands. */
      readonly extras?: Extras
    } & BlockPart)
  | ({ readonly type: "text-delta"; readonly text: string; readonly logprobs?: Json } & BlockPart)
  | ({ readonly type: "text-end" } & BlockPart)
  | ({
      readonly type: "reasoning-start"
      readonly format: string
      readonly id?: string
      readonly summary?: boolean
    } & BlockPart)
  | ({
      readonly type: "reasoning-delta"
      readonly text?: string
      readonly signature?: string
      readonly encrypted?: string
    } & BlockPart)
  | ({ readonly type: "reasoning-end" } & BlockPart)
  | ({
      readonly type: "tool-call-start"
      readonly id: string
      /** One that is empty fails the answer: nobody can run such a call. */
      readonly name: string
      readonly kind: "function" | "custom"
      /** The signature of `tool-call-end`, where the upstream gave it before the arguments. */
      readonly signature?: string
      /** Fields of the call that only the upstream's own format understands. */
      readonly extras?: Extras
    } & BlockPart)
  | ({ readonly type: "tool-call-delta"; readonly arguments: string } & BlockPart)
  | ({ readonly type: "tool-call-end"; readonly signature?: string } & BlockPart)
  | ({ readonly type: "refusal-delta"; readonly text: string } & BlockPart)
  | ({ readonly type: "media"; readonly media: MediaContent } & BlockPart)
  | ({
      readonly type: "citation"
      readonly url: string
      readonly title?: string
      /** Where the cited passage is, in UTF-16 units of the whole answer's text (all text blocks of the choice in a row). */
      readonly startIndex?: number
      readonly endIndex?: number
      readonly content?: string
      /** The citation as its own format wrote it, for clients of the same format. */
      readonly extras?: Extras
    } & BlockPart)
  | ({ readonly type: "opaque"; readonly dialect: string; readonly data: Json } & BlockPart)
  | { readonly type: "usage"; readonly usage: Usage }
  | {
      readonly type: "finish"
      readonly reason: FinishReason
      readonly raw: string | null
      readonly stopSequence?: string
      readonly choice?: number
      /** What else the upstream says at the end, and only its own format understands. */
      readonly extras?: Extras
    }
  | { readonly type: "error"; readonly error: GatewayError }
