import { isObject, type Json, type JsonObject } from "../../contract/index.ts"

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Chat completions' `{content: [{token, logprob, top_logprobs}]}` as the legacy columns. `offset`: where the first token begins in the text. */
export const encodeLogprobs = (logprobs: Json | undefined, offset: number): JsonObject | null => {
  const tokens = isObject(logprobs) ? listOf(logprobs.content) : []
  if (tokens.length === 0) return null
  let at = offset
  const places = tokens.map(({ token }) => {
    const place = at
    at += typeof token === "string" ? token.length : 0
    return place
  })
  return {
    tokens: tokens.map(({ token }) => token ?? ""),
    token_logprobs: tokens.map(({ logprob }) => logprob ?? null),
    top_logprobs: tokens.map(
      ({ top_logprobs: others }): JsonObject =>
        Object.fromEntries(listOf(others).map(({ token, logprob }) => [String(token), logprob ?? null])),
    ),
    text_offset: places,
  }
}
