import { type ChatRequest, isObject, type Json, type JsonObject, type RequestAddress } from "../../../contract/index.ts"
import { invalid } from "../../body/fields.ts"
import { decodeRequest } from "./decode.ts"
import { camelCased } from "./spelling.ts"

/** The body of `:countTokens`: `contents`, or a whole request in `generateContentRequest`. */
export const decodeCountTokens = (body: Json, address: RequestAddress = {}): ChatRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const whole = camelCased(body).generateContentRequest
  if (whole !== undefined && whole !== null && !isObject(whole))
    throw invalid("generateContentRequest", "must be an object with contents")
  return decodeRequest(isObject(whole) ? whole : body, { ...address, stream: false })
}

export const encodeCountTokens = (tokens: number): JsonObject => ({
  totalTokens: tokens,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }],
})
