import type { ChatPart, Tool } from "../../contract/index.ts"

/** Arguments longer than this are taken to be good. */
const longest = 1_000_000

interface Call {
  readonly isJson: boolean
  text: string
}

/**
 * Whether an upstream's calls of tools could be run: their names are known, and their arguments are JSON. A vendor that serves a model badly
 * is known by calls that are not.
 */
export class ToolCheck {
  readonly #names: ReadonlySet<string> | undefined
  readonly #open = new Map<string, Call>()
  /** Undefined: there was no call yet. */
  isGood: boolean | undefined

  /** Tools that the upstream brings itself have names that nobody knows; beside those, only the arguments are looked at. */
  constructor(tools: readonly Tool[] | undefined) {
    const names = tools?.flatMap((tool) => ("name" in tool && typeof tool.name === "string" ? [tool.name] : []))
    this.#names = tools && names?.length === tools.length ? new Set(names) : undefined
  }

  note(part: ChatPart): void {
    if (part.type === "tool-call-start") this.#start(keyOf(part), part.name, part.kind === "function")
    else if (part.type === "tool-call-delta") this.#add(keyOf(part), part.arguments)
    else if (part.type === "tool-call-end") this.#end(keyOf(part))
  }

  #start(key: string, name: string, isJson: boolean): void {
    this.isGood = this.isGood !== false && this.#names?.has(name) !== false
    this.#open.set(key, { isJson, text: "" })
  }

  #add(key: string, text: string): void {
    const call = this.#open.get(key)
    if (call?.isJson && call.text.length < longest) call.text += text
  }

  #end(key: string): void {
    const call = this.#open.get(key)
    this.#open.delete(key)
    if (!call?.isJson || call.text === "" || call.text.length >= longest || !this.isGood) return
    try {
      JSON.parse(call.text)
    } catch {
      this.isGood = false
    }
  }
}

const keyOf = (part: { readonly choice?: number; readonly index: number }): string =>
  `${part.choice ?? 0}/${part.index}`
