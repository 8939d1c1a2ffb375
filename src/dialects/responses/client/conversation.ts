import type { Content, Extras, Message, ReasoningContent, ToolCallContent } from "../../../contract/index.ts"
import { placed, samePlace } from "../../translate/index.ts"

type AssistantMessage = Extract<Message, { readonly role: "assistant" }>

const same = (one: Extras | undefined, other: Extras | undefined): boolean =>
  JSON.stringify(one ?? {}) === JSON.stringify(other ?? {})

/** Gemini signs calls; the signature came to the client as reasoning of its own that has the id of the call. */
const attachSignatures = (content: readonly Content[]): readonly Content[] => {
  const calls = new Map<string, ToolCallContent>()
  for (const part of content) if (part.type === "tool-call") calls.set(part.id, part)
  const signatures = new Map<ToolCallContent, ReasoningContent>()
  for (const part of content) {
    if (part.type !== "reasoning" || part.signature === undefined || part.text !== undefined) continue
    const call = part.id === undefined ? undefined : calls.get(part.id)
    if (call && part.encrypted === undefined) signatures.set(call, part)
  }
  const used = new Set<Content>(signatures.values())
  return content.flatMap((part) => {
    const signature = part.type === "tool-call" ? signatures.get(part)?.signature : undefined
    if (signature !== undefined) return [samePlace({ ...part, signature } as Content, part)]
    return used.has(part) ? [] : [part]
  })
}

interface Turn {
  readonly content: Content[]
  extras: Extras | undefined
  spoke: boolean
  readonly path: string
}

/** Items one after the other → messages: what a model gave in one turn (thoughts, words, calls) is one message of the assistant. */
export class Conversation {
  readonly #messages: Message[] = []
  #turn: Turn | undefined
  #path = ""

  /** Where the client wrote what comes now. */
  at(path: string): void {
    this.#path = path
  }

  /** Something of the assistant's turn beside its words: an item of its own. */
  add(...content: readonly Content[]): void {
    for (const part of content) placed(part, this.#path)
    this.#append(content)
  }

  /**
   * Words of the assistant. A second message of the same turn is one of its own, unless calls wait for their results, which must not be
   * separated from them.
   */
  say(content: readonly Content[], extras: Extras | undefined): void {
    const turn = this.#turn
    const waits = turn?.content.some((part) => part.type === "tool-call") === true
    if (turn?.spoke && !(waits && same(turn.extras, extras))) this.#close()
    for (const [index, part] of content.entries()) placed(part, `${this.#path}.content[${index}]`)
    const open = this.#append(content)
    open.spoke = true
    if (extras) open.extras = extras
  }

  /** Anything that is not the assistant's. */
  push(message: Message): void {
    this.#close()
    this.#messages.push(placed(message, this.#path))
  }

  /** A message that is written without a list of parts: what it holds stands where it stands. */
  pushWhole(message: Message): void {
    for (const part of message.content) placed(part, this.#path)
    this.push(message)
  }

  end(): readonly Message[] {
    this.#close()
    return this.#messages
  }

  #append(content: readonly Content[]): Turn {
    this.#turn ??= { content: [], extras: undefined, spoke: false, path: this.#path }
    this.#turn.content.push(...content)
    return this.#turn
  }

  #close(): void {
    const turn = this.#turn
    this.#turn = undefined
    if (!turn) return
    const message: AssistantMessage = { role: "assistant", content: attachSignatures(turn.content) }
    this.#messages.push(placed(turn.extras ? { ...message, extras: turn.extras } : message, turn.path))
  }
}
