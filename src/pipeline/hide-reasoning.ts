import type { ChatPart } from "../contract/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "./answer.ts"
import type { Exchange } from "./exchange.ts"

/**
 * `reasoning.exclude`: the model may think, the client does not see it, neither text nor signature nor summary. Usage counts it all the same.
 * The native lane sends such requests here, because hiding means reading.
 */
export function hideReasoning(exchange: Exchange, answer: Answer): Answer {
  if (answer.kind !== "parts" || exchange.request?.reasoning?.exclude !== true) return answer
  return { ...answer, first: [], parts: shown(answer) }
}

async function* shown(answer: PartsAnswer): AsyncGenerator<ChatPart> {
  for await (const part of partsOf(answer)) if (!hidden.has(part.type)) yield part
}

const hidden: ReadonlySet<ChatPart["type"]> = new Set(["reasoning-start", "reasoning-delta", "reasoning-end"])
