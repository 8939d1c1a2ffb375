/** What of the plan a client wants to see in its answer. */
export interface Shown {
  /** OpenRouter's object (openrouter.ai/docs, router metadata). */
  readonly metadata: boolean
  /** The whole record. */
  readonly plan: boolean
}

/** Undefined: nothing, as nearly everybody. */
export function readShown(headers: Headers): Shown | undefined {
  const metadata = headers.get("x-openrouter-metadata") === "enabled"
  const plan = headers.get("x-signalbox-debug") === "plan"
  return metadata || plan ? { metadata, plan } : undefined
}
