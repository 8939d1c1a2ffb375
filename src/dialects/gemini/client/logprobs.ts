import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"

const entry = (value: JsonObject): JsonObject => ({
  token: value.token ?? "",
  ...(typeof value.logprob === "number" ? { logProbability: value.logprob } : {}),
})

const listOf = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** The chances of tokens, which travel inside in the form of chat completions, as `logprobsResult`. */
export const encodeLogprobs = (pieces: readonly Json[]): JsonObject | undefined => {
  const tokens = pieces.flatMap((piece) => (isObject(piece) ? listOf(piece.content) : []))
  if (tokens.length === 0) return undefined
  const others = tokens.map((token) => listOf(token.top_logprobs).map(entry))
  return {
    chosenCandidates: tokens.map(entry),
    ...(others.some((row) => row.length > 0) ? { topCandidates: others.map((candidates) => ({ candidates })) } : {}),
  }
}
