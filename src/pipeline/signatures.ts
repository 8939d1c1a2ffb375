import { putBounded } from "../contract/bounded.ts"
import type { ChatRequest, Content, Loss, Message, ReasoningContent } from "../contract/index.ts"
import { placeOf, samePlace } from "../dialects/translate/index.ts"

/** Signatures remembered at once, some 60 bytes each: a turn has one, and only running conversations send theirs back. */
const most = 20_000

const unknown = "unknown"

/**
 * Which vendor made a signature that this gateway passed on. Requesty's clients send `reasoning_signature` back without a word on where it
 * came from, and agents switch models in mid-conversation, so neither the request's model nor the turn's says it. Only hashes are kept.
 */
export class SignatureOrigins {
  readonly #formats = new Map<number | bigint, string>()

  made(signature: string, format: string): void {
    if (format === unknown) return
    putBounded(this.#formats, most, Bun.hash(signature), format)
  }

  readonly formatOf = (signature: string): string | undefined => this.#formats.get(Bun.hash(signature))
}

/**
 * Gives signatures the vendor that made them, as far as this gateway passed them on: what a format takes for its own vendor's may be another's
 * that speaks the same format. A bare one that nobody can vouch for (made before a restart, by another gateway, or by a client) is
 * dropped with a loss and goes to nobody: the wrong vendor would refuse the whole request.
 */
export function withOrigins(request: ChatRequest, origins: SignatureOrigins, lose: (loss: Loss) => void): ChatRequest {
  if (!request.messages.some((message) => message.content.some(isSigned))) return request
  const messages = request.messages.map((message, index): Message => {
    if (!message.content.some(isSigned)) return message
    const content = message.content.map((part) => {
      if (!isSigned(part)) return part
      const format = origins.formatOf((part.signature ?? part.encrypted)!)
      if (format !== undefined) return part.format === format ? part : samePlace({ ...part, format }, part)
      if (part.format !== unknown || part.signature === undefined) return part
      lose({
        path: signaturePath(message, part, index),
        action: "dropped",
        code: "unknown_signature",
        reason: "nobody knows which vendor made this signature",
      })
      const { signature: _, ...rest } = part
      return samePlace(rest, part)
    })
    return samePlace({ ...message, content } as Message, message)
  })
  return { ...request, messages }
}

/** Chat completions alone, whose messages stand where they are counted, has a field of its own for it. */
const signaturePath = (message: Message, part: Content, index: number): string => {
  const place = placeOf(message)
  return place === undefined ? `messages[${index}].reasoning_signature` : (placeOf(part) ?? place)
}

const isSigned = (part: Content): part is ReasoningContent =>
  part.type === "reasoning" && (part.signature !== undefined || part.encrypted !== undefined)
