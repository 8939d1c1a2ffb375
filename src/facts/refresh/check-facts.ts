import { isDay } from "../../config/timestamp.ts"
import { isObject } from "../../contract/json.ts"
import type { Modality, ModelFacts, ModelKind } from "../../contract/offer.ts"
import type { Price } from "../../contract/usage.ts"

/** Something that cannot be what it claims to be; the row that holds it is left out. */
export class Misfit extends Error {}

type Read<T> = (value: unknown) => T

const longestName = 200
const longestDescription = 2000
const mostTokens = 1e8
/** USD; far above every price there is, and far below what nano-dollars cannot count any more. */
const dearest = 10_000
const longestList = 100

const refuse = (words: string): never => {
  throw new Misfit(words)
}

/** Control characters, and those that turn the direction of what is read, or are not seen at all. */
const hasControls = (text: string): boolean => /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)

/** A name: not empty, one line, not longer than anybody would read. */
export const readName: Read<string> = (value) =>
  typeof value === "string" && value.trim() !== "" && value.length <= longestName && !hasControls(value)
    ? value
    : refuse("a name")

/** Cut where it is long: nobody decides by its end. */
const readDescription: Read<string> = (value) =>
  typeof value === "string"
    ? value.replace(/[^\P{Cc}\n\t]/gu, "").slice(0, longestDescription)
    : refuse("a description")

const readTokens: Read<number> = (value) =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= mostTokens
    ? (value as number)
    : refuse("tokens")

const readUsd: Read<number> = (value) =>
  typeof value === "number" && value >= 0 && value <= dearest ? value : refuse("a price")

const readFlag: Read<boolean> = (value) => (typeof value === "boolean" ? value : refuse("true or false"))

/** A day, or a month, that the calendar has, of these centuries. */
export const isDayOrMonth = (text: string): boolean =>
  /^(?:19|20|21)/.test(text) && isDay(text.length === 7 ? `${text}-01` : text)

const readDay: Read<string> = (value) => (typeof value === "string" && isDayOrMonth(value) ? value : refuse("a day"))

/** Unix seconds between 2000 and 2200. */
const readMoment: Read<number> = (value) =>
  Number.isInteger(value) && (value as number) >= 946_684_800 && (value as number) < 7_258_118_400
    ? (value as number)
    : refuse("a moment")

const readList =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) =>
    Array.isArray(value) && value.length <= longestList ? [...new Set(value.map(read))] : refuse("a list")

const oneOf =
  <T extends string>(...words: readonly T[]): Read<T> =>
  (value) =>
    words.includes(value as T) ? (value as T) : refuse(`one of ${words.join(", ")}`)

const readWord: Read<string> = (value) =>
  typeof value === "string" && /^[\w.-]{1,60}$/.test(value) ? value : refuse("a word")

/** Reads the members that `table` names; others are dropped. Undefined where nothing is left. */
function readMembers<T extends object>(
  value: unknown,
  table: { readonly [K in keyof T]-?: Read<NonNullable<T[K]>> },
): T | undefined {
  if (!isObject(value)) return refuse("an object")
  const read: Record<string, unknown> = {}
  for (const [name, own] of Object.entries(table) as [string, Read<unknown>][]) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined
    if (member !== undefined && member !== null) read[name] = own(member)
  }
  return Object.keys(read).length === 0 ? undefined : (read as T)
}

const required = <T>(value: T | undefined): T => value ?? refuse("something")

const readUnits: Read<Readonly<Record<string, number>>> = (value) => {
  if (!isObject(value) || Object.keys(value).length > 20) return refuse("prices by the piece")
  return Object.fromEntries(Object.entries(value).map(([name, price]) => [readWord(name), readUsd(price)]))
}

type Tier = NonNullable<Price["tiers"]>[number]

const rates: { readonly [K in keyof Omit<Price, "tiers">]-?: Read<NonNullable<Price[K]>> } = {
  input: readUsd,
  output: readUsd,
  cacheRead: readUsd,
  cacheWrite: readUsd,
  cacheWrite1h: readUsd,
  audioInput: readUsd,
  audioOutput: readUsd,
  imageInput: readUsd,
  imageOutput: readUsd,
  reasoning: readUsd,
  request: readUsd,
  perUnit: readUnits,
}

/** In the order in which they are applied. */
const readTiers: Read<readonly Tier[]> = (value) => {
  const tiers = readList((tier) => required(readMembers<Tier>(tier, { ...rates, above: readTokens })))(value)
  if (tiers.some(({ above }) => above === undefined)) return refuse("a tier without a size")
  return [...tiers].sort((left, right) => left.above - right.above)
}

const readPrice: Read<Price> = (value) => {
  const price = required(readMembers<Price>(value, { ...rates, tiers: readTiers }))
  return price.input === undefined || price.output === undefined ? refuse("a price of both sides") : price
}

const readModalities = readList(oneOf<Modality>("text", "image", "file", "audio", "video"))

type Told = Omit<ModelFacts, "model" | "sources" | "priceSource" | "priceAsOf" | "region" | "tags" | "upstream">

const facts: { readonly [K in keyof Told]-?: Read<NonNullable<Told[K]>> } = {
  canonical: readName,
  listName: readName,
  kind: oneOf<ModelKind>("chat", "embeddings", "rerank", "images", "speech", "transcription"),
  name: readName,
  description: readDescription,
  context: readTokens,
  maxInput: readTokens,
  maxOutput: readTokens,
  price: readPrice,
  traits: (value) =>
    readMembers<NonNullable<Told["traits"]>>(value, {
      tools: readFlag,
      vision: readFlag,
      reasoning: readFlag,
      pdf: readFlag,
      audio: readFlag,
      structuredOutput: readFlag,
      promptCache: readFlag,
      imageOutput: readFlag,
    }) ?? {},
  input: readModalities,
  output: readModalities,
  parameters: readList(readWord),
  reasoning: (value) =>
    readMembers<NonNullable<Told["reasoning"]>>(value, {
      mandatory: readFlag,
      byDefault: readFlag,
      efforts: readList(readWord),
      defaultEffort: readWord,
      budget: readFlag,
    }) ?? {},
  quantization: readWord,
  family: readName,
  openWeights: readFlag,
  distillable: readFlag,
  knowledge: readDay,
  shutdown: readDay,
  deprecated: readFlag,
  created: readMoment,
}

/**
 * What somebody outside tells of a model, field by field checked and bounded. Throws Misfit.
 */
export const checkFacts = (value: unknown): ModelFacts => {
  const upstream = readName(isObject(value) ? value.upstream : undefined)
  return { upstream, ...readMembers<Told>(value, facts) }
}
