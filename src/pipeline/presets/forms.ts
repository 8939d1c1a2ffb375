import type { ClientDialect } from "../../contract/index.ts"
import { elementsAt, memberOf, type ObjectSpan, valueText } from "../../dialects/json-text/index.ts"

/** How a preset is laid under a body of one format. */
export interface PresetForm {
  /** Fields whose members are laid under the request's one by one. */
  readonly nested: readonly string[]
  /** Puts instructions in front of the request's own. False: the format has no place for them. */
  layUnder(body: string, span: ObjectSpan, system: string, changes: Map<string, string | undefined>): boolean
}

/** A text or a list of parts with another text in front; `part` is how the format writes one. */
const inFront = (own: string | undefined, system: string, part: (text: string) => string): string => {
  if (own === undefined || own === "null" || own === '""') return JSON.stringify(system)
  if (own.startsWith('"')) return JSON.stringify(`${system}\n\n${JSON.parse(own) as string}`)
  return listed(own, part(system))
}

/** A JSON array with one more element at its start. */
const listed = (list: string, element: string): string =>
  elementsAt(list, 0)?.length === 0 ? `[${element}]` : list.replace("[", () => `[${element},`)

const textOf = (body: string, span: ObjectSpan, key: string): string | undefined => {
  const member = memberOf(span, key)
  return member && valueText(body, member)
}

const chat: PresetForm = {
  nested: [],
  layUnder(body, span, system, changes) {
    const messages = textOf(body, span, "messages")
    // A body without messages is refused, and by its own mistake.
    if (messages?.startsWith("[")) changes.set("messages", listed(messages, message(system)))
    return true
  },
}

const message = (system: string): string => `{"role":"system","content":${JSON.stringify(system)}}`

const forms: Readonly<Record<string, PresetForm>> = {
  "chat-completions": chat,
  messages: {
    nested: ["output_config", "metadata"],
    layUnder(body, span, system, changes) {
      const part = (text: string) => `{"type":"text","text":${JSON.stringify(text)}}`
      changes.set("system", inFront(textOf(body, span, "system"), system, part))
      return true
    },
  },
  responses: {
    nested: ["text"],
    layUnder(body, span, system, changes) {
      changes.set("instructions", inFront(textOf(body, span, "instructions"), system, message))
      return true
    },
  },
  gemini: {
    nested: ["generationConfig"],
    layUnder(body, span, system, changes) {
      const key = memberOf(span, "system_instruction") ? "system_instruction" : "systemInstruction"
      changes.set(key, geminiContent(textOf(body, span, key), system))
      return true
    },
  },
}

/** Google takes a text, a part, a list of parts, or a whole content. */
function geminiContent(own: string | undefined, system: string): string {
  const part = `{"text":${JSON.stringify(system)}}`
  if (own === undefined || own === "null") return `{"parts":[${part}]}`
  if (own.startsWith('"')) return `{"parts":[${part},{"text":${own}}]}`
  if (own.startsWith("[")) return listed(own, part)
  const value = JSON.parse(own) as { parts?: unknown }
  if (!Array.isArray(value.parts)) return `{"parts":[${part}${"text" in value ? `,${own}` : ""}]}`
  return JSON.stringify({ ...value, parts: [{ text: system }, ...value.parts] })
}

/** A format of prompts has fields like a chat, and no place for instructions. */
const prompts: PresetForm = { nested: [], layUnder: () => false }

export const presetForm = ({ api }: Pick<ClientDialect, "api">): PresetForm =>
  Object.hasOwn(forms, api) ? forms[api]! : prompts
