import { isObject, type Json, type JsonObject } from "signalbox/plugin"

const addressOf = (image: Json | undefined): string | undefined =>
  isObject(image) && typeof image.url === "string" ? image.url : typeof image === "string" ? image : undefined

/** `document_url` takes addresses and data URLs alike. */
const documentPart = ({ file: held, ...more }: JsonObject): JsonObject => {
  const file = isObject(held) ? held : {}
  if (typeof file.file_id === "string") return { ...more, type: "file", file_id: file.file_id }
  return {
    ...more,
    type: "document_url",
    document_url: file.file_data ?? "",
    ...(file.filename === undefined ? {} : { document_name: file.filename }),
  }
}

/** docs.mistral.ai/api: what stands in a message, in the vendor's words. */
const contentPart = (part: JsonObject): JsonObject => {
  if (part.type === "file") return documentPart(part)
  if (part.type === "image_url") {
    const { image_url: image, ...more } = part
    // The object exists for the sake of `detail`.
    const hasDetail = isObject(image) && image.detail !== undefined
    return hasDetail ? part : { ...more, image_url: addressOf(image) ?? "" }
  }
  if (part.type === "input_audio" && isObject(part.input_audio))
    return { ...part, input_audio: part.input_audio.data ?? "" }
  return part
}

const isText = (content: Json | undefined): content is string => typeof content === "string" && content !== ""

/** Thoughts go back as the part of the answer that they were. */
const withThoughts = ({ reasoning_content: thoughts, ...message }: JsonObject): JsonObject => {
  if (!isText(thoughts)) return message
  const { content } = message
  const said = isText(content) ? [{ type: "text", text: content }] : Array.isArray(content) ? content : []
  const thinking = { type: "thinking", thinking: [{ type: "text", text: thoughts }], closed: true }
  return { ...message, content: [thinking, ...said] }
}

const messageOf = (message: JsonObject): JsonObject => {
  const { content } = message
  const parts = Array.isArray(content) ? content.map((part) => (isObject(part) ? contentPart(part) : part)) : content
  return withThoughts(parts === undefined ? message : { ...message, content: parts })
}

/** An answer that is begun must say so; otherwise the conversation may not end with the assistant. */
const withPrefix = (messages: readonly JsonObject[]): JsonObject[] =>
  messages.map((message, index) =>
    index === messages.length - 1 && message.role === "assistant" && message.tool_calls === undefined
      ? { ...message, prefix: true }
      : message,
  )

/** A body of chat completions in Mistral's words: nothing is lost, so nothing is reported. */
export const toMistral = ({ seed, tool_choice: choice, ...body }: JsonObject): JsonObject => ({
  ...body,
  messages: withPrefix((Array.isArray(body.messages) ? body.messages : []).filter(isObject).map(messageOf)),
  ...(choice === undefined ? {} : { tool_choice: choice === "required" ? "any" : choice }),
  ...(seed === undefined ? {} : { random_seed: seed }),
})
