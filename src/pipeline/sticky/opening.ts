import type { BodySpan, ClientDialect, Json } from "../../contract/index.ts"
import { memberOf, objectAt, topLevel } from "../../dialects/json-text/index.ts"

/** Where the formats put what stands before the conversation, and the conversation itself. */
const before: ReadonlySet<string> = new Set(["system", "instructions", "systemInstruction", "system_instruction"])
const conversations: ReadonlySet<string> = new Set(["messages", "input", "contents"])

/** Instructions that are looked through for the first turn. */
const mostInstructions = 16

/** What is moved along with the end of a conversation, so that an early message is written with it in one turn and without it in the next. */
const moving = /cache_(?:control|breakpoint)"/
const isMoving = new Set(["cache_control", "prompt_cache_breakpoint"])

/**
 * How a conversation begins: its first instructions and its first turn, as text that stays the same while it goes on. `known`: where the
 * body's fields are, if somebody has looked already.
 */
export function openingOf(body: string, client: Pick<ClientDialect, "scan">, known?: BodySpan): string | undefined {
  const span = known ?? (client.scan ? client.scan(body) : topLevel(body))
  if (!span) return undefined
  let instructions = ""
  let turns: string | undefined
  for (const { key, valueStart, valueEnd } of span.members) {
    if (before.has(key)) instructions += settled(body.slice(valueStart, valueEnd))
    else if (turns === undefined && conversations.has(key))
      turns = body[valueStart] === "[" ? firstTurns(body, valueStart + 1) : body.slice(valueStart, valueEnd)
  }
  return turns === undefined ? undefined : `${instructions}\n${turns}`
}

/** The first message of the system or the developer, and the first of anybody else. */
function firstTurns(body: string, from: number): string | undefined {
  let instruction = ""
  let at = from
  for (let count = 0; count < mostInstructions; count++) {
    const element = objectAt(body, at)
    if (!element) return undefined
    const text = body.slice(element.start, element.end)
    if (!isInstruction(body, element)) return instruction + settled(text)
    if (instruction === "") instruction = `${settled(text)}\n`
    const comma = body.indexOf(",", element.end)
    if (comma < 0) return undefined
    at = comma + 1
  }
  return undefined
}

function isInstruction(body: string, element: BodySpan): boolean {
  const role = memberOf(element, "role")
  if (!role) return false
  const word = body.slice(role.valueStart + 1, role.valueEnd - 1)
  return word === "system" || word === "developer"
}

const settled = (text: string): string => {
  if (!text.includes("cache_") || !moving.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text, (key, value: Json) => (isMoving.has(key) ? undefined : value)))
  } catch {
    return text
  }
}
