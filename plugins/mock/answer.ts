import { type ChatPart, type DirectCall, type FinishReason, GatewayError, type Usage } from "signalbox/plugin"
import { type Script, scriptedError } from "./script.ts"
import { countWords, inputWords, pieces, stopAt } from "./words.ts"

/** Waits, or throws the signal's reason as soon as it is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = Number.isFinite(milliseconds)
      ? setTimeout(() => {
          signal.removeEventListener("abort", abort)
          resolve()
        }, milliseconds)
      : undefined
    signal.addEventListener("abort", abort, { once: true })
    if (signal.aborted) abort()
  })
}

/** Thrown inside to end a stream in the middle; becomes its `error` part. */
class Break {
  constructor(readonly error: GatewayError) {}
}

/** Plays a script as parts. */
export async function* answer(call: DirectCall, script: Script): AsyncGenerator<ChatPart> {
  const { request, signal } = call
  reportLosses(call)
  if (script.hang) await pause(Number.POSITIVE_INFINITY, signal)
  if (script.delayMs) await pause(script.delayMs, signal)
  signal.throwIfAborted()
  if (script.crash !== undefined) throw new Error(script.crash)
  if (script.error && script.error.afterWords === undefined) throw scriptedError(script.error)
  yield { type: "start", model: call.model }
  const tally = { text: 0, reasoning: 0, sent: 0 }
  try {
    for (let choice = 0; choice < (request.choices ?? 1); choice++) yield* play(call, script, choice, tally)
  } catch (thrown) {
    if (!(thrown instanceof Break)) throw thrown
    yield { type: "error", error: thrown.error }
    return
  }
  yield { type: "usage", usage: usageOf(script, inputWords(request), tally) }
}

interface Tally {
  text: number
  reasoning: number
  /** Words of all kinds that went out. */
  sent: number
}

async function* play(call: DirectCall, script: Script, choice: number, tally: Tally): AsyncGenerator<ChatPart> {
  const { request, signal } = call
  const at = (index: number) => (choice === 0 ? { index } : { index, choice })
  const room = request.maxOutputTokens ?? Number.POSITIVE_INFINITY
  let index = 0
  let written = 0
  let full = false
  /** Waits for a piece's turn and counts it; false once the output limit is reached. */
  const step = async (piece: string, kind: "text" | "reasoning"): Promise<boolean> => {
    const words = countWords(piece)
    full ||= written + words > room
    if (full) return false
    breakIfDue(script, tally.sent)
    if (script.wordMs && tally.sent > 0) await pause(script.wordMs, signal)
    signal.throwIfAborted()
    written += words
    tally[kind] += words
    tally.sent += words
    return true
  }

  if (script.reasoning !== undefined) {
    yield { type: "reasoning-start", format: "unknown", ...at(index) }
    for (const piece of pieces(script.reasoning)) {
      if (!(await step(piece, "reasoning"))) break
      yield { type: "reasoning-delta", text: piece, ...at(index) }
    }
    yield { type: "reasoning-end", ...at(index++) }
  }
  const { text, stopSequence } = stopAt(script.text ?? "", request.stop ?? [])
  if (script.text !== undefined && !full) {
    yield { type: "text-start", ...at(index) }
    for (const piece of pieces(text)) {
      if (!(await step(piece, "text"))) break
      yield { type: "text-delta", text: piece, ...at(index) }
    }
    yield { type: "text-end", ...at(index++) }
  }
  for (const base64 of full ? [] : (script.images ?? [])) {
    const source = { type: "data", base64 } as const
    yield { type: "media", media: { type: "media", kind: "image", mime: "image/png", source }, ...at(index++) }
  }
  const calls = full ? [] : allowedCalls(call, script)
  for (const [number, { name, id, arguments: given = "{}" }] of calls.entries()) {
    yield { type: "tool-call-start", id: id ?? `call_mock_${choice}_${number}`, name, kind: "function", ...at(index) }
    for (const piece of pieces(given)) {
      if (!(await step(piece, "text"))) break
      yield { type: "tool-call-delta", arguments: piece, ...at(index) }
    }
    yield { type: "tool-call-end", ...at(index++) }
    if (full) break
  }
  breakIfDue(script, tally.sent)
  const complete: FinishReason = calls.length > 0 ? "tool-calls" : "stop"
  const reason = script.finish ?? (full ? "length" : complete)
  yield {
    type: "finish",
    reason,
    raw: reason,
    ...(stopSequence === undefined || full ? {} : { stopSequence }),
    ...(choice === 0 ? {} : { choice }),
  }
}

function breakIfDue({ error, cutAfterWords }: Script, sent: number): void {
  if (error?.afterWords !== undefined && sent >= error.afterWords) throw new Break(scriptedError(error))
  if (cutAfterWords !== undefined && sent >= cutAfterWords) {
    const words = "The mock provider broke the stream off as its script says."
    throw new Break(new GatewayError("stream_interrupted", words, { provider: "mock" }))
  }
}

/** Tool calls as far as the request allows them. */
function allowedCalls({ request }: DirectCall, { toolCalls = [] }: Script): NonNullable<Script["toolCalls"]> {
  if (request.toolChoice === "none") return []
  return request.parallelToolCalls === false ? toolCalls.slice(0, 1) : toolCalls
}

function usageOf({ usage }: Script, input: number, tally: Tally): Usage {
  return {
    input: { fresh: input, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0, ...usage?.input },
    output: { text: tally.text, reasoning: tally.reasoning, audio: 0, image: 0, ...usage?.output },
    ...(usage?.reportedCostUsd === undefined ? {} : { reportedCostUsd: usage.reportedCostUsd }),
  }
}

function reportLosses({ request, lose }: DirectCall): void {
  request.messages.forEach(({ content }, message) => {
    content.forEach((part, index) => {
      if (part.type !== "media" && part.type !== "opaque") return
      lose({
        path: `messages[${message}].content[${index}]`,
        action: "dropped",
        code: "media_unsupported",
        reason: "the mock provider reads text only",
      })
    })
  })
}
