import { type GatewayError, isObject, type Json, type JsonObject, type WireFailure } from "../../../contract/index.ts"
import { classifyUpstreamError, readErrorWords, wordsOf } from "../../upstream-error/index.ts"

/** A failing answer: any of the body shapes in use, or none. */
export const decodeError = ({ status, headers, body }: WireFailure, provider: string): GatewayError =>
  classifyUpstreamError({ status, headers, body, provider, ...readErrorWords(body) })

/** The error inside a body or chunk that came with 200, or undefined when it is an ordinary one. `provider` where it is known. */
export const errorInside = (body: Json, provider = ""): GatewayError | undefined => {
  // Google's compatibility layer sends errors of streams as a list.
  const object = Array.isArray(body) && isObject(body[0]) && body[0].error !== undefined ? body[0] : body
  if (!isObject(object)) return undefined
  const { error } = object
  const isError = isObject(error) || (typeof error === "string" && error !== "")
  // vLLM and Mistral: {"object": "error", "message": …}
  if (!isError && object.object !== "error") return undefined
  const words = wordsOf(object) ?? { message: "" }
  return classifyUpstreamError({
    status: 200,
    headers: new Headers(),
    provider,
    body: JSON.stringify(object),
    ...words,
  })
}

/** OpenRouter marks a choice whose provider died: `choices[0].error`. */
export const errorOfChoice = (choice: JsonObject, provider = ""): GatewayError | undefined =>
  isObject(choice.error) ? errorInside({ error: choice.error }, provider) : undefined
