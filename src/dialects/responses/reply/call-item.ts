import type { Json, JsonObject } from "../../../contract/index.ts"
import { dialectName } from "../names.ts"
import { type AnswerState, type ItemReader, restOf } from "./blocks.ts"

const filled = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value)

/** A call of a function or of a free-text tool. */
export class CallItem implements ItemReader {
  readonly #state: AnswerState
  readonly #kind: "function" | "custom"
  #item: JsonObject
  #block: number | undefined
  /** What came before the call had a name. */
  #waiting = ""
  #came = ""

  constructor(state: AnswerState, item: JsonObject) {
    this.#state = state
    this.#item = item
    this.#kind = item.type === "custom_tool_call" ? "custom" : "function"
    state.called = true
    if (filled(item.name) !== undefined) this.#start()
  }

  event(type: string, event: JsonObject): void {
    if (/\.(?:arguments|call_arguments|call_input)\.delta$|_(?:arguments|input)\.delta$/.test(type))
      this.#write(textOf(event.delta))
    else if (/_(?:arguments|input)\.done$/.test(type)) this.#complete(textOf(event.arguments ?? event.input))
  }

  done(item: JsonObject): void {
    this.#item = { ...this.#item, ...item }
    // Without a name nobody can run it; the client sees an empty one rather than a call that vanished.
    const block = this.#block ?? this.#start()
    this.#complete(textOf(this.#kind === "custom" ? item.input : item.arguments))
    if (this.#kind === "function" && this.#came.trim() === "") this.#write("{}")
    this.#state.parts.push({ type: "tool-call-end", index: block })
  }

  #start(): number {
    const { call_id: callId, id, name, namespace } = this.#item
    const block = this.#state.blocks++
    this.#block = block
    this.#state.parts.push({
      type: "tool-call-start",
      index: block,
      id: filled(callId) ?? filled(id) ?? this.#state.newId("call_"),
      name: this.#state.toClient(filled(name) ?? ""),
      kind: this.#kind,
      ...(filled(namespace) === undefined ? {} : { extras: { [dialectName]: { namespace: String(namespace) } } }),
    })
    this.#write(this.#waiting)
    return block
  }

  #write(text: string): void {
    if (text === "") return
    if (this.#block === undefined) {
      this.#waiting += text
      return
    }
    this.#came += text
    this.#state.parts.push({ type: "tool-call-delta", index: this.#block, arguments: text })
  }

  #complete(whole: string): void {
    this.#write(restOf(whole, this.#block === undefined ? this.#waiting : this.#came))
  }
}
