import type { ChatPart } from "../../contract/index.ts"
import { encodeFinish } from "../../dialects/chat-completions/reply/finish.ts"
import { Meter } from "../admit/meter.ts"
import type { Answer, PartsAnswer } from "../answer.ts"
import { whenAborted } from "../lanes/commit.ts"
import { withSearchCount } from "../search/cite.ts"
import { bill, estimateUsage, searchesOf } from "./bill.ts"
import { cutShort, OpenParts } from "./cut.ts"
import { ToolCheck } from "./tool-check.ts"
import type { Try } from "./try.ts"
import { asFailure } from "./upstream.ts"

/** How long an upstream may take for what follows the finish: usage, and the end of its stream, which some never send. */
const closingMs = 1000

/**
 * Notes what leaves the upstream, before anything hides, masks or blocks it: what was produced is billed, whether or not the client got
 * it. Keeps the deadlines between parts, and adds a usage where the upstream sent none.
 */
export function observe(answer: Answer): Answer {
  return answer.kind === "parts" ? { ...answer, first: [], parts: observed(answer) } : answer
}

async function* observed({ current, first, parts }: PartsAnswer): AsyncGenerator<ChatPart> {
  const gone = whenAborted(current)
  const formats = new Map<string, string>()
  let hasUsage = false
  let finished = false
  let tools: ToolCheck | undefined
  const meter = current.piece && new Meter(current, current.piece)
  const open = meter && new OpenParts()
  const note = (part: ChatPart): ChatPart => {
    if (part.type === "error") return { type: "error", error: asFailure(part.error, current) }
    if (part.type === "usage") {
      hasUsage = true
      const usage = withSearchCount(part.usage, searchesOf(current))
      bill(current, usage)
      return usage === part.usage ? part : { type: "usage", usage }
    }
    notePart(current, part, formats)
    if (part.type.startsWith("tool-call")) {
      tools ??= new ToolCheck(current.exchange.request?.tools)
      tools.note(part)
      current.toolsAreGood = tools.isGood
    }
    finished ||= part.type === "finish"
    open?.note(part)
    meter?.pass(part)
    return part
  }
  try {
    for (const part of first) yield note(part)
    if (meter?.refusal && !finished) return yield* cutShort(current, meter.refusal, open!)
    for (;;) {
      current.expectWithin(finished ? closingMs : current.offer.live.timeouts.idleMs)
      const result = await Promise.race([parts.next(), gone])
      if (result === undefined && finished) break
      if (result === undefined) throw current.reason
      if (result.done) break
      yield note(result.value)
      if (result.value.type === "error") return
      if (meter?.refusal && !finished) return yield* cutShort(current, meter.refusal, open!)
    }
    if (hasUsage) return
    const usage = estimateUsage(current.exchange, current, current.contentLength)
    bill(current, usage)
    yield { type: "usage", usage }
  } finally {
    // Not awaited: a plugin's generator that hangs cannot be made to return.
    parts.return?.(undefined)?.catch(() => {})
  }
}

/** `formats`: which vendor's reasoning each open block is. */
function notePart(current: Try, part: ChatPart, formats: Map<string, string>): void {
  switch (part.type) {
    case "start":
      current.upstreamId = part.id
      return
    case "text-delta":
    case "refusal-delta":
      current.contentLength += part.text.length
      return
    case "reasoning-start":
      formats.set(`${part.choice ?? 0}/${part.index}`, part.format)
      return
    case "reasoning-delta":
      current.contentLength += part.text?.length ?? 0
      for (const proof of [part.signature, part.encrypted]) {
        if (proof === undefined) continue
        const format = formats.get(`${part.choice ?? 0}/${part.index}`)
        if (format !== undefined) current.exchange.services.signatures.made(proof, format)
      }
      return
    case "tool-call-delta":
      current.contentLength += part.arguments.length
      return
    case "finish":
      current.finishReason = encodeFinish(part.reason, part.raw)
      current.nativeFinishReason = part.raw ?? undefined
      return
  }
}
