import type {
  Content,
  EncodeTarget,
  JsonObject,
  Message,
  ReasoningContent,
  ToolCallContent,
} from "../../../contract/index.ts"
import { isObject } from "../../../contract/index.ts"
import { toolCallId } from "../../tool-call-ids.ts"
import { wrapCustomInput } from "../../translate/index.ts"
import { dialectName, geminiFormat, ownExtras } from "../names.ts"
import { encodeCache, encodeContent, loseForeign, wellFormed } from "./encode-content.ts"
import { encodeAnnotations } from "./file-annotations.ts"

type Assistant = Extract<Message, { role: "assistant" }>

const isOpaqueDetail = (part: Content) =>
  part.type === "opaque" &&
  part.dialect === dialectName &&
  isObject(part.data) &&
  part.data.reasoning_detail !== undefined

const encodeDetail = (part: ReasoningContent, index: number): JsonObject => ({
  ...(part.encrypted !== undefined
    ? { type: "reasoning.encrypted", data: part.encrypted }
    : part.summary
      ? { type: "reasoning.summary", summary: part.text ?? "" }
      : {
          type: "reasoning.text",
          ...(part.text === undefined ? {} : { text: wellFormed(part.text) }),
          ...(part.signature === undefined ? {} : { signature: part.signature }),
        }),
  ...(part.id === undefined ? {} : { id: part.id }),
  format: part.format,
  index,
  ...ownExtras(part.extras),
})

/** Earlier reasoning in the one field that the upstream wants it in; everything else is a loss. */
const encodeReasoning = (message: Assistant, path: string, target: EncodeTarget, isCurrent: boolean): JsonObject => {
  const { reasoningEcho: echo, reasoningEchoTurns, reasoningEchoEmpty, reasoningOrigins } = target.profile
  const reasoningEcho = reasoningEchoTurns === "current" && !isCurrent ? undefined : echo
  const kept: ReasoningContent[] = []
  const details: JsonObject[] = []
  for (const [index, part] of message.content.entries()) {
    const where = `${path}.content[${index}]`
    const lose = (reason: string) => target.lose({ path: where, action: "dropped", code: "foreign_reasoning", reason })
    if (isOpaqueDetail(part) && part.type === "opaque" && isObject(part.data)) {
      if (reasoningEcho === "reasoning_details") details.push(part.data.reasoning_detail as JsonObject)
      else lose("the upstream takes no reasoning of earlier turns")
    }
    if (part.type !== "reasoning") continue
    if (!reasoningEcho) lose("the upstream takes no reasoning of earlier turns")
    else if (reasoningOrigins && !reasoningOrigins.includes(part.format))
      lose(`the upstream did not make reasoning of format ${part.format}`)
    else if (reasoningEcho === "reasoning_details") details.push(encodeDetail(part, details.length))
    else {
      if (part.signature !== undefined || part.encrypted !== undefined)
        lose("the upstream takes reasoning as plain text only")
      if (part.text) kept.push(part)
    }
  }
  if (reasoningEcho === "reasoning_details") return details.length > 0 ? { reasoning_details: details } : {}
  const text = kept.map((part) => part.text).join("")
  // DeepSeek V4 and Kimi K3 want the field on every replayed turn, empty where there was none (api-docs.deepseek.com, thinking mode).
  return reasoningEcho && (text || reasoningEchoEmpty) ? { [reasoningEcho]: wellFormed(text) } : {}
}

const encodeCall = (call: ToolCallContent, path: string, target: EncodeTarget): JsonObject => {
  loseForeign(call.extras, path, target)
  const id = toolCallId(call.id, target.profile.toolCallIds)
  const takesSignature = target.profile.reasoningOrigins?.includes(geminiFormat) ?? false
  if (call.signature !== undefined && !takesSignature)
    target.lose({
      path: `${path}.extra_content`,
      action: "dropped",
      code: "foreign_reasoning",
      reason: "the upstream did not make this thought signature",
    })
  const more = {
    ...ownExtras(call.extras),
    ...(call.signature !== undefined && takesSignature
      ? { extra_content: { google: { thought_signature: call.signature } } }
      : {}),
    ...encodeCache(call.cache, path, target),
  }
  if (call.kind === "custom" && target.profile.customTools === false) {
    const input = JSON.stringify(wrapCustomInput(wellFormed(call.arguments)))
    return { id, type: "function", function: { name: call.name, arguments: input }, ...more }
  }
  if (call.kind === "custom")
    return { id, type: "custom", custom: { name: call.name, input: wellFormed(call.arguments) }, ...more }
  return { id, type: "function", function: { name: call.name, arguments: wellFormed(call.arguments) }, ...more }
}

/** Pictures of earlier turns have no field in OpenAI's form; OpenRouter's takes them back in `images`. */
const encodeImages = (message: Assistant, path: string, target: EncodeTarget): JsonObject => {
  const images: JsonObject[] = []
  for (const [index, part] of message.content.entries()) {
    if (part.type !== "media") continue
    if (target.profile.reasoningEcho === "reasoning_details" && part.kind === "image" && part.source.type !== "id") {
      const url =
        part.source.type === "url" ? part.source.url : `data:${part.mime ?? "image/png"};base64,${part.source.base64}`
      images.push({ type: "image_url", image_url: { url } })
    } else
      target.lose({
        path: `${path}.content[${index}]`,
        action: "dropped",
        code: "media_unsupported",
        reason: "an assistant turn takes no media",
      })
  }
  return images.length > 0 ? { images } : {}
}

/** `isCurrent`: the turn comes after the last user message. */
export const encodeAssistant = (
  message: Assistant,
  path: string,
  target: EncodeTarget,
  isCurrent: boolean,
): JsonObject => {
  const said = message.content.filter(
    (part) => part.type === "text" || (part.type === "opaque" && !isOpaqueDetail(part)),
  )
  const refusals = message.content.flatMap((part) => (part.type === "refusal" ? [part.text] : []))
  const calls = message.content.flatMap((part) => (part.type === "tool-call" ? [part] : []))
  const content = encodeContent(said, `${path}.content`, target)
  const isEmpty = content === ""
  return {
    role: "assistant",
    content: isEmpty && calls.length > 0 && !target.profile.nonNullAssistantContent ? null : content,
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(refusals.length > 0 ? { refusal: wellFormed(refusals.join("")) } : {}),
    ...encodeReasoning(message, path, target, isCurrent),
    ...encodeImages(message, path, target),
    ...(calls.length > 0
      ? { tool_calls: calls.map((call, index) => encodeCall(call, `${path}.tool_calls[${index}]`, target)) }
      : {}),
    ...ownExtras(message.extras),
    ...(target.profile.fileUrls ? encodeAnnotations(message.extras) : {}),
  }
}
