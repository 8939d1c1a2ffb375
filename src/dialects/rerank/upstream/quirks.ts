import type { JsonObject } from "../../../contract/index.ts"

/** What an upstream wants differently from the form that Jina, Together, vLLM and llama.cpp share with Cohere. */
export interface RerankQuirks {
  /** Below the base URL. Default `rerank`. */
  readonly path?: string
  /** The field for how many results come back. Default `top_n`. */
  readonly topN?: string
  /** Documents are texts, or objects with `text` and `image`. Default `text`. */
  readonly documents?: "text" | "objects"
  /** Takes `return_documents`, and would send the documents back unasked: they are here already. Default false. */
  readonly returnsDocuments?: boolean
  /** The only further fields that it takes. Default: any is sent. */
  readonly fields?: readonly string[]
  /** Added to every body. */
  readonly body?: JsonObject
}
