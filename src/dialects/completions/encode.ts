import {
  type ChatPart,
  type ChatRequest,
  type ClientDialect,
  type GatewayError,
  gatewayExtras,
  isObject,
  type Json,
  type JsonObject,
  type StreamEncoder,
  type Usage,
} from "../../contract/index.ts"
import { DeltaWriter } from "../chat-completions/client/deltas.ts"
import { encodeReply as encodeChat } from "../chat-completions/client/encode-reply.ts"
import { encodeFinish } from "../chat-completions/reply/finish.ts"
import { doneEvent, encodeEvent } from "../sse.ts"
import { encodeLogprobs } from "./logprobs.ts"
import { echoKey } from "./names.ts"

/** The prompt, where the client wants it in front of the answer. */
const echoOf = ({ extras, messages }: ChatRequest): string => {
  if (extras?.[gatewayExtras]?.[echoKey] !== true) return ""
  const [first] = messages[0]?.content ?? []
  return first?.type === "text" ? first.text : ""
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "")

/** What a chat answers beside text (reasoning, citations, pictures) keeps the name that it has there: clients skip what they do not know. */
const beside = ({ role: _role, content: _content, refusal: _refusal, ...others }: JsonObject): JsonObject => others

const encodeChoice = (choice: JsonObject, echo: string): JsonObject => {
  const message = isObject(choice.message) ? choice.message : {}
  return {
    text: echo + textOf(message.content) + textOf(message.refusal),
    index: choice.index ?? 0,
    logprobs: encodeLogprobs(choice.logprobs, echo.length),
    finish_reason: choice.finish_reason ?? null,
    native_finish_reason: choice.native_finish_reason ?? null,
    ...beside(message),
  }
}

/** Parts → a whole `text_completion`: the reply of a chat with its messages as texts. */
export const encodeReply: ClientDialect["encodeReply"] = (parts, identity, face, costUsd, request) => {
  const { choices, ...reply } = encodeChat(parts, identity, face, costUsd, request)
  const echo = echoOf(request)
  const messages = (Array.isArray(choices) ? choices : []).filter(isObject)
  return { ...reply, object: "text_completion", choices: messages.map((choice) => encodeChoice(choice, echo)) }
}

/** Parts → chunks, as chat completions streams them, with `text` in the place of `delta`. */
export const encodeStream: ClientDialect["encodeStream"] = (identity, face, options) => {
  const writer = new DeltaWriter(face)
  const echo = echoOf(options.request)
  /** Characters of each choice that were sent; a choice that is not there has not begun. */
  const lengths = new Map<number, number>()
  let fixed: JsonObject = {}
  let usage: Usage | undefined
  let ended = false

  const chunk = (choices: JsonObject[], more: JsonObject = {}) =>
    encodeEvent({
      id: identity.id,
      object: "text_completion",
      created: identity.createdSeconds,
      model: identity.model,
      provider: identity.providerName,
      ...fixed,
      choices,
      ...more,
    })

  const piece = (index: number, text: string, logprobs: Json | undefined, more: JsonObject) => {
    const before = lengths.get(index)
    const whole = before === undefined ? echo + text : text
    const offset = before ?? echo.length
    lengths.set(index, (before ?? 0) + whole.length)
    return chunk([{ text: whole, index, logprobs: encodeLogprobs(logprobs, offset), finish_reason: null, ...more }])
  }

  const fail = (error: GatewayError) => {
    ended = true
    return encodeEvent(face.streamError(error, identity, options.context))
  }

  const write = (part: ChatPart): string => {
    if (part.type === "error") return fail(part.error)
    if (part.type === "usage") usage = part.usage
    if (part.type === "start")
      fixed = {
        ...(part.systemFingerprint === undefined ? {} : { system_fingerprint: part.systemFingerprint }),
        ...(part.serviceTier === undefined ? {} : { service_tier: part.serviceTier }),
      }
    if (part.type === "finish") {
      const word = encodeFinish(part.reason, part.raw)
      return piece(part.choice ?? 0, "", undefined, { finish_reason: word, native_finish_reason: part.raw ?? word })
    }
    const delta = writer.write(part)
    if (!delta) return ""
    const text = textOf(delta.fields.content) + textOf(delta.fields.refusal)
    return piece(delta.choice, text, delta.logprobs, beside(delta.fields))
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
