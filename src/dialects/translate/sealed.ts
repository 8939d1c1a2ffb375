import { isObject, type Json } from "../../contract/index.ts"

/** What a client must carry for us from one turn to the next, in the one opaque text that its format has for reasoning. */
export interface SealedReasoning {
  /** A tag of OpenRouter's vocabulary: which vendor made it. */
  readonly format: string
  readonly signature?: string
  readonly encrypted?: string
  readonly id?: string
  /** The text, where the format's own place for it was taken or forbidden. */
  readonly text?: string
  /** What is shown of it is a summary. */
  readonly summary?: boolean
}

/** No vendor's signature begins so; nothing that does may go to a vendor. */
export const sealPrefix = "sbx1."

/**
 * Reasoning of a vendor in the place where another vendor's format has its own signature (Anthropic's `signature`, OpenAI's
 * `encrypted_content`). An envelope, not a secret: what is inside is as worthless to a forger as the vendor's own text.
 */
export const seal = (reasoning: SealedReasoning): string =>
  sealPrefix + Buffer.from(JSON.stringify(reasoning)).toString("base64url")

/** The inside of an envelope; undefined when it is none, or a damaged one. */
export function unseal(text: string): SealedReasoning | undefined {
  if (!text.startsWith(sealPrefix)) return undefined
  try {
    const value = JSON.parse(Buffer.from(text.slice(sealPrefix.length), "base64url").toString("utf8")) as Json
    if (!isObject(value) || typeof value.format !== "string") return undefined
    const fields = Object.entries(value).filter(
      ([key, field]) => typeof field === "string" || (key === "summary" && typeof field === "boolean"),
    )
    return Object.fromEntries(fields) as unknown as SealedReasoning
  } catch {
    return undefined
  }
}
