import type {
  ChatPart,
  ClientDialect,
  GatewayError,
  JsonObject,
  StreamEncoder,
  Usage,
} from "../../../contract/index.ts"
import { doneEvent, encodeEvent } from "../../sse.ts"
import { encodeFinish } from "../reply/finish.ts"
import { DeltaWriter } from "./deltas.ts"

/**
 * Parts → the chunks of a stream. `finish_reason` comes on a chunk of its own; usage on one with `choices: []` when it was asked for
 * or the face always sends it; then `[DONE]`. An error is one event in the face's form and the end: no `[DONE]` after it.
 */
export const encodeStream: ClientDialect["encodeStream"] = (identity, face, options) => {
  const writer = new DeltaWriter(face)
  const greeted = new Set<number>()
  let fixed: JsonObject = {}
  let usage: Usage | undefined
  let ended = false

  const chunk = (choices: JsonObject[], more: JsonObject = {}) =>
    encodeEvent({
      id: identity.id,
      object: "chat.completion.chunk",
      created: identity.createdSeconds,
      model: identity.model,
      provider: identity.providerName,
      ...fixed,
      choices,
      ...more,
    })

  const greet = (choice: number): JsonObject => {
    if (greeted.has(choice)) return {}
    greeted.add(choice)
    return { role: "assistant" }
  }

  const fail = (error: GatewayError) => {
    ended = true
    return encodeEvent(face.streamError(error, identity, options.context))
  }

  const write = (part: ChatPart): string => {
    if (part.type === "start") {
      // A null system_fingerprint fails OpenRouter's SDK in streams: text or nothing.
      fixed = {
        ...(part.systemFingerprint === undefined ? {} : { system_fingerprint: part.systemFingerprint }),
        ...(part.serviceTier === undefined ? {} : { service_tier: part.serviceTier }),
      }
      return ""
    }
    if (part.type === "usage") {
      usage = part.usage
      return ""
    }
    if (part.type === "error") return fail(part.error)
    if (part.type === "finish") {
      const index = part.choice ?? 0
      const word = encodeFinish(part.reason, part.raw)
      return chunk([{ index, delta: greet(index), finish_reason: word, native_finish_reason: part.raw ?? word }])
    }
    const delta = writer.write(part)
    if (!delta) return ""
    const chances = delta.logprobs === undefined ? {} : { logprobs: delta.logprobs }
    const { choice, fields } = delta
    return chunk([{ index: choice, delta: { ...greet(choice), ...fields }, ...chances, finish_reason: null }])
  }

  const encoder: StreamEncoder = {
    push: (part) => (ended ? "" : write(part)),
    end: (error) => {
      if (ended) return ""
      if (error) return fail(error)
      ended = true
      const wanted = usage && (options.includeUsage || face.alwaysStreamUsage)
      return (wanted && usage ? chunk([], { usage: face.usage(usage, options.price(usage)) }) : "") + doneEvent
    },
  }
  return encoder
}
