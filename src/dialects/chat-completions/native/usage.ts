import { type Face, isObject, type JsonObject, type Usage } from "../../../contract/index.ts"

/** SDKs die of nulls inside `usage`. */
const withoutNulls = (source: JsonObject): JsonObject => {
  const out: JsonObject = {}
  for (const key of Object.keys(source)) {
    const value = source[key]!
    if (value !== null) out[key] = isObject(value) ? withoutNulls(value) : value
  }
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
  const own = face.usage(usage, costUsd)
  for (const key of Object.keys(own)) {
    const before = out[key]
    const value = own[key]!
    // `out` is ours since the nulls were taken out.
    if (isObject(before) && isObject(value)) Object.assign(before, value)
    else out[key] = value
  }
  return out
}
