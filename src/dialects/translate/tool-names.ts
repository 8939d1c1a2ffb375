import type { ChatRequest } from "../../contract/index.ts"
import { shortHash } from "./short-hash.ts"

/** Tool names as a wire format allows them, and back. The same request always maps alike, so that prompt caches hold. */
export interface ToolNames {
  toWire(name: string): string
  toClient(name: string): string
}

export interface NameRule {
  readonly allowed: RegExp
  /** One character that must not stand in a name. */
  readonly forbidden: RegExp
  readonly length: number
}

/** Every name that a request speaks of: declared tools, calls of earlier turns. */
const namesOf = (request: ChatRequest): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const tool of request.tools ?? []) if ("name" in tool) names.add(tool.name)
  for (const message of request.messages) {
    if (message.role === "assistant")
      for (const content of message.content) if (content.type === "tool-call") names.add(content.name)
  }
  return names
}

export const toolNames = (request: ChatRequest, rule: NameRule): ToolNames => {
  const forward = new Map<string, string>()
  const back = new Map<string, string>()
  const odd: string[] = []
  for (const name of namesOf(request)) {
    if (rule.allowed.test(name)) back.set(name, name)
    else odd.push(name)
  }
  for (const name of odd) {
    const clean = `tool_${name}`.replace(rule.forbidden, "_").replace(/^tool_(?=[a-zA-Z_])/, "")
    const short = clean.slice(0, rule.length)
    const wire = rule.allowed.test(short) && !back.has(short) ? short : `tool_${shortHash(name)}`
    forward.set(name, wire)
    back.set(wire, name)
  }
  return { toWire: (name) => forward.get(name) ?? name, toClient: (name) => back.get(name) ?? name }
}
