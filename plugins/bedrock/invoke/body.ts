import {
  applyEdits,
  elementsAt,
  memberOf,
  type ObjectSpan,
  objectAt,
  objectEdits,
  objectIn,
  type TextEdit,
  topLevel,
  valueText,
} from "signalbox/dialects"
import { fineGrainedTools } from "./betas.ts"

export const bedrockVersion = "bedrock-2023-05-31"

/** Tools without `eager_input_streaming`, which is refused here even where its beta, which does the same, is taken. */
const toolEdits = (text: string, top: ObjectSpan): { readonly edits: TextEdit[]; readonly eager: boolean } => {
  const tools = memberOf(top, "tools")
  const edits: TextEdit[] = []
  let eager = false
  for (const { start } of (tools && elementsAt(text, tools.valueStart)) ?? []) {
    const tool = objectAt(text, start)
    const flag = memberOf(tool, "eager_input_streaming")
    if (!tool || !flag) continue
    if (valueText(text, flag) === "true") eager = true
    edits.push(...objectEdits(tool, new Map([["eager_input_streaming", undefined]])))
  }
  return { edits, eager }
}

/** The one field of `thinking` that Bedrock spells in its own way. */
const thinkingEdits = (text: string, top: ObjectSpan): TextEdit[] => {
  const binding = objectIn(text, objectIn(text, top, "thinking"), "block_binding")
  const behavior = memberOf(binding, "prefix_mismatch_behavior")
  if (!behavior) return []
  return [{ start: behavior.keyStart, end: behavior.valueStart, text: '"mismatch_behavior":' }]
}

/** InvokeModel has no such switch. */
const choiceEdits = (text: string, top: ObjectSpan): TextEdit[] => {
  const choice = objectIn(text, top, "tool_choice")
  return choice && memberOf(choice, "disable_parallel_tool_use")
    ? objectEdits(choice, new Map([["disable_parallel_tool_use", undefined]]))
    : []
}

/** Betas that a client wrote into the body, as AWS's own clients do. */
const ownBetas = (text: string, top: ObjectSpan): readonly string[] => {
  const member = memberOf(top, "anthropic_beta")
  return ((member && elementsAt(text, member.valueStart)) ?? []).map(({ start, end }) =>
    String(JSON.parse(text.slice(start, end))),
  )
}

/**
 * A body of Anthropic's Messages API as InvokeModel takes it: model and stream are in the address, version and betas in the body.
 * Works on the text, so that everything else stays byte for byte what the client or the encoder wrote.
 */
export const invokeBody = (text: string, betas: readonly string[]): string => {
  const top = topLevel(text)
  if (!top) return text
  const { edits, eager } = toolEdits(text, top)
  const all = new Set([...ownBetas(text, top), ...betas, ...(eager ? [fineGrainedTools] : [])])
  const changes = new Map<string, string | undefined>([
    ["model", undefined],
    ["stream", undefined],
    ["anthropic_version", JSON.stringify(bedrockVersion)],
  ])
  if (all.size > 0) changes.set("anthropic_beta", JSON.stringify([...all]))
  return applyEdits(text, [
    ...objectEdits(top, changes),
    ...edits,
    ...thinkingEdits(text, top),
    ...choiceEdits(text, top),
  ])
}

/** Whether a body asks for one call at a time, which InvokeModel cannot and Converse can be told. */
export const asksForSingleCalls = (text: string): boolean => {
  const choice = objectIn(text, topLevel(text), "tool_choice")
  const flag = memberOf(choice, "disable_parallel_tool_use")
  return flag !== undefined && valueText(text, flag) === "true"
}
