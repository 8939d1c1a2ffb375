import type { ChatPart } from "../contract/index.ts"

type Delta = Extract<ChatPart, { type: "text-delta" | "reasoning-delta" | "tool-call-delta" | "refusal-delta" }>

interface Held {
  readonly template: Delta
  /** Screened as far as a match of the window's length can tell, but not sent. */
  text: string
}

/**
 * Holds back the last `window` characters of every open block, so that something that is cut by a delta's edge is still found.
 * Screens what it holds on each step; what comes out has been screened with at least the window's context behind it.
 */
export class HeldText {
  readonly #window: number
  readonly #screen: (text: string) => Promise<string>
  readonly #blocks = new Map<string, Held>()

  constructor(window: number, screen: (text: string) => Promise<string>) {
    this.#window = window
    this.#screen = screen
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
    held.text = await this.#screen(held.text + text)
    const ready = held.text.length - this.#window
    if (ready <= 0) return passengers(part)
    const out = held.text.slice(0, ready)
    held.text = held.text.slice(ready)
    return [...passengers(part), withText(part, out)]
  }

  async #flush(key: string): Promise<readonly ChatPart[]> {
    const held = this.#blocks.get(key)
    this.#blocks.delete(key)
    return held && held.text !== "" ? [withText(held.template, held.text)] : []
  }
}

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
