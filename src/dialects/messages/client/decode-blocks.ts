import { type Content, isObject, type Json, type JsonObject } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { sealPrefix, unseal } from "../../translate/index.ts"
import { claudeFormat, dialectName, withExtras } from "../formats.ts"
import { readCache } from "./cache.ts"
import { decodeMedia, decodeSearchResult } from "./decode-media.ts"

/**
 * Thinking of an earlier turn. A signature of ours is opened: inside is what the vendor that thought it wants back. One that was damaged
 * on its way goes to nobody. Claude signs always, so thinking without a signature is another's.
 */
const decodeThinking = (raw: JsonObject, path: string): Content => {
  const block = new Fields(raw, path)
  block.any("type")
  const text = block.string("thinking")
  const signature = block.string("signature") || undefined
  const cache = readCache(block)
  const rest = { ...defined({ cache }), ...withExtras(block.rest()) }
  const sealed = signature === undefined ? undefined : unseal(signature)
  if (sealed) return { type: "reasoning", ...defined({ text: text || undefined }), ...sealed, ...rest }
  if (signature === undefined || signature.startsWith(sealPrefix))
    return { type: "reasoning", ...defined({ text }), format: "unknown", ...rest }
  return { type: "reasoning", ...defined({ text }), signature, format: claudeFormat, ...rest }
}

const decodeRedacted = (raw: JsonObject, path: string): Content => {
  const block = new Fields(raw, path)
  block.any("type")
  const data = block.string("data")
  if (data === undefined) throw invalid(`${path}.data`, "is missing: it must be a string")
  const rest = withExtras(block.rest())
  const sealed = unseal(data)
  if (sealed) return { type: "reasoning", ...sealed, ...rest }
  if (data.startsWith(sealPrefix)) return { type: "reasoning", format: "unknown", ...rest }
  return { type: "reasoning", encrypted: data, format: claudeFormat, ...rest }
}

const decodeCall = (raw: JsonObject, path: string): Content => {
  const block = new Fields(raw, path)
  block.any("type")
  const id = block.string("id")
  if (!id) throw invalid(`${path}.id`, "is missing: a tool_use block has an id that its tool_result names")
  const name = block.string("name")
  if (name === undefined) throw invalid(`${path}.name`, "is missing: it must be the name of the tool")
  const input = block.any("input")
  return {
    type: "tool-call",
    id,
    name,
    arguments: typeof input === "string" && input.trim() !== "" ? input : JSON.stringify(input || {}),
    kind: "function",
    ...defined({ cache: readCache(block) }),
    ...withExtras(block.rest()),
  }
}

const decodeBlock = (raw: Json, path: string): Content => {
  if (typeof raw === "string") return { type: "text", text: raw }
  if (!isObject(raw)) throw invalid(path, "must be an object with a type")
  switch (raw.type) {
    case "text": {
      const block = new Fields(raw, path)
      block.any("type")
      const text = block.string("text")
      if (text === undefined) throw invalid(`${path}.text`, "is missing: it must be a string")
      return { type: "text", text, ...defined({ cache: readCache(block) }), ...withExtras(block.rest()) }
    }
    case "image":
    case "document":
      return decodeMedia(raw, path)
    case "search_result":
      return decodeSearchResult(raw, path)
    case "thinking":
      return decodeThinking(raw, path)
    case "redacted_thinking":
      return decodeRedacted(raw, path)
    case "tool_use":
      return decodeCall(raw, path)
    default:
      if (typeof raw.type !== "string") throw invalid(`${path}.type`, "must be a string")
      // Server tools and their results, uploads, compaction, and what comes next year.
      return { type: "opaque", dialect: dialectName, data: raw }
  }
}

/** `content` or `system`: a text, or a list of blocks. */
export const decodeContent = (content: Json | undefined, path: string): Content[] => {
  if (content === undefined || content === null || content === "") return []
  if (typeof content === "string") return [{ type: "text", text: content }]
  if (!Array.isArray(content)) throw invalid(path, "must be a string or a list of blocks")
  return content.map((block, index) => decodeBlock(block, `${path}[${index}]`))
}
