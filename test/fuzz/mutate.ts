import { isObject, type Json, type JsonObject } from "../../src/contract/index.ts"
import type { Chance } from "./chance.ts"

const nested = (depth: number): Json => {
  let value: Json = "deep"
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** Values that nobody expects in this place. */
const oddValues: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  "",
  " ",
  "x".repeat(5000),
  "\ud800",
  "\u0000",
  "__proto__",
  "data:image/png;base64,###",
  "data:;base64,",
  [],
  [null],
  [[]],
  {},
  { type: "text" },
  { type: "function" },
  { __proto__x: 1, constructor: { prototype: 1 }, toString: "x" },
]

const oddKeys = ["type", "role", "content", "id", "index", "toString", "constructor", "", "field_of_tomorrow"]

/** Keys whose change only reaches a model or a route that is not there. */
const kept = new Set(["model", "stream"])

function change(value: Json, chance: Chance): Json {
  if (chance.once(6)) return chance.once(8) ? nested(200) : chance.pick(oddValues)
  if (Array.isArray(value) && value.length > 0) {
    const at = chance.below(value.length)
    const list = [...value]
    const how = chance.below(6)
    if (how === 0) list.splice(at, 1)
    else if (how === 1) list.splice(at, 0, list[at]!)
    else if (how === 2) list.reverse()
    else list[at] = change(list[at]!, chance)
    return list
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    const keys = Object.keys(value)
    const key = chance.pick(keys)
    const how = chance.below(8)
    const { [key]: one, ...rest } = value
    if (how === 0 && !kept.has(key)) return rest
    if (how === 1) return { ...value, [chance.pick(oddKeys)]: chance.pick(oddValues) }
    if (how === 2 && !kept.has(key)) return { ...rest, [`${key}x`]: one! }
    if (kept.has(key)) return change(rest, chance) as JsonObject
    return { ...value, [key]: change(one!, chance) }
  }
  return chance.pick(oddValues)
}

/** The same JSON with a few things wrong in it; `model` and `stream` stay. */
export function mutated(value: JsonObject, chance: Chance): JsonObject {
  const { model, stream } = value
  let out: Json = value
  for (let left = 1 + chance.below(3); left > 0; left--) out = change(out, chance)
  return {
    ...(isObject(out) ? out : { messages: out, contents: out, input: out }),
    ...(model === undefined ? {} : { model }),
    ...(stream === undefined ? {} : { stream }),
  }
}

/** The text of a body, which now and then is none. */
export function bodyText(value: JsonObject, chance: Chance): string {
  const text = JSON.stringify(value)
  switch (chance.below(12)) {
    case 0:
      return text.slice(0, chance.below(text.length))
    case 1:
      // A key said twice, in front and at the end.
      return `{"messages":[],"max_tokens":1,${text.slice(1, -1)},"max_tokens":2,"tools":null}`
    case 2:
      return text.replace(/:(\d+)/, () => ":1e999")
    case 3:
      return text.replace(/"([^"\\]+)"/, () => '"\\ud800"')
    case 4:
      return `${"[".repeat(5000)}${text}`
    case 5:
      return `\ufeff  ${text}\n\n`
    default:
      return text
  }
}

const garbage = [
  ": comment\n\n",
  "data: \n\n",
  "data: {\n\n",
  "event: x\n\n",
  "data: [DONE]\n\n",
  "data: null\n\n",
  "\u0000\ufffd",
  "<html>\n\n",
  'data: {"error":{"message":"broken"}}\n\n',
  "\r\n\r\n",
]

const mutatedEvent = (event: string, chance: Chance): string => {
  const brace = event.indexOf("{")
  if (brace < 0) return event
  try {
    const value = JSON.parse(event.slice(brace)) as JsonObject
    return `${event.slice(0, brace)}${JSON.stringify(mutated(value, chance))}\n\n`
  } catch {
    return event
  }
}

/** Events of a stream that is out of order, doubled, cut or strange. */
export function mutatedEvents(events: readonly string[], chance: Chance): string[] {
  const out = [...events]
  for (let left = 1 + chance.below(3); left > 0 && out.length > 0; left--) {
    const at = chance.below(out.length)
    switch (chance.below(7)) {
      case 0:
        out.splice(at, 1)
        break
      case 1:
        out.splice(at, 0, out[at]!)
        break
      case 2: {
        const other = chance.below(out.length)
        const [one, two] = [out[at]!, out[other]!]
        out[at] = two
        out[other] = one
        break
      }
      case 3:
        out.splice(at)
        break
      case 4:
        out.splice(at, 0, chance.pick(garbage))
        break
      case 5:
        out[at] = out[at]!.slice(0, chance.below(out[at]!.length))
        break
      default:
        out[at] = mutatedEvent(out[at]!, chance)
    }
  }
  return out
}

/** Bytes with some of them changed, taken out or put in. */
export function mutatedBytes(bytes: Uint8Array, chance: Chance): Uint8Array {
  const out = Uint8Array.from(bytes)
  const at = chance.below(out.length)
  switch (chance.below(3)) {
    case 0:
      out[at] = chance.below(256)
      return out
    case 1:
      return out.slice(0, at)
    default:
      return Buffer.concat([out.slice(0, at), Uint8Array.of(chance.below(256)), out.slice(at)])
  }
}
