import type {
  CacheBreakpoint,
  Content,
  JsonObject,
  ReasoningContent,
  ToolCallContent,
} from "../../../contract/index.ts"
import { toolCallId } from "../../tool-call-ids.ts"
import { callInput, dropForeignExtras, ownContent } from "../../translate/index.ts"
import { dialectName, reasoningOrigins } from "../formats.ts"
import type { BlockContext } from "./block-context.ts"
import { encodeMedia } from "./media.ts"

export const cacheControl = (cache: CacheBreakpoint): JsonObject => ({
  type: "ephemeral",
  ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }),
})

/** Text that Anthropic takes: blank blocks are a 400, unpaired surrogates make the body invalid. */
const cleanText = (text: string): string | undefined => (text.trim() === "" ? undefined : text.toWellFormed())

const encodeReasoning = (content: ReasoningContent, path: string, context: BlockContext): JsonObject | undefined => {
  const drop = (reason: string) => {
    context.lose({ path, action: "dropped", code: "foreign_reasoning", reason })
    return undefined
  }
  if (!reasoningOrigins(context.profile).includes(content.format))
    return drop("reasoning of another vendor cannot be sent to this one")
  if (content.encrypted !== undefined) return { type: "redacted_thinking", data: content.encrypted }
  if (!content.signature && !context.profile.emptySignatures) return drop("thinking without its signature is refused")
  return { type: "thinking", thinking: content.text ?? "", signature: content.signature ?? "" }
}

const encodeCall = (content: ToolCallContent, path: string, context: BlockContext): JsonObject => {
  if (content.signature !== undefined)
    context.lose({
      path,
      action: "dropped",
      code: "foreign_reasoning",
      reason: "the call's signature belongs to another vendor",
    })
  return {
    type: "tool_use",
    id: toolCallId(content.id, context.profile.toolCallIds ?? "anthropic"),
    name: context.names.toWire(content.name),
    input: callInput(content, path, context.lose),
  }
}

const encodeKind = (content: Content, path: string, context: BlockContext): JsonObject | undefined => {
  switch (content.type) {
    case "text": {
      const text = cleanText(content.text)
      return text === undefined ? undefined : { type: "text", text }
    }
    case "refusal": {
      const text = cleanText(content.text)
      return text === undefined ? undefined : { type: "text", text }
    }
    case "reasoning":
      return encodeReasoning(content, path, context)
    case "tool-call":
      return encodeCall(content, path, context)
    case "media":
      return encodeMedia(content, path, context)
    case "opaque":
      return ownContent(content, dialectName, path, context.lose)
  }
}

/** One content block; undefined where there is nothing to send (reported unless it was blank). */
export const encodeBlock = (content: Content, path: string, context: BlockContext): JsonObject | undefined => {
  const block = encodeKind(content, path, context)
  dropForeignExtras(content.extras, dialectName, `${path}.`, context.lose)
  if (!block) return undefined
  Object.assign(block, content.extras?.[dialectName])
  // Thinking takes no cache_control: platform.claude.com, prompt caching, "what cannot be cached".
  if (content.cache && content.type !== "reasoning") block.cache_control = cacheControl(content.cache)
  return block
}
