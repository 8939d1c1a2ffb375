import { type Dialect, GatewayError, isObject } from "signalbox/plugin"
import { decodeError, exceptionError } from "../errors.ts"
import { createFrameDecoder } from "../event-stream/frames.ts"
import { dialectName } from "./formats.ts"
import { ConverseDecoder } from "./reply/stream.ts"
import { encodeRequest } from "./request/encode.ts"
import { mediaNeed } from "./request/media-need.ts"

/** Bedrock's Converse API. `baseOf` tells which model is behind a name. */
export const converseDialect = (baseOf: (model: string) => string): Dialect => ({
  name: dialectName,
  framing: createFrameDecoder,
  encodeRequest: (request, target) => encodeRequest(request, { ...target, model: baseOf(target.model) }),
  mediaNeed,
  decodeReply(body, source) {
    if (isObject(body) && isObject(body.output)) return new ConverseDecoder(source).reply(body)
    // Services of AWS tell of an error inside a 200 by its type.
    if (isObject(body) && typeof body.__type === "string")
      throw exceptionError(body.__type.slice(body.__type.lastIndexOf("#") + 1), JSON.stringify(body))
    throw new GatewayError("bad_provider_response", "The upstream's answer is not a message")
  },
  decodeStream: (source) => new ConverseDecoder(source),
  decodeError,
})
