import type { ChatPart, Finding } from "../contract/index.ts"
import { mask } from "./mask.ts"

type Delta = Extract<ChatPart, { type: "text-delta" | "reasoning-delta" | "tool-call-delta" | "refusal-delta" }>

interface Held {
  readonly template: Delta
  /** As the upstream wrote it; masked only when it goes out, so that nothing is looked at twice in masked form. */
  text: string
}

/**
 * One guardrail's view of a stream: holds back the last `window` characters of every open block, so that something that is cut by a
 * delta's edge is still found. What comes out has been looked at with at least the window's context behind it; a finding that reaches
 * into what is held is held whole, because it may still grow.
 */
export class HeldText {
  readonly #window: number
  readonly #find: (text: string) => Promise<readonly Finding[]>
  readonly #blocks = new Map<string, Held>()

  /** `find`: what must be masked. */
  constructor(window: number, find: (text: string) => Promise<readonly Finding[]>) {
    this.#window = window
    this.#find = find
  }

  async push(part: ChatPart): Promise<readonly ChatPart[]> {
    const text = textOf(part)
    if (text !== undefined) return this.#grow(part as Delta, text)
    if (part.type === "usage" || part.type === "start") return [part]
    if (part.type === "finish" || part.type === "error") return [...(await this.end()), part]
    return "index" in part ? [...(await this.#flush(keyOf(part))), part] : [part]
  }

  async end(): Promise<readonly ChatPart[]> {
    const out: ChatPart[] = []
    for (const key of [...this.#blocks.keys()]) out.push(...(await this.#flush(key)))
    return out
  }

  async #grow(part: Delta, text: string): Promise<readonly ChatPart[]> {
    const key = keyOf(part)
    const held = this.#blocks.get(key) ?? { template: part, text: "" }
    this.#blocks.set(key, held)
    held.text += text
    const findings = await this.#find(held.text)
    const ready = readyLength(held.text, this.#window, findings)
    if (ready <= 0) return passengers(part)
    const out = mask(
      held.text.slice(0, ready),
      findings.filter(({ end }) => end <= ready),
    )
    held.text = held.text.slice(ready)
    return [...passengers(part), withText(part, out)]
  }

  async #flush(key: string): Promise<readonly ChatPart[]> {
    const held = this.#blocks.get(key)
    this.#blocks.delete(key)
    if (!held || held.text === "") return []
    return [withText(held.template, mask(held.text, await this.#find(held.text)))]
  }
}

/** How much of a text can go: as much as the window allows, but neither a finding nor a character is cut in two. */
function readyLength(text: string, window: number, findings: readonly Finding[]): number {
  let ready = text.length - window
  for (const { start, end } of [...findings].sort((left, right) => right.start - left.start))
    if (start < ready && end > ready) ready = start
  return isHighSurrogate(text.charCodeAt(ready - 1)) ? ready - 1 : ready
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff

const keyOf = (part: { readonly index: number; readonly choice?: number }): string =>
  `${part.choice ?? 0}/${part.index}`

function textOf(part: ChatPart): string | undefined {
  switch (part.type) {
    case "text-delta":
    case "refusal-delta":
      return part.text
    case "reasoning-delta":
      return part.text
    case "tool-call-delta":
      return part.arguments
    default:
      return undefined
  }
}

/** A signature that rides on a delta is not text: it must not wait, and must not be repeated. */
function passengers(part: Delta): readonly ChatPart[] {
  if (part.type !== "reasoning-delta" || (part.signature === undefined && part.encrypted === undefined)) return []
  const { text: _, ...rest } = part
  return [rest]
}

function withText(part: Delta, text: string): ChatPart {
  const place = { index: part.index, ...(part.choice === undefined ? {} : { choice: part.choice }) }
  switch (part.type) {
    case "tool-call-delta":
      return { type: "tool-call-delta", arguments: text, ...place }
    case "reasoning-delta":
      return { type: "reasoning-delta", text, ...place }
    default:
      return { type: part.type, text, ...place }
  }
}
