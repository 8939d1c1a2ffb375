import type { ChatRequest, Content, JsonObject } from "../../../contract/index.ts"
import { dropForeignExtras, dropName, pairTools } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { encodeModelTurn } from "./model-turn.ts"
import { encodePart, type PartContext } from "./parts.ts"
import { encodeToolResult } from "./tool-result.ts"

export interface Contents {
  readonly system: readonly JsonObject[]
  readonly contents: readonly { readonly role: "user" | "model"; readonly parts: JsonObject[] }[]
}

const placeholder: JsonObject = { text: "." }

const isResponse = (part: JsonObject) => part.functionResponse !== undefined

/** Responses first: their number must equal that of the calls in the turn before, counted from the start. */
const responsesFirst = (parts: readonly JsonObject[]): JsonObject[] => [
  ...parts.filter(isResponse),
  ...parts.filter((part) => !isResponse(part)),
]

/** Parts of a user or system message. A breakpoint has no form here, because the API caches by itself. */
const encodeParts = (content: readonly Content[], path: string, context: PartContext): JsonObject[] =>
  content
    .map((part, index) => {
      const place = `${path}.content[${index}]`
      dropForeignExtras(part.extras, dialectName, `${place}.`, context.lose)
      const encoded = encodePart(part, place, context)
      return encoded && { ...encoded, ...part.extras?.[dialectName] }
    })
    .filter((part) => part !== undefined)

/** The conversation as alternating user and model turns: neighbours merged, leading system messages apart, later ones as user text. */
export const encodeContents = (request: ChatRequest, context: PartContext): Contents => {
  const { lose, profile } = context
  const system: JsonObject[] = []
  const turns: { role: "user" | "model"; parts: JsonObject[] }[] = []
  const add = (role: "user" | "model", parts: readonly JsonObject[]) => {
    if (parts.length === 0) return
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({ role, parts: [...parts] })
  }
  let leading = true
  for (const { message, path } of pairTools(request.messages, lose)) {
    dropForeignExtras(message.extras, dialectName, `${path}.`, lose)
    dropName(message, path, lose)
    if (message.role !== "tool")
      for (const field of Object.keys(message.extras?.[dialectName] ?? {}))
        lose({
          path: `${path}.${field}`,
          action: "dropped",
          code: "message_approximated",
          reason: "turns are written anew, with role and parts only",
        })
    if (message.role === "tool") add("user", encodeToolResult(message, path, context))
    else if (message.role === "assistant") add("model", encodeModelTurn(message.content, path, context))
    else {
      const parts = encodeParts(message.content, path, context)
      const isSystem = message.role !== "user"
      if (isSystem && leading) system.push(...parts)
      else add("user", parts)
      if (isSystem && !leading)
        lose({
          path,
          action: "moved",
          code: "message_moved",
          reason: "the upstream takes system messages at the start only; sent as user text",
        })
    }
    if (message.role !== "system" && message.role !== "developer") leading = false
  }
  if (turns[0]?.role !== "user") {
    turns.unshift({ role: "user", parts: [{ ...placeholder }] })
    lose({
      path: "messages",
      action: "approximated",
      code: "message_approximated",
      reason: "the upstream wants a user message first; a dot was put there",
    })
  }
  const contents = turns.map(({ role, parts }) => ({ role, parts: role === "user" ? responsesFirst(parts) : parts }))
  if (profile.noSystem && system.length > 0)
    lose({
      path: "messages[0]",
      action: "moved",
      code: "message_moved",
      reason: "the model takes no system prompt; it leads the first user turn",
    })
  return { system, contents }
}
