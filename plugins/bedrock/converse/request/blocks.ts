import { callInput, dropForeignExtras, ownContent, toolCallId } from "signalbox/dialects"
import type { CacheBreakpoint, Content, JsonObject, ReasoningContent, ToolCallContent } from "signalbox/plugin"
import { dialectName, reasoningOrigins } from "../formats.ts"
import type { BlockContext } from "./context.ts"
import { encodeMedia } from "./media.ts"

/** Text that Bedrock takes: blank text is refused, unpaired surrogates make the body invalid. */
export const textBlock = (text: string): JsonObject | undefined =>
  text.trim() === "" ? undefined : { text: text.toWellFormed() }

/** A breakpoint follows what it closes, as a block of its own. */
export const cachePoint = ({ ttl }: CacheBreakpoint): JsonObject => ({
  cachePoint: { type: "default", ...(ttl === undefined ? {} : { ttl }) },
})

const encodeReasoning = (content: ReasoningContent, path: string, context: BlockContext): JsonObject | undefined => {
  const drop = (reason: string) => {
    context.lose({ path, action: "dropped", code: "foreign_reasoning", reason })
    return undefined
  }
  if (!reasoningOrigins(context.profile).includes(content.format))
    return drop("reasoning of another vendor cannot be sent to this one")
  if (content.encrypted !== undefined) return { reasoningContent: { redactedContent: content.encrypted } }
  // Sent back unsigned, open models repeat it as part of their answer.
  if (!content.signature) return drop("reasoning without its signature is not sent back")
  return { reasoningContent: { reasoningText: { text: content.text ?? "", signature: content.signature } } }
}

const encodeCall = (content: ToolCallContent, path: string, context: BlockContext): JsonObject => {
  const { names, profile, lose } = context
  if (content.signature !== undefined)
    lose({
      path,
      action: "dropped",
      code: "foreign_reasoning",
      reason: "the call's signature belongs to another vendor",
    })
  if (context.toolsAsText) {
    lose({
      path,
      action: "approximated",
      code: "message_approximated",
      reason: "without tools in the request, an earlier call goes as text",
    })
    return { text: `[Called the tool ${content.name} with ${content.arguments}]`.toWellFormed() }
  }
  return {
    toolUse: {
      toolUseId: toolCallId(content.id, profile.toolCallIds ?? "anthropic"),
      name: names.toWire(content.name),
      input: callInput(content, path, lose),
    },
  }
}

const encodeKind = (content: Content, path: string, context: BlockContext): JsonObject | undefined => {
  switch (content.type) {
    case "text":
    case "refusal":
      return textBlock(content.text)
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

/** One part as its block and the cache point behind it; empty where there is nothing to send (reported unless it was blank). */
export const encodeBlock = (content: Content, path: string, context: BlockContext): JsonObject[] => {
  const block = encodeKind(content, path, context)
  dropForeignExtras(content.extras, dialectName, `${path}.`, context.lose)
  if (!block) return []
  Object.assign(block, content.extras?.[dialectName])
  return content.cache && content.type !== "reasoning" ? [block, cachePoint(content.cache)] : [block]
}
