import { GatewayError, type JsonObject, type Loss } from "../contract/index.ts"
import { memberOf, type ObjectSpan, patchObject, topLevel, valueText } from "../dialects/json-text/index.ts"
import { previousItems, referredItem } from "./context.ts"
import { inputItems, itemTexts, wordOf } from "./kept-response.ts"
import type { KeptResponses } from "./kept-responses.ts"

/** A body of /responses whose state is in it: what it refers to stands in its input. */
export interface Prepared {
  readonly body: string
  /** What the response says of its state. */
  readonly echo: JsonObject
  readonly losses: readonly Loss[]
  readonly background: boolean
  /** Absent: the answer is not kept. */
  readonly turn?: { readonly input: string; readonly previousId?: string }
}

export interface StateRules {
  readonly kept: KeptResponses
  readonly keyId: string
  /** False: the configuration keeps no answers. */
  readonly keeps: boolean
  /** Of a whole conversation. */
  readonly mostCharacters: number
}

/** Larger inputs are not kept: a few of them would fill a disk. */
export const mostKeptCharacters = 16 << 20

/** A body without these has nothing to be looked up, and says nothing about being kept. */
const words = /"(?:previous_response_id|item_reference|background|store|conversation)"/

const kept: JsonObject = { store: true }
const notKept: JsonObject = { store: false }
const none: readonly Loss[] = []

/** Its items are only looked for when they are stored. */
const turnOf = (body: string, previousId?: string) => ({
  get input() {
    return inputItems(body)
  },
  ...(previousId === undefined ? {} : { previousId }),
})

/** Immediate where the body names no state, which costs one search through its text. */
export function prepare(body: string, rules: StateRules): Prepared | Promise<Prepared> {
  const span = words.test(body) ? topLevel(body) : undefined
  const keeps = rules.keeps && body.length <= mostKeptCharacters
  // What is no object, or says a field twice, is refused where every body is.
  if (!span || span.duplicates.length > 0)
    return keeps
      ? { body, echo: kept, losses: none, background: false, turn: turnOf(body) }
      : { body, echo: notKept, losses: none, background: false }
  return resolve(body, span, rules, keeps)
}

async function resolve(body: string, span: ObjectSpan, rules: StateRules, keeps: boolean): Promise<Prepared> {
  refuseConversation(body, span)
  const asked = flagOf(body, span, "store")
  const background = flagOf(body, span, "background") === true
  const previousId = previousOf(body, span)
  if (background && asked === false)
    throw invalid("background", "needs the answer to be stored: leave store out, or make it true")
  if (background && !keeps) throw invalid("background", whyNot(rules))
  const own = await ownBody(body, rules)
  const before = previousId === undefined ? [] : await previousOrThrow(previousId, rules)
  const changes = new Map<string, string | undefined>()
  if (memberOf(span, "background")) changes.set("background", undefined)
  if (memberOf(span, "previous_response_id")) changes.set("previous_response_id", undefined)
  if (before.length > 0 || own !== undefined) {
    const items = own ?? (memberOf(span, "input") ? itemTexts(inputItems(body)) : [])
    changes.set("input", `[${[...before, ...items].join(",")}]`)
  }
  const isKept = keeps && asked !== false
  const turn = own === undefined ? turnOf(body, previousId) : turnWith(own, previousId)
  return {
    body: changes.size === 0 ? body : patchObject(body, span, changes),
    echo: {
      ...(isKept ? kept : notKept),
      ...(previousId === undefined ? {} : { previous_response_id: previousId }),
      ...(background ? { background } : {}),
    },
    losses: asked === true && !isKept ? [lostStore(rules)] : none,
    background,
    ...(isKept ? { turn } : {}),
  }
}

const turnWith = (items: readonly string[], previousId: string | undefined) => ({
  input: `[${items.join(",")}]`,
  ...(previousId === undefined ? {} : { previousId }),
})

/** The items of the body itself with references resolved; undefined where it has none. */
async function ownBody(body: string, { kept, keyId }: StateRules): Promise<readonly string[] | undefined> {
  if (!body.includes('"item_reference"')) return undefined
  const items = itemTexts(inputItems(body))
  if (!items.some(isReference)) return undefined
  const resolved: string[] = []
  for (const [index, item] of items.entries()) {
    const id = isReference(item) ? wordOf(item, "id") : undefined
    resolved.push(id === undefined ? item : await referredItem(kept, id, keyId, `input[${index}].id`))
  }
  return resolved
}

const isReference = (item: string): boolean => wordOf(item, "type") === "item_reference"

async function previousOrThrow(id: string, rules: StateRules): Promise<readonly string[]> {
  if (rules.keeps) return previousItems(rules.kept, id, rules.keyId, rules.mostCharacters)
  throw new GatewayError("previous_response_not_found", `No answers are kept here: ${retentionAdvice}.`, {
    param: "previous_response_id",
  })
}

const retentionAdvice = "send the whole conversation in input, or have responses.retention_days raised"

const whyNot = ({ keeps }: StateRules): string =>
  keeps
    ? `needs the answer to be stored, and its input is over ${mostKeptCharacters} characters`
    : "needs the answer to be stored, and no answers are kept here (responses.retention_days is 0)"

const lostStore = (rules: StateRules): Loss => ({
  path: "store",
  action: "dropped",
  code: "state_unsupported",
  reason: rules.keeps
    ? `the input is over ${mostKeptCharacters} characters, and the answer is not kept`
    : "no answers are kept here (responses.retention_days is 0)",
})

const invalid = (param: string, words: string) => new GatewayError("invalid_request", `"${param}" ${words}.`, { param })

function refuseConversation(body: string, span: ObjectSpan): void {
  const member = memberOf(span, "conversation")
  if (member && valueText(body, member) !== "null")
    throw invalid(
      "conversation",
      "names an object that is not kept here: go on with previous_response_id, or send the whole conversation in input",
    )
}

function flagOf(body: string, span: ObjectSpan, key: string): boolean | undefined {
  const member = memberOf(span, key)
  const value = member && valueText(body, member)
  if (value === undefined || value === "null") return undefined
  if (value !== "true" && value !== "false") throw invalid(key, "must be true or false")
  return value === "true"
}

function previousOf(body: string, span: ObjectSpan): string | undefined {
  const member = memberOf(span, "previous_response_id")
  const value = member && valueText(body, member)
  if (value === undefined || value === "null") return undefined
  if (!value.startsWith('"') || value === '""')
    throw invalid("previous_response_id", `must be the id of a response ("resp_…")`)
  return JSON.parse(value) as string
}
