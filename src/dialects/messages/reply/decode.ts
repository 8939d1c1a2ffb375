import { type ChatPart, type DecodeSource, GatewayError, isObject, type Json } from "../../../contract/index.ts"
import { inlineError } from "./error.ts"
import { MessagesDecoder } from "./stream.ts"

/** A whole `message` object as parts. Throws for an error inside a 200 and for what is no message at all. */
export const decodeReply = (body: Json, source: DecodeSource): readonly ChatPart[] => {
  if (isObject(body) && (body.type === "error" || (body.error !== undefined && body.error !== null)))
    throw inlineError(body)
  if (!isObject(body) || !Array.isArray(body.content))
    throw new GatewayError("bad_provider_response", "The upstream's answer is not a message")
  return new MessagesDecoder(source).reply(body)
}
