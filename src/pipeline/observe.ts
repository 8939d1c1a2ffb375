import type { ChatPart } from "../contract/index.ts"
import { encodeFinish } from "../dialects/chat-completions/reply/finish.ts"
import type { Answer, PartsAnswer } from "./answer.ts"
import type { Exchange } from "./exchange.ts"
import { whenAborted } from "./lanes/commit.ts"
import { bill, estimateUsage } from "./settle.ts"
import { asFailure } from "./upstream.ts"

/** How long an upstream may take for what follows the finish: usage, and the end of its stream, which some never send. */
const closingMs = 1000

/**
 * Notes what leaves the upstream, before anything hides, masks or blocks it: what was produced is billed, whether or not the client got
 * it. Keeps the deadlines between parts, and adds a usage where the upstream sent none.
 */
export function observe(exchange: Exchange, answer: Answer): Answer {
  return answer.kind === "parts" ? { ...answer, first: [], parts: observed(exchange, answer) } : answer
}

async function* observed(exchange: Exchange, { current, first, parts }: PartsAnswer): AsyncGenerator<ChatPart> {
  const gone = whenAborted(current)
  const formats = new Map<string, string>()
  let hasUsage = false
  let finished = false
  const note = (part: ChatPart): ChatPart => {
    if (part.type === "error") return { type: "error", error: asFailure(part.error, current) }
    if (part.type === "usage") {
      hasUsage = true
      bill(exchange, part.usage)
    } else notePart(exchange, part, formats)
    finished ||= part.type === "finish"
    return part
  }
  try {
    for (const part of first) yield note(part)
    for (;;) {
      current.expectWithin(finished ? closingMs : current.offer.live.timeouts.idleMs)
      const result = await Promise.race([parts.next(), gone])
      if (result === undefined && finished) break
      if (result === undefined) throw current.reason
      if (result.done) break
      yield note(result.value)
      if (result.value.type === "error") return
    }
    if (hasUsage) return
    const usage = estimateUsage(exchange, current.offer, exchange.contentLength)
    bill(exchange, usage)
    yield { type: "usage", usage }
  } finally {
    // Not awaited: a plugin's generator that hangs cannot be made to return.
    parts.return?.(undefined)?.catch(() => {})
  }
}

/** `formats`: which vendor's reasoning each open block is. */
function notePart(exchange: Exchange, part: ChatPart, formats: Map<string, string>): void {
  switch (part.type) {
    case "start":
      exchange.upstreamId = part.id
      return
    case "text-delta":
    case "refusal-delta":
      exchange.contentLength += part.text.length
      return
    case "reasoning-start":
      formats.set(`${part.choice ?? 0}/${part.index}`, part.format)
      return
    case "reasoning-delta":
      exchange.contentLength += part.text?.length ?? 0
      for (const proof of [part.signature, part.encrypted]) {
        if (proof === undefined) continue
        const format = formats.get(`${part.choice ?? 0}/${part.index}`)
        if (format !== undefined) exchange.services.signatures.made(proof, format)
      }
      return
    case "tool-call-delta":
      exchange.contentLength += part.arguments.length
      return
    case "finish":
      exchange.finishReason = encodeFinish(part.reason, part.raw)
      exchange.nativeFinishReason = part.raw ?? undefined
      return
  }
}
