import { type Face, isObject, type JsonObject, type Usage } from "../../../contract/index.ts"

/** SDKs die of nulls inside `usage`. */
const withoutNulls = (source: JsonObject): JsonObject => {
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(source))
    if (value !== null) out[key] = isObject(value) ? withoutNulls(value) : value
  return out
}

/** OpenRouter's SDK refuses `cost_details` that lack one of these two. */
const isWhole = (details: JsonObject) =>
  typeof details.upstream_inference_prompt_cost === "number" &&
  typeof details.upstream_inference_completions_cost === "number"

/** The face's usage, laid over what else the upstream tells in its own. */
export const mergeUsage = (raw: JsonObject, face: Face, usage: Usage, costUsd: number): JsonObject => {
  const out = withoutNulls(raw)
  if (!isObject(out.cost_details) || !isWhole(out.cost_details)) delete out.cost_details
  for (const [key, value] of Object.entries(face.usage(usage, costUsd))) {
    const before = out[key]
    out[key] = isObject(before) && isObject(value) ? { ...before, ...value } : value
  }
  return out
}
