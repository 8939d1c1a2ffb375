import {
  type ChatPart,
  type Content,
  type Finding,
  GatewayError,
  type Guardrail,
  type Message,
} from "../contract/index.ts"
import type { Answer } from "./attempt.ts"
import type { Exchange } from "./exchange.ts"
import { HeldText } from "./held-text.ts"
import { chatRequest } from "./request.ts"

/** Guardrails over every text of the request. What must be masked is masked for every lane; a report changes nothing. */
export async function screenInput(exchange: Exchange): Promise<void> {
  const { guardrails } = exchange.snapshot.roster
  // Whatever an output guardrail must see has to be decoded.
  if (guardrails.some(({ stages }) => stages.includes("output"))) exchange.contentIsRead = true
  const inputs = guardrails.filter(({ stages }) => stages.includes("input"))
  if (inputs.length === 0) return
  const request = chatRequest(exchange)
  const messages: Message[] = []
  for (const message of request.messages) messages.push(await screenMessage(exchange, inputs, message))
  if (messages.every((message, index) => message === request.messages[index])) return
  exchange.request = { ...request, messages }
  exchange.contentIsRead = true
}

async function screenMessage(exchange: Exchange, guardrails: readonly Guardrail[], message: Message): Promise<Message> {
  const content: Content[] = []
  for (const part of message.content) content.push(await screenContent(exchange, guardrails, part))
  return content.every((part, index) => part === message.content[index])
    ? message
    : ({ ...message, content } as Message)
}

async function screenContent(exchange: Exchange, guardrails: readonly Guardrail[], part: Content): Promise<Content> {
  if (part.type === "text" || part.type === "refusal") {
    const text = await screenText(exchange, guardrails, "input", part.text)
    return text === part.text ? part : { ...part, text }
  }
  if (part.type === "tool-call") {
    const text = await screenText(exchange, guardrails, "input", part.arguments)
    return text === part.arguments ? part : { ...part, arguments: text }
  }
  return part
}

/** Runs the guardrails of one stage over a text: throws for a block, gives the masked text. */
export async function screenText(
  exchange: Exchange,
  guardrails: readonly Guardrail[],
  stage: "input" | "output",
  text: string,
): Promise<string> {
  let current = text
  for (const guardrail of guardrails) {
    const findings = await guardrail.detect(current, exchange.call)
    if (findings.length === 0) continue
    const action = guardrail.action ?? "block"
    for (const { label } of findings) exchange.findings.push({ guardrail: guardrail.name, stage, label, action })
    if (action === "block") throw blocked(guardrail, findings)
    if (action === "mask") current = mask(current, findings)
  }
  return current
}

const blocked = (guardrail: Guardrail, findings: readonly Finding[]): GatewayError =>
  new GatewayError(
    "guardrail_blocked",
    `Request blocked: the guardrail "${guardrail.name}" found ${[...new Set(findings.map(({ label }) => label))].join(", ")}.`,
  )

/** Overlapping findings become one mask, named after the first. */
export function mask(text: string, findings: readonly Finding[]): string {
  const ordered = [...findings].sort((left, right) => left.start - right.start || right.end - left.end)
  let out = ""
  let at = 0
  for (const { start, end, label } of ordered) {
    if (end <= at) continue
    if (start >= at) out += `${text.slice(at, start)}<${label.toUpperCase()}>`
    at = end
  }
  return out + text.slice(at)
}

/** Puts the output guardrails between the upstream and the client: text is held back as far as a match may reach. */
export function screenOutput(exchange: Exchange, answer: Answer): Answer {
  const guardrails = exchange.snapshot.roster.guardrails.filter(({ stages }) => stages.includes("output"))
  if (guardrails.length === 0 || answer.kind !== "parts") return answer
  return { ...answer, first: [], parts: screened(exchange, guardrails, answer) }
}

async function* screened(
  exchange: Exchange,
  guardrails: readonly Guardrail[],
  answer: Extract<Answer, { kind: "parts" }>,
): AsyncGenerator<ChatPart> {
  const held = new HeldText(Math.max(...guardrails.map(({ window }) => window)), (text) =>
    screenText(exchange, guardrails, "output", text),
  )
  try {
    for (const part of answer.first) yield* await held.push(part)
    for (;;) {
      const { done, value } = await answer.parts.next()
      if (done) break
      yield* await held.push(value)
    }
    yield* await held.end()
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    yield { type: "error", error: thrown }
  } finally {
    answer.parts.return?.(undefined)?.catch(() => {})
  }
}
