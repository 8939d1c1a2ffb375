import type { ChatPart, FinishReason, Json, JsonObject } from "../../../contract/index.ts"
import { encodeFinish } from "./finish.ts"
import { type Fragment, FragmentWriter } from "./fragments.ts"
import { Grounding } from "./grounding.ts"

/** What is known of one candidate while its parts pass. */
export interface CandidateState {
  readonly grounding: Grounding
  finish: { readonly reason: FinishReason; readonly raw: string | null } | undefined
  /** Something of it was shown. */
  isShown: boolean
}

/** All candidates of one answer, as parts pass. */
export class CandidateBook {
  readonly #writer = new FragmentWriter()
  readonly #states = new Map<number, CandidateState>()

  push(part: ChatPart): Fragment | undefined {
    if (part.type === "finish") this.#at(part.choice ?? 0).finish = part
    if (!("index" in part)) return undefined
    const state = this.#at(part.choice ?? 0)
    state.grounding.note(part)
    const fragment = this.#writer.write(part)
    if (fragment) state.isShown = true
    return fragment
  }

  /** In the order of their numbers; at least one. */
  states(): readonly (readonly [number, CandidateState])[] {
    if (this.#states.size === 0) this.#at(0)
    return [...this.#states].sort(([one], [other]) => one - other)
  }

  close(choice: number): Fragment | undefined {
    return this.#writer.close(choice)
  }

  #at(choice: number): CandidateState {
    const known = this.#states.get(choice)
    if (known) return known
    const state: CandidateState = { grounding: new Grounding(), finish: undefined, isShown: false }
    this.#states.set(choice, state)
    return state
  }
}

export const finishOf = ({ finish }: CandidateState): string =>
  finish ? encodeFinish(finish.reason, finish.raw) : "OTHER"

const blockReasons: ReadonlySet<string> = new Set([
  "SAFETY",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "IMAGE_SAFETY",
  "MODEL_ARMOR",
  "JAILBREAK",
])

/** `promptFeedback` of an answer that was refused before it had begun. */
export const feedbackOf = (states: readonly (readonly [number, CandidateState])[]): JsonObject => {
  if (states.some(([, { isShown, finish }]) => isShown || finish?.reason !== "content-filter")) return {}
  const raw = states[0]?.[1].finish?.raw
  return { promptFeedback: { blockReason: raw && blockReasons.has(raw) ? raw : "SAFETY" } }
}

/** Clients keep a turn in their history only when each of its chunks has parts, so an empty text stands for nothing (as in Google's). */
export const contentOf = (parts: JsonObject[]): JsonObject => ({
  role: "model",
  parts: parts.length > 0 ? parts : [{ text: "" }],
})

export const optional = (key: string, value: Json | undefined): JsonObject =>
  value === undefined ? {} : { [key]: value }
