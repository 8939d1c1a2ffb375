import type { Message, ToolCallContent } from "../../contract/index.ts"
import type { Lose } from "./losses.ts"

/** A message and where the client wrote it, for example `messages[3]`. */
export interface PlacedMessage {
  readonly message: Message
  readonly path: string
}

type ToolMessage = Extract<Message, { role: "tool" }>

const missingResult = "The tool gave no result."

interface PlacedCall {
  readonly call: ToolCallContent
  readonly path: string
  /** Unique in the whole conversation (Anthropic refuses ids that come twice). */
  readonly id: string
}

/** An id that was used before gets a number: "call_0" again becomes "call_0-2". */
const freshId = (id: string, used: Set<string>): string => {
  let fresh = id
  for (let round = 2; used.has(fresh); round++) fresh = `${id}-${round}`
  used.add(fresh)
  return fresh
}

const nameCalls = (turn: readonly PlacedMessage[], used: Set<string>): PlacedCall[] =>
  turn.flatMap(({ message, path }) =>
    message.role !== "assistant"
      ? []
      : message.content.flatMap((content) =>
          content.type === "tool-call" ? [{ call: content, path, id: freshId(content.id, used) }] : [],
        ),
  )

/** Calls under their fresh ids, and the reasoning that names its call (Gemini's signatures) with them. */
const renameCalls = (placed: PlacedMessage, ids: ReadonlyMap<ToolCallContent, string>): PlacedMessage => {
  const { message, path } = placed
  if (message.role !== "assistant") return placed
  const renamed = new Map<string, string>()
  for (const part of message.content) {
    if (part.type === "tool-call") renamed.set(part.id, ids.get(part) ?? part.id)
  }
  const content = message.content.map((part) => {
    if (part.type === "tool-call") return { ...part, id: ids.get(part) ?? part.id }
    const id = part.type === "reasoning" && part.id !== undefined ? renamed.get(part.id) : undefined
    return id === undefined ? part : { ...part, id }
  })
  return { path, message: { ...message, content } }
}

/** Whether a result stands in for one that the client never sent. That it is marked as an error is nothing to be lost. */
export const isStandIn = ({ content }: ToolMessage): boolean =>
  content.every((part) => part.type === "text" && part.text === missingResult)

const resultsFor = (
  calls: readonly PlacedCall[],
  results: readonly { readonly message: ToolMessage; readonly path: string }[],
  lose: Lose,
): PlacedMessage[] => {
  const left = [...results]
  const placed = calls.map(({ call, path, id }): PlacedMessage => {
    const found = left.findIndex(({ message }) => message.callId === call.id)
    const result = found < 0 ? undefined : left.splice(found, 1)[0]
    const { name } = call
    if (result) return { path: result.path, message: { ...result.message, callId: id, name } }
    lose({
      path,
      action: "approximated",
      code: "tool_history_mended",
      reason: "a tool call without a result got a placeholder result",
    })
    const content = [{ type: "text" as const, text: missingResult }]
    return { path, message: { role: "tool", callId: id, name, content, isError: true } }
  })
  for (const { path } of left)
    lose({ path, action: "dropped", code: "tool_history_mended", reason: "a tool result without a call before it" })
  return placed
}

/**
 * Puts each turn's tool results right behind its calls, in the order of the calls, as Anthropic, Gemini and Bedrock demand. Whatever
 * stood between them follows. Calls without a result get a placeholder; results without a call are dropped; both are reported.
 */
export const pairTools = (messages: readonly Message[], lose: Lose): readonly PlacedMessage[] => {
  const placed = messages.map((message, index): PlacedMessage => ({ message, path: `messages[${index}]` }))
  const out: PlacedMessage[] = []
  const used = new Set<string>()
  let at = 0
  while (at < placed.length) {
    const turn: PlacedMessage[] = []
    for (; placed[at]?.message.role === "assistant"; at++) turn.push(placed[at] as PlacedMessage)
    const results: { message: ToolMessage; path: string }[] = []
    const others: PlacedMessage[] = []
    for (; at < placed.length && placed[at]?.message.role !== "assistant"; at++) {
      const { message, path } = placed[at] as PlacedMessage
      if (message.role === "tool") results.push({ message, path })
      else others.push({ message, path })
    }
    const calls = nameCalls(turn, used)
    const ids = new Map(calls.map(({ call, id }) => [call, id]))
    out.push(...turn.map((entry) => renameCalls(entry, ids)), ...resultsFor(calls, results, lose), ...others)
  }
  return out
}
