import { messages } from "signalbox/dialects"
import type { Dialect, NativeLane } from "signalbox/plugin"
import { decodeError } from "../errors.ts"
import { asksForSingleCalls } from "./body.ts"
import { createInvokeDecoder, InvokeTap } from "./stream.ts"

/**
 * The native lane of the Messages API, for upstreams that frame its events as AWS does. The body's last changes are made when it is signed,
 * for both lanes.
 */
const behindFrames = (lane: NativeLane): NativeLane => ({
  request: (text, target) => (asksForSingleCalls(text) ? undefined : lane.request(text, target)),
  reply: (text, patch, provider) => lane.reply(text, patch, provider),
  stream: (patch, provider) => new InvokeTap(lane.stream(patch, provider)),
})

/** Anthropic's Messages API by InvokeModel: the same requests and events, in AWS's framing and with AWS's errors. */
export const invokeMessages: Dialect = {
  ...messages,
  framing: createInvokeDecoder,
  decodeError,
  ...(messages.native ? { native: behindFrames(messages.native) } : {}),
}
