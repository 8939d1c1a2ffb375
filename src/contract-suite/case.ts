import { isDeepStrictEqual } from "node:util"
import type { CallInfo, ChatRequest, Message } from "../contract/index.ts"

/** One duty of a capability kind. `run` throws where the capability does not keep it. */
export interface ContractCase<T> {
  readonly name: string
  /** What goes wrong for users when the duty is not kept. */
  readonly why: string
  /** A reason to leave the case out for this capability. */
  skip?(capability: T): string | undefined
  run(capability: T): void | Promise<void>
}

export class BrokenDuty extends Error {
  override readonly name = "BrokenDuty"
}

export function demand(holds: unknown, words: string): asserts holds {
  if (!holds) throw new BrokenDuty(words)
}

export const demandEqual = (actual: unknown, expected: unknown, what: string): void =>
  demand(isDeepStrictEqual(actual, expected), `${what}: ${show(actual)} instead of ${show(expected)}`)

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

export const callInfo = (signal: AbortSignal = new AbortController().signal): CallInfo => ({
  requestId: "contract-suite",
  model: "contract/suite",
  keyId: "contract-suite",
  signal,
})

export const say = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] })

export const chatRequest = (more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "contract/suite",
  messages: [say("one two three")],
  sampling: {},
  stream: true,
  ...more,
})
