import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"

const encoder = new TextEncoder()

const entry = (value: Json): JsonObject | undefined => {
  if (!isObject(value) || typeof value.token !== "string") return undefined
  const logprob = typeof value.logProbability === "number" ? value.logProbability : 0
  return { token: value.token, logprob, bytes: [...encoder.encode(value.token)] }
}

/** `logprobsResult` in the form of chat completions, which is how they travel inside: `{content: [{token, logprob, bytes, top_logprobs}]}`. */
export const decodeLogprobs = (result: Json | undefined): JsonObject | undefined => {
  if (!isObject(result) || !Array.isArray(result.chosenCandidates)) return undefined
  const top = Array.isArray(result.topCandidates) ? result.topCandidates : []
  const content = result.chosenCandidates.flatMap((chosen, position) => {
    const token = entry(chosen)
    const row = top[position]
    const candidates = isObject(row) && Array.isArray(row.candidates) ? row.candidates : []
    const others = candidates.map(entry).filter((other) => other !== undefined)
    return token ? [{ ...token, top_logprobs: others }] : []
  })
  return { content, refusal: null }
}
