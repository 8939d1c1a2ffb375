import { GatewayError, type Json, type NativeSummary } from "../../contract/index.ts"

/** A summary of nothing seen yet. */
export const emptySummary = (): NativeSummary => ({
  usage: undefined,
  finish: undefined,
  upstreamId: undefined,
  upstreamModel: undefined,
  error: undefined,
  complete: false,
  contentLength: 0,
})

/** `words` say what is wrong with the answer: `is not JSON`. */
export const unreadableReply = (provider: string, words: string): GatewayError =>
  new GatewayError("bad_provider_response", `The upstream's answer ${words}`, { provider })

export const parseReply = (text: string, provider: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw unreadableReply(provider, "is not JSON")
  }
}

export const unreadableEvent = (provider: string): GatewayError =>
  new GatewayError("bad_provider_response", "The upstream's stream holds an event that is not JSON", { provider })

export const interruptedStream = (provider: string): GatewayError =>
  new GatewayError("stream_interrupted", "The upstream's stream ended before its answer was complete", { provider })
