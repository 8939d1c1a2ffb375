import { type AttemptRecord, type ErrorCode, errorCodes, type Price, type Usage } from "../../contract/index.ts"
import type { Exchange } from "../exchange.ts"
import type { Inquiry } from "../plan/inquiry.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { conversationOf } from "./conversation.ts"
import type { Conversation, StickyMemory } from "./memory.ts"

/**
 * The plan with the offer first that this conversation is at, because its prompt is cached there: if it is among those that may be tried
 * for the model that comes first, and is not left alone after failures. Not to be asked where the client says itself who comes first.
 */
export function stickFirst(
  inquiry: Inquiry,
  attempts: readonly PlannedAttempt[],
  notes: string[],
): readonly PlannedAttempt[] {
  const { services, snapshot } = inquiry
  if (attempts.length < 2 || snapshot.config.routing.stickyMs === 0) return attempts
  const { conversation } = inquiry
  if (!conversation) return attempts
  inquiry.isSticky = true
  const now = services.now()
  const key = services.sticky.find(conversation.hash, now)
  if (key === undefined) return attempts
  const at = attempts.findIndex(({ offer }) => offer.key === key)
  const found = attempts[at]
  // Another model is another step of what the client wants, however warm its cache.
  if (!found || found.offer.model !== attempts[0]!.offer.model) return attempts
  if (services.health.view(key, now, inquiry.slotsOf(found.offer)).breaker === "open") {
    notes.push(`the conversation was at ${key}, which is left alone after failures`)
    return attempts
  }
  notes.push(`the conversation stays at ${key}`)
  return at === 0 ? attempts : [found, ...attempts.toSpliced(at, 1)]
}

/** At the end of a request: where its conversation is from now on. */
export function noteConversation(exchange: Exchange): void {
  const { services, snapshot, answering, attempts, error } = exchange
  const conversation = exchange.isSticky ? conversationOf(exchange) : undefined
  if (!conversation) return
  const failed = attempts.flatMap((attempt) => (isItsFault(attempt) ? keyOf(attempt) : []))
  const answered = error || !answering ? undefined : answering
  noteTurn(services.sticky, {
    conversation,
    failed,
    now: services.now(),
    stickyMs: snapshot.config.routing.stickyMs,
    ...(answered
      ? {
          offer: answered.offer.key,
          usage: answered.usage,
          price: answered.price.price,
          isHelp: answered.start.role === "hedge",
        }
      : {}),
  })
}

/** A turn of a conversation that is over. */
export interface Turn {
  readonly conversation: Conversation
  /** Keys of the offers that failed. */
  readonly failed: readonly string[]
  /** The one that answered, what it used, and its prices. */
  readonly offer?: string
  readonly usage?: Usage | undefined
  /** It helped out where the one before it was late. */
  readonly isHelp?: boolean
  readonly price?: Price | undefined
  readonly now: number
  readonly stickyMs: number
}

export function noteTurn(
  sticky: StickyMemory,
  { conversation, failed, offer, usage, price, isHelp, now, stickyMs }: Turn,
): void {
  for (const key of failed) sticky.release(conversation.hash, key)
  if (offer === undefined) return
  const known = sticky.find(conversation.hash, now)
  const until = now + stickyMs
  // One that was only late still has the prompt in its cache.
  if (isHelp && known !== undefined) sticky.keep(conversation.hash, known, until)
  else if (conversation.isNamed || known === offer || isWorthIt(usage, price))
    sticky.keep(conversation.hash, offer, until)
}

export const keyOf = ({ provider, model }: Pick<AttemptRecord, "provider" | "model">): string => `${provider}/${model}`

/** What is wrong with the request itself is wrong with it everywhere. */
export const isItsFault = ({ outcome, code }: Pick<AttemptRecord, "outcome" | "code">): boolean =>
  outcome === "failed" && (code === undefined || errorCodes[code as ErrorCode]?.retry !== "no")

/** A conversation that nobody named is only kept where that was seen to save something. */
const isWorthIt = (usage: Usage | undefined, price: Price | undefined): boolean => {
  if (!usage) return false
  const { cacheRead, cacheWrite, cacheWrite1h } = usage.input
  if (cacheRead + cacheWrite + cacheWrite1h === 0) return false
  return price === undefined || (price.cacheRead !== undefined && price.cacheRead < price.input)
}
