import {
  type ChatPart,
  type Content,
  type Finding,
  GatewayError,
  type Guardrail,
  type Message,
} from "../contract/index.ts"
import { samePlace } from "../dialects/translate/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "./answer.ts"
import { contentScreen, type Screen } from "./content-filters/content-screen.ts"
import { contentFiltersOf } from "./content-filters/filters.ts"
import type { Exchange, FindingRecord } from "./exchange.ts"
import { HeldText } from "./held-text.ts"
import { mask } from "./mask.ts"
import { chatRequest } from "./request.ts"

/**
 * A guardrail that does not run must not let everything through. What a plugin that never ran would have been, nobody knows; only one that
 * `providers:` names is known to be a provider.
 */
export function refuseUnguarded({ snapshot }: Exchange): void {
  const { roster, config } = snapshot
  const missing = roster.unguarded.filter((name) => !config.providers.some(({ plugin }) => plugin === name))
  if (missing.length === 0) return
  throw new GatewayError(
    "plugin_failed",
    `The plugin "${missing.join('", "')}" that plugins.use names does not run. As it may be a guardrail, requests are refused until it does; GET /admin/plugins says what is wrong.`,
  )
}

/** Whether anybody looks at what is sent, or at what comes back. */
export const isScreened = ({ snapshot, standing }: Exchange): boolean =>
  snapshot.roster.guardrails.length > 0 || contentFiltersOf(standing).length > 0

/**
 * Whoever looks at the texts of a request, one after the other: first the content filters of the key's guardrails, so that what must not go
 * out does not go to plugins either, then the guardrails of plugins, each on what the one before left. Undefined where nobody does.
 */
export function inputScreen(exchange: Exchange): Screen | undefined {
  if (!isScreened(exchange)) return undefined
  let screen = screens.get(exchange)
  if (screen === undefined) {
    screen = makeScreen(exchange)
    screens.set(exchange, screen)
  }
  return screen ?? undefined
}

/** One per request, because what its patterns may do is counted together. Null: nobody looks at what is sent. */
const screens = new WeakMap<Exchange, Screen | null>()

function makeScreen(exchange: Exchange): Screen | null {
  const filters = contentFiltersOf(exchange.standing)
  const inputs = exchange.snapshot.roster.guardrails.filter(({ stages }) => stages.includes("input"))
  const filtered = filters.length > 0 ? contentScreen(exchange, filters, (found) => note(exchange, found)) : undefined
  if (inputs.length === 0) return filtered ?? null
  return async (text, isUser) => screenText(exchange, inputs, filtered ? await filtered(text, isUser) : text)
}

/** Every text of a conversation. What must be masked is masked for every lane; a report changes nothing. */
export async function screenInput(exchange: Exchange): Promise<void> {
  const { guardrails } = exchange.snapshot.roster
  // Whatever an output guardrail must see has to be decoded.
  if (guardrails.some(({ stages }) => stages.includes("output"))) exchange.contentIsRead = true
  const screen = inputScreen(exchange)
  if (!screen) return
  const request = chatRequest(exchange)
  const messages: Message[] = []
  for (const message of request.messages) messages.push(await screenMessage(screen, message))
  if (messages.every((message, index) => message === request.messages[index])) return
  exchange.request = { ...request, messages }
  exchange.isMasked = true
  exchange.contentIsRead = true
}

/** A text that comes into a request from elsewhere: of a file, or of a page that was found. `isUser`: the user sent it. */
export async function screenFound(exchange: Exchange, text: string, isUser: boolean): Promise<string> {
  const screen = inputScreen(exchange)
  return screen ? screen(text, isUser) : text
}

async function screenMessage(screen: Screen, message: Message): Promise<Message> {
  const content: Content[] = []
  const isUser = message.role === "user"
  for (const part of message.content) content.push(await screenContent(screen, part, isUser))
  return content.every((part, index) => part === message.content[index])
    ? message
    : samePlace({ ...message, content } as Message, message)
}

async function screenContent(screen: Screen, part: Content, isUser: boolean): Promise<Content> {
  if (part.type === "text" || part.type === "refusal") {
    const text = await screen(part.text, isUser)
    return text === part.text ? part : { ...part, text }
  }
  if (part.type === "tool-call") {
    const text = await screen(part.arguments, isUser)
    return text === part.arguments ? part : { ...part, arguments: text }
  }
  return part
}

/** The guardrails one after the other, each on what the one before left: throws for a block, gives the masked text. */
async function screenText(exchange: Exchange, guardrails: readonly Guardrail[], text: string): Promise<string> {
  let current = text
  for (const guardrail of guardrails) current = mask(current, await toMask(exchange, guardrail, "input", current))
  return current
}

/** What one guardrail wants masked in a text. Throws for a block; a report is noted and masks nothing. */
async function toMask(
  exchange: Exchange,
  guardrail: Guardrail,
  stage: "input" | "output",
  text: string,
): Promise<readonly Finding[]> {
  const findings = await guardrail.detect(text, exchange.call)
  if (findings.length === 0) return findings
  const action = guardrail.action ?? "block"
  for (const { label } of findings) note(exchange, { guardrail: guardrail.name, stage, label, action })
  if (action === "block") throw blocked(guardrail, findings)
  return action === "mask" ? findings : []
}

/** Once each: a text that is held back in a stream is looked at again and again. */
function note({ findings }: Exchange, found: FindingRecord): void {
  const isKnown = findings.some(
    ({ guardrail, stage, label }) => guardrail === found.guardrail && stage === found.stage && label === found.label,
  )
  if (!isKnown) findings.push(found)
}

const blocked = (guardrail: Guardrail, findings: readonly Finding[]): GatewayError =>
  new GatewayError(
    "guardrail_blocked",
    `Request blocked: the guardrail "${guardrail.name}" found ${[...new Set(findings.map(({ label }) => label))].join(", ")}.`,
  )

/** Puts the output guardrails between the upstream and the client: text is held back as far as a match may reach. */
export function screenOutput(exchange: Exchange, answer: Answer): Answer {
  if (answer.kind !== "parts") return answer
  const guardrails = exchange.snapshot.roster.guardrails.filter(({ stages }) => stages.includes("output"))
  if (guardrails.length === 0) return answer
  if (exchange.request?.sampling.logprobs)
    exchange.lose({
      path: "logprobs",
      action: "dropped",
      code: "reply_content_lost",
      reason: "a guardrail holds text back and may change it",
    })
  return { ...answer, first: [], parts: screened(exchange, guardrails, answer) }
}

async function* screened(
  exchange: Exchange,
  guardrails: readonly Guardrail[],
  answer: PartsAnswer,
): AsyncGenerator<ChatPart> {
  const held = guardrails.map(
    (guardrail) => new HeldText(guardrail.window, (text) => toMask(exchange, guardrail, "output", text)),
  )
  try {
    for await (const part of partsOf(answer)) yield* await passed(held, [part])
    // What one lets go at the end, the next ones have still to see.
    for (const [index, one] of held.entries()) yield* await passed(held.slice(index + 1), await one.end())
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    yield { type: "error", error: thrown }
  }
}

async function passed(held: readonly HeldText[], parts: readonly ChatPart[]): Promise<readonly ChatPart[]> {
  let current = parts
  for (const one of held) {
    const next: ChatPart[] = []
    for (const part of current) next.push(...(await one.push(part)))
    current = next
  }
  return current
}
