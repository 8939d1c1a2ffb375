import { callInput, dropForeignExtras, inlineData, type Lose, pairTools } from "signalbox/dialects"
import {
  type ChatRequest,
  type Content,
  GatewayError,
  type JsonObject,
  type MediaContent,
  type Profile,
} from "signalbox/plugin"
import { dialectName, thinkingFormat } from "./names.ts"

export interface MessageContext {
  readonly profile: Profile
  readonly lose: Lose
}

/** One message as it grows: the format has one text, and pictures beside it. */
interface Draft {
  readonly texts: string[]
  readonly images: string[]
  readonly thoughts: string[]
  readonly calls: JsonObject[]
}

const imageData = (media: MediaContent, path: string): string => {
  const data = inlineData(media)
  if (data) return data.base64
  throw new GatewayError(
    "invalid_request",
    `${path}: this upstream fetches no addresses; send the image as a data URL`,
    {
      param: path,
    },
  )
}

const addMedia = (media: MediaContent, path: string, draft: Draft, { profile, lose }: MessageContext): void => {
  if (media.kind === "image" && profile.images !== false) {
    draft.images.push(imageData(media, path))
    return
  }
  lose({ path, action: "dropped", code: "media_unsupported", reason: `the upstream takes no ${media.kind} here` })
  // The model should know that something was there.
  draft.texts.push(`[${media.name ?? media.kind} left out: not supported]`)
}

const addPart = (part: Content, path: string, draft: Draft, context: MessageContext): void => {
  const { lose } = context
  dropForeignExtras(part.extras, dialectName, `${path}.`, lose)
  if (part.cache)
    lose({
      path: `${path}.cache_control`,
      action: "dropped",
      code: "cache_breakpoint_lost",
      reason: "the upstream caches by itself",
    })
  switch (part.type) {
    case "text":
    case "refusal":
      draft.texts.push(part.text.toWellFormed())
      break
    case "media":
      addMedia(part, path, draft, context)
      break
    case "tool-call":
      draft.calls.push({ id: part.id, function: { name: part.name, arguments: callInput(part, path, lose) } })
      break
    case "reasoning":
      if (part.format === thinkingFormat && part.encrypted === undefined) draft.thoughts.push(part.text ?? "")
      else lose({ path, action: "dropped", code: "foreign_reasoning", reason: "another vendor made this reasoning" })
      break
    case "opaque":
      lose({ path, action: "dropped", code: "foreign_content", reason: `only ${part.dialect} upstreams understand it` })
  }
}

const finish = ({ texts, images, thoughts, calls }: Draft): JsonObject => ({
  content: texts.join("\n"),
  ...(images.length > 0 ? { images } : {}),
  ...(thoughts.length > 0 ? { thinking: thoughts.join("").toWellFormed() } : {}),
  ...(calls.length > 0 ? { tool_calls: calls } : {}),
})

/** Messages in order; pictures out of tool results follow in a user's message, where the model looks for them. */
export const encodeMessages = (request: ChatRequest, context: MessageContext): JsonObject[] => {
  const { lose } = context
  const out: JsonObject[] = []
  let moved: string[] = []
  const flush = () => {
    if (moved.length > 0) out.push({ role: "user", content: "", images: moved })
    moved = []
  }
  for (const { message, path } of pairTools(request.messages, lose)) {
    dropForeignExtras(message.extras, dialectName, `${path}.`, lose)
    const draft: Draft = { texts: [], images: [], thoughts: [], calls: [] }
    for (const [index, part] of message.content.entries()) addPart(part, `${path}.content[${index}]`, draft, context)
    if (message.role !== "tool") {
      flush()
      out.push({ role: message.role === "developer" ? "system" : message.role, ...finish(draft) })
      continue
    }
    if (draft.images.length > 0) {
      lose({ path, action: "moved", code: "media_moved", reason: "the upstream takes images in user messages only" })
      moved.push(...draft.images.splice(0))
    }
    const name = message.name === undefined ? {} : { tool_name: message.name }
    out.push({ role: "tool", ...finish(draft), ...name, tool_call_id: message.callId })
  }
  flush()
  return out
}
