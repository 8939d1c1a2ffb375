import { isObject, type Json, type JsonObject } from "../../../contract/index.ts"

/** A call under way. */
export interface OpenCall {
  /** Number of its block in the answer. */
  readonly block: number
  id: string
  name: string
  readonly kind: "function" | "custom"
  /** What has arrived of the arguments. */
  text: string
  started: boolean
  signature: string | undefined
}

const text = (value: Json | undefined): string => (typeof value === "string" ? value : "")

const isComplete = (json: string): boolean => {
  try {
    JSON.parse(json)
    return true
  } catch {
    return false
  }
}

/** Arguments are a string by the book; some servers send the object. */
const argumentsText = (value: Json | undefined): string =>
  typeof value === "string" ? value : isObject(value) ? JSON.stringify(value) : ""

export interface CallDelta {
  readonly index: number | undefined
  readonly id: string
  readonly name: string
  readonly kind: "function" | "custom"
  readonly text: string
  readonly signature: string | undefined
}

export const readCallDelta = (raw: JsonObject): CallDelta => {
  const kind = raw.type === "custom" || isObject(raw.custom) ? "custom" : "function"
  const body = isObject(raw[kind]) ? raw[kind] : {}
  const google = isObject(raw.extra_content) && isObject(raw.extra_content.google) ? raw.extra_content.google : {}
  return {
    index: typeof raw.index === "number" ? raw.index : undefined,
    id: text(raw.id),
    name: text(body.name),
    kind,
    text: kind === "custom" ? text(body.input) : argumentsText(body.arguments),
    signature: typeof google.thought_signature === "string" ? google.thought_signature : undefined,
  }
}

/**
 * Finds the call that a fragment belongs to: by index first, then by id, then the only one open. Servers leave out the index, use one
 * index for all calls, one id for several, or repeat a (blank) name on every fragment.
 */
export class CallTracker {
  readonly calls: OpenCall[] = []
  readonly #byIndex = new Map<number, OpenCall>()

  /** The call of this fragment; a new one where none fits. */
  find(delta: CallDelta, newBlock: () => number): OpenCall {
    const known = this.#match(delta)
    if (known) return known
    const call: OpenCall = {
      block: newBlock(),
      id: "",
      name: "",
      kind: delta.kind,
      text: "",
      started: false,
      signature: undefined,
    }
    this.calls.push(call)
    if (delta.index !== undefined) this.#byIndex.set(delta.index, call)
    return call
  }

  isIdTaken(id: string, by: OpenCall): boolean {
    return this.calls.some((call) => call !== by && call.id === id)
  }

  #match(delta: CallDelta): OpenCall | undefined {
    const last = this.calls.at(-1)
    if (delta.index !== undefined) {
      const call = this.#byIndex.get(delta.index)
      // The same index with another id and a name: a server that numbers every call 0.
      const isOther = call && delta.id !== "" && call.id !== "" && delta.id !== call.id && delta.name !== ""
      return isOther ? undefined : call
    }
    if (delta.id !== "") {
      const call = this.calls.findLast((candidate) => candidate.id === delta.id)
      if (call) return call
      // A late id of a call that had none yet.
      return last && last.id === "" && (delta.name === "" || delta.name === last.name) ? last : undefined
    }
    if (!last || delta.name === "") return last
    const continues = delta.name === last.name && last.text !== "" && !isComplete(last.text)
    return continues || last.name === "" ? last : undefined
  }
}
