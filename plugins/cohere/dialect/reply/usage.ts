import { emptyUsage, isObject, type Json, type JsonObject, type Usage } from "signalbox/plugin"

const objectOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const count = (value: Json | undefined): number | undefined =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined

/**
 * `billed_units` is what is charged, `tokens` also counts the vendor's own prompt around the request; so the first is billed and shown.
 * Cached tokens are part of the input.
 */
export const decodeUsage = (raw: JsonObject): Usage => {
  const billed = objectOf(raw.billed_units)
  const tokens = objectOf(raw.tokens)
  const input = count(billed.input_tokens) ?? count(tokens.input_tokens) ?? 0
  const output = count(billed.output_tokens) ?? count(tokens.output_tokens) ?? 0
  const cacheRead = Math.min(input, count(raw.cached_tokens) ?? 0)
  const searches = count(billed.search_units) ?? 0
  return {
    input: { ...emptyUsage.input, fresh: input - cacheRead, cacheRead },
    output: { ...emptyUsage.output, text: output },
    ...(searches > 0 ? { counters: { searches } } : {}),
  }
}
