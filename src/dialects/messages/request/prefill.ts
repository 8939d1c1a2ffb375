import type { JsonObject } from "../../../contract/index.ts"
import type { Lose } from "../../translate/index.ts"
import type { Turn } from "./conversation.ts"

const isThinking = (block: JsonObject | undefined) => block?.type === "thinking" || block?.type === "redacted_thinking"

/**
 * A conversation that ends with an assistant turn asks the model to go on from there. The API refuses trailing whitespace and trailing
 * thinking in it; newer models, and any model that thinks, refuse the whole idea: they are asked in words.
 */
export const settlePrefill = (turns: readonly Turn[], refused: boolean, lose: Lose): readonly Turn[] => {
  const last = turns.at(-1)
  if (last?.role !== "assistant") return turns
  const blocks = [...last.blocks]
  while (isThinking(blocks.at(-1))) {
    blocks.pop()
    lose({
      path: "messages",
      action: "dropped",
      code: "message_approximated",
      reason: "a turn to be continued cannot end with thinking",
    })
  }
  const text = blocks.at(-1)
  if (text?.type === "text" && typeof text.text === "string")
    blocks[blocks.length - 1] = { ...text, text: text.text.trimEnd() }
  const earlier = turns.slice(0, -1)
  if (blocks.length === 0) return earlier
  const turn: Turn = { ...last, blocks }
  if (!refused) return [...earlier, turn]
  lose({
    path: "messages",
    action: "approximated",
    code: "message_approximated",
    reason: "the model cannot continue an assistant message; it is asked to",
  })
  const ask = { type: "text", text: "Continue your last message exactly where it ends." }
  return [...earlier, turn, { role: "user", blocks: [ask], extras: {} }]
}

/**
 * Whether the turn that the model must continue called tools without the thinking that led to it. With budget thinking that is a 400:
 * "Expected `thinking` or `redacted_thinking`, but found `tool_use`".
 */
export const lacksThinking = (turns: readonly Turn[]): boolean => {
  const last = turns.at(-1)
  if (last?.role !== "user" || !last.blocks.some((block) => block.type === "tool_result")) return false
  const caller = turns.findLast((turn) => turn.role === "assistant")
  return caller !== undefined && !isThinking(caller.blocks[0])
}
