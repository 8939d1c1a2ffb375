import type { BodySpan, ClientDialect, Json } from "../../contract/index.ts"
import { memberOf, objectAt, topLevel, valueEnd } from "../../dialects/json-text/index.ts"

/** Where the formats put what stands before the conversation, and the conversation itself. */
const before: ReadonlySet<string> = new Set(["system", "instructions", "systemInstruction", "system_instruction"])
const conversations: ReadonlySet<string> = new Set(["messages", "input", "contents"])

/** Instructions that are looked through for the first turn. */
const mostInstructions = 16

/**
 * As much of a turn is looked at, and as much of a long instruction at both ends: whoever sends the same so far has the same prompt in the
 * same cache, and nobody reads a book to know it again.
 */
const farEnough = 4096
const bothEnds = 2048

/** A turn whose role can be told without looking for its end, as nearly every client writes it. */
const roleFirst = /\s*\{\s*(?:"type"\s*:\s*"\w+"\s*,\s*)?"role"\s*:\s*"(\w+)"/y

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
      turns = body[valueStart] === "[" ? firstTurns(body, valueStart + 1) : ends(body.slice(valueStart, valueEnd))
  }
  return turns === undefined ? undefined : `${instructions}\n${turns}`
}

/** The first message of the system or the developer, and the first of anybody else. */
function firstTurns(body: string, from: number): string | undefined {
  let instruction = ""
  let at = from
  for (let count = 0; count < mostInstructions; count++) {
    roleFirst.lastIndex = at
    const told = roleFirst.exec(body)?.[1]
    if (told !== undefined && !isInstruction(told)) return instruction + turnAt(body, at)
    const start = body.indexOf("{", at)
    const end = told === undefined ? objectAt(body, at)?.end : valueEnd(body, start)
    if (end === undefined || end < 0) return undefined
    const text = body.slice(start, end)
    if (told === undefined && !isInstruction(roleIn(text))) return instruction + settled(text)
    if (instruction === "") instruction = `${settled(text)}\n`
    const comma = body.indexOf(",", end)
    if (comma < 0) return undefined
    at = comma + 1
  }
  return undefined
}

/** A turn, or as much of it as tells. */
function turnAt(body: string, from: number): string {
  const at = body.indexOf("{", from)
  const text = body.slice(at, at + 2 * farEnough)
  const end = valueEnd(text, 0)
  if (end > 0) return settled(text.slice(0, end))
  return (text.includes("cache_") ? text.replaceAll(cutMark, "") : text).replaceAll(",", "").slice(0, farEnough)
}

const isInstruction = (role: string | undefined): boolean => role === "system" || role === "developer"

function roleIn(text: string): string | undefined {
  const role = memberOf(objectAt(text), "role")
  return role && text.slice(role.valueStart + 1, role.valueEnd - 1)
}

/** In a text that was cut and can be parsed no more; with it go all commas, so that it does not matter on which side of it one stood. */
const cutMark = /"(?:cache_control|prompt_cache_breakpoint)"\s*:\s*(?:\{[^{}]*\}|"[^"]*")/g

const ends = (text: string): string =>
  text.length <= 2 * bothEnds ? text : `${text.slice(0, bothEnds)} ${text.length} ${text.slice(-bothEnds)}`

const settled = (text: string): string => ends(withoutMarks(text))

const withoutMarks = (text: string): string => {
  if (!text.includes("cache_") || !moving.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text, (key, value: Json) => (isMoving.has(key) ? undefined : value)))
  } catch {
    return text
  }
}
