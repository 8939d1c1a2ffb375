import type { ChatPart } from "../contract/index.ts"
import type { Answer } from "./answer.ts"
import type { Exchange } from "./exchange.ts"

type Parts = Extract<Answer, { kind: "parts" }>

/**
 * `reasoning.exclude`: the model may think, the client does not see it, neither text nor signature nor summary. Usage counts it all the same.
 * The native lane sends such requests here, because hiding means reading.
 */
export function hideReasoning(exchange: Exchange, answer: Answer): Answer {
  if (answer.kind !== "parts" || exchange.request?.reasoning?.exclude !== true) return answer
  return { ...answer, first: [], parts: shown(answer) }
}

async function* shown(answer: Parts): AsyncGenerator<ChatPart> {
  const { first, parts } = answer
  try {
    for (const part of first) if (!hidden.has(part.type)) yield part
    for (;;) {
      const { done, value } = await parts.next()
      if (done) return
      if (!hidden.has(value.type)) yield value
    }
  } finally {
    parts.return?.(undefined)?.catch(() => {})
  }
}

const hidden: ReadonlySet<ChatPart["type"]> = new Set(["reasoning-start", "reasoning-delta", "reasoning-end"])
