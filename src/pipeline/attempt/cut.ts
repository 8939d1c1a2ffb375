import type { ChatPart, GatewayError } from "../../contract/index.ts"
import { billCut } from "./bill.ts"
import type { Try } from "./try.ts"

/** What OpenRouter's clients are told as the upstream's own reason; in the other formats it is a plain stop for length. */
const reason = "budget_cut"

const endings = {
  "text-start": "text-end",
  "reasoning-start": "reasoning-end",
  "tool-call-start": "tool-call-end",
} as const

/** Which blocks of an answer have begun and not ended, and which choices. */
export class OpenParts {
  readonly #blocks = new Map<string, ChatPart>()
  readonly #choices = new Set<number>()

  note(part: ChatPart): void {
    const choice = "choice" in part ? (part.choice ?? 0) : 0
    if (part.type === "finish") return void this.#choices.delete(choice)
    if (!("index" in part)) return
    this.#choices.add(choice)
    const { index } = part
    const block = `${choice}/${index}`
    if (part.type in endings)
      this.#blocks.set(block, { type: endings[part.type as keyof typeof endings], index, choice })
    else if (part.type.endsWith("-end")) this.#blocks.delete(block)
  }

  /** What is missing of the answer's form. */
  *end(): Generator<ChatPart> {
    yield* this.#blocks.values()
    for (const choice of this.#choices) yield { type: "finish", reason: "length", raw: reason, choice }
  }
}

/**
 * Nobody pays for the rest of an answer: its upstream is cancelled, and what was produced is billed and ends as at an output limit, which
 * every SDK reads. An error event instead would make most of them throw away what they have.
 */
export function* cutShort(current: Try, refusal: GatewayError, open: OpenParts): Generator<ChatPart> {
  const { exchange } = current
  exchange.error = refusal
  exchange.lose({ path: "reply", action: "dropped", code: "budget_cut", reason: refusal.message })
  current.abort(refusal)
  current.finishReason = "length"
  current.nativeFinishReason = reason
  billCut(exchange, current)
  yield* open.end()
  if (current.usage) yield { type: "usage", usage: current.usage }
}
