import type { JsonObject } from "../../../contract/index.ts"
import { type Event, type ItemPlace, type ItemStatus, itemAdded, itemDone, type OpenItem } from "./item-writer.ts"

/** How calls of either kind are spelled. */
const spellings = {
  function: {
    type: "function_call",
    field: "arguments",
    delta: "response.function_call_arguments.delta",
    done: "response.function_call_arguments.done",
  },
  custom: {
    type: "custom_tool_call",
    field: "input",
    delta: "response.custom_tool_call_input.delta",
    done: "response.custom_tool_call_input.done",
  },
} as const

export interface Call {
  readonly id: string
  readonly kind: keyof typeof spellings
  /** `name`, and `namespace` where the client put the tool into one. */
  readonly names: { readonly name: string; readonly namespace?: string }
}

/** A call of a tool: the model's text for it grows, then it is done. */
export class CallWriter implements OpenItem {
  readonly #place: ItemPlace
  readonly #call: Call
  #text = ""
  #finished: JsonObject | undefined

  constructor(place: ItemPlace, call: Call) {
    this.#place = place
    this.#call = call
  }

  get item(): JsonObject {
    return this.#itemAs("in_progress")
  }

  open(): Event {
    return itemAdded(this.#place, this.item)
  }

  write(text: string): readonly Event[] {
    if (text === "") return []
    this.#text += text
    return [{ type: spellings[this.#call.kind].delta, ...this.#place, delta: text }]
  }

  close(status: ItemStatus): readonly Event[] {
    const { kind, names } = this.#call
    const { done, field } = spellings[kind]
    // A call without arguments is "{}": clients parse what stands here.
    if (kind === "function" && this.#text.trim() === "") this.#text = "{}"
    const said = { ...(kind === "function" ? { name: names.name } : {}), [field]: this.#text }
    const item = this.#itemAs(status)
    this.#finished = item
    return [{ type: done, ...this.#place, ...said }, itemDone(this.#place, item)]
  }

  #itemAs(status: string): JsonObject {
    if (this.#finished) return this.#finished
    const { id, kind, names } = this.#call
    const { type, field } = spellings[kind]
    return { type, id: this.#place.item_id, call_id: id, ...names, [field]: this.#text, status }
  }
}
