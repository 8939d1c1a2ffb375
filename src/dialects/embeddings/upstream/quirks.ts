import type { JsonObject } from "../../../contract/index.ts"

/** How an upstream is told what its vectors are for. */
export interface InputTypeQuirk {
  readonly field: string
  /** OpenRouter's words → the vendor's; `false`: the vendor has none. Any other word is the vendor's own and sent as it is. */
  readonly words?: Readonly<Record<string, string | false>>
  /** The vendor demands one: this is sent for clients that say nothing, with a loss. */
  readonly required?: string
}

/** What an upstream wants differently from OpenAI's `POST /embeddings`. Declarative, so that a vendor is a row of data. */
export interface EmbeddingQuirks {
  /** Below the base URL. Default `embeddings`. */
  readonly path?: string
  /** The field of the inputs. Default `input`. */
  readonly inputs?: string
  /** The field of the vectors' length; `false`: cannot be chosen. Default `dimensions`. */
  readonly dimensions?: string | false
  /** The field that asks for base64; `false`: floats only. Default `encoding_format`. */
  readonly encoding?: string | false
  /** Absent: there is no such field. */
  readonly inputType?: InputTypeQuirk
  /** Takes tokens instead of text. Default true. */
  readonly tokens?: boolean
  /** How inputs with media are written: OpenRouter's `{content}`, Jina's `{text}` or `{image}`, Voyage's `{content}`. Absent: text only. */
  readonly media?: "content" | "jina" | "voyage"
  /** Inputs in one call; more are split over several. Default 2048. */
  readonly batch?: number
  /** Takes `user`. Default true. */
  readonly user?: boolean
  /** The only further fields that it takes. Default: any is sent. */
  readonly fields?: readonly string[]
  /** Added to every body. */
  readonly body?: JsonObject
}
