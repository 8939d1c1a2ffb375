import { abilityNames, type Capabilities, capabilityKinds, isObject, type Provider } from "../contract/index.ts"

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === "string" && value !== ""
const callable: Check = (value) => typeof value === "function"
const maybeCallable: Check = (value) => value === undefined || callable(value)
const match: Check = (value) => value === undefined || value === "exact" || value === "similar"
const slug: Check = (value) => typeof value === "string" && /^[a-z0-9][a-z0-9._-]*$/.test(value)
const stages: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((stage) => stage === "input" || stage === "output")
const length: Check = (value) => typeof value === "number" && Number.isInteger(value) && value >= 0
const action: Check = (value) => value === undefined || value === "report" || value === "mask" || value === "block"

/** What each kind must have, and in which words its absence is told. */
const shapes: { readonly [K in keyof Required<Capabilities>]: readonly (readonly [string, Check, string])[] } = {
  providers: [
    ["id", slug, "a slug like `openai`"],
    ["name", text, "a text"],
    ["create", callable, "a function"],
  ],
  guardrails: [
    ["name", text, "a text"],
    ["stages", stages, 'a list of "input" and "output"'],
    ["window", length, "a whole number of characters"],
    ["detect", callable, "a function"],
    ["action", action, '"report", "mask" or "block"'],
  ],
  caches: [
    ["name", text, "a text"],
    ["match", match, '"exact" or "similar"'],
    ["lookup", callable, "a function"],
    ["store", callable, "a function"],
    ["purge", maybeCallable, "a function"],
    ["stats", maybeCallable, "a function"],
  ],
  strategies: [
    ["name", text, "a text"],
    ["order", callable, "a function"],
  ],
  transforms: [
    ["name", text, "a text"],
    ["apply", callable, "a function"],
  ],
  sinks: [
    ["name", text, "a text"],
    ["write", callable, "a function"],
  ],
  searches: [
    ["name", text, "a text"],
    ["search", callable, "a function"],
  ],
  detectors: [
    ["name", slug, "a slug like `email`"],
    ["label", text, "a text"],
    ["detect", callable, "a function"],
  ],
  notifiers: [
    ["name", slug, "a slug like `slack`"],
    ["message", callable, "a function"],
  ],
}

/** Checks what `setup` gave. Throws an Error that lists every fault; a plugin that passes can be put into a roster. */
export function checkCapabilities(value: unknown): Capabilities {
  if (!isObject(value)) throw new Error("setup must return an object of capabilities, for example { providers: [ … ] }")
  const given = value as Fields
  const faults: string[] = []
  for (const key of Object.keys(given)) {
    if (!(capabilityKinds as readonly string[]).includes(key)) {
      faults.push(`setup returned "${key}", which is no kind of capability (${capabilityKinds.join(", ")})`)
    }
  }
  for (const kind of capabilityKinds) {
    const list = given[kind]
    if (list === undefined) continue
    if (!Array.isArray(list)) faults.push(`${kind} must be a list`)
    else faults.push(...faultsOf(kind, list))
  }
  if (faults.length > 0) throw new Error(faults.join("; "))
  return value as Capabilities
}

function faultsOf(kind: keyof typeof shapes, list: readonly unknown[]): string[] {
  const faults: string[] = []
  const names = new Set<unknown>()
  list.forEach((item, index) => {
    if (!isObject(item)) {
      faults.push(`${kind}[${index}] is not an object`)
      return
    }
    const fields = item as Fields
    for (const [field, check, words] of shapes[kind]) {
      if (!check(fields[field])) faults.push(`${kind}[${index}].${field} must be ${words}`)
    }
    const name = kind === "providers" ? fields.id : fields.name
    if (names.has(name)) faults.push(`${kind} has "${String(name)}" twice`)
    names.add(name)
  })
  return faults
}

/** Checks what a provider's `create` gave. Throws an Error that says what is missing. */
export function checkProvider(value: unknown): Provider {
  if (!isObject(value)) throw new Error("create must return a provider")
  const { wire, otherWires, chat, abilities, models, listing } = value as Fields
  if (wire === undefined && otherWires === undefined && chat === undefined && abilities === undefined)
    throw new Error("create returned none of `wire`, `chat` and `abilities`")
  checkOptional("", value as Fields, ["chat", "regionOf", "listName"])
  if (models !== undefined && !Array.isArray(models)) throw new Error("models must be a list")
  if (wire !== undefined) checkWire("wire", wire)
  if (otherWires !== undefined && !Array.isArray(otherWires)) throw new Error("otherWires must be a list")
  for (const [index, other] of ((otherWires as readonly unknown[] | undefined) ?? []).entries())
    checkWire(`otherWires[${index}]`, other)
  if (abilities !== undefined) checkAbilities(abilities)
  if (listing !== undefined) checkListing(listing)
  return value as unknown as Provider
}

function checkListing(listing: unknown): void {
  const fields = isObject(listing) ? (listing as Fields) : {}
  for (const hook of ["endpoint", "read"])
    if (typeof fields[hook] !== "function") throw new Error(`listing.${hook} must be a function`)
  checkOptional("listing.", fields, ["next", "sign"])
  if (fields.details === undefined) return
  const details = isObject(fields.details) ? (fields.details as Fields) : {}
  for (const hook of ["request", "read"])
    if (typeof details[hook] !== "function") throw new Error(`listing.details.${hook} must be a function`)
}

/** Functions that may be left out, but not be anything else. */
function checkOptional(place: string, fields: Fields, names: readonly string[]): void {
  for (const name of names)
    if (fields[name] !== undefined && typeof fields[name] !== "function")
      throw new Error(`${place}${name} must be a function`)
}

function checkWire(place: string, wire: unknown): void {
  const fields = isObject(wire) ? (wire as Fields) : {}
  if (!isObject(fields.dialect)) throw new Error(`${place}.dialect must be a dialect`)
  for (const hook of ["profile", "endpoint"]) {
    if (typeof fields[hook] !== "function") throw new Error(`${place}.${hook} must be a function`)
  }
  checkOptional(`${place}.`, fields, ["serves", "declines", "sign", "classify"])
}

function checkAbilities(abilities: unknown): void {
  if (!isObject(abilities)) throw new Error("abilities must be an object")
  for (const [name, ability] of Object.entries(abilities as Fields)) {
    if (!(abilityNames as readonly string[]).includes(name))
      throw new Error(`abilities.${name} is no ability (${abilityNames.join(", ")})`)
    const run = isObject(ability) ? (ability as Fields).run : undefined
    if (typeof run !== "function") throw new Error(`abilities.${name}.run must be a function`)
    checkOptional(`abilities.${name}.`, ability as Fields, ["serves", "classify"])
  }
}
