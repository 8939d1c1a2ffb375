import { isObject, type JsonObject } from "../../contract/json.ts"
import type { Modality, ModelFacts, ModelKind, ReasoningFacts, Traits } from "../../contract/offer.ts"
import { checkFacts, isDayOrMonth, Misfit } from "./check-facts.ts"
import { priceOfCost } from "./models-dev-price.ts"
import { isFree, vendorOf } from "./models-dev-vendors.ts"

/** What a document says, by kind of provider. */
export interface ModelsDevLists {
  readonly lists: ReadonlyMap<string, readonly ModelFacts[]>
  readonly models: number
  /** Rows that did not fit. */
  readonly leftOut: number
}

/** Several times what the document has. */
const mostVendors = 2000
const mostModels = 100_000

/**
 * The API document of models.dev as facts. Rows with anything that cannot be true are left out and counted; what is of no use here (videos,
 * local servers) is not. Throws Error when the whole is no such document.
 */
export function readModelsDev(document: unknown): ModelsDevLists {
  if (!isObject(document)) throw new Error("it is no object of providers")
  const entries = Object.entries(document)
  if (entries.length > mostVendors) throw new Error(`it has ${entries.length} providers`)
  const byVendor = new Map<string, Map<string, ModelFacts>>()
  let [models, leftOut] = [0, 0]
  for (const [id, entry] of entries) {
    const vendor = vendorOf(id)
    if (vendor === undefined) continue
    const rows = isObject(entry) && isObject(entry.models) ? Object.entries(entry.models) : undefined
    if (rows === undefined) {
      leftOut++
      continue
    }
    if (models + leftOut + rows.length > mostModels) throw new Error(`it has more than ${mostModels} models`)
    for (const [upstream, row] of rows) {
      const facts = readRow(vendor, upstream, row)
      if (facts === "misfit") leftOut++
      if (typeof facts === "string") continue
      const kind = isObject(row) ? kindOfProvider(vendor, row) : vendor
      const list = byVendor.get(kind) ?? new Map<string, ModelFacts>()
      byVendor.set(kind, list)
      // Two entries may be one kind of provider here; the one of its own name comes first in the document or is as good.
      if (!list.has(upstream)) models++
      list.set(upstream, facts)
    }
  }
  if (models === 0) throw new Error("it has no models")
  return {
    lists: new Map([...byVendor].map(([vendor, list]) => [vendor, [...list.values()]])),
    models,
    leftOut,
  }
}

/** Claude is reached another way in Microsoft Foundry, by a kind of provider of its own. */
const kindOfProvider = (vendor: string, row: JsonObject): string =>
  vendor === "azure" && isObject(row.provider) && row.provider.npm === "@ai-sdk/anthropic"
    ? "azure-foundry-anthropic"
    : vendor

const readRow = (vendor: string, upstream: string, row: unknown): ModelFacts | "misfit" | "useless" => {
  try {
    if (!isObject(row)) return "misfit"
    const output = modalities(member(row.modalities, "output"))
    if (output !== undefined && !output.some((modality) => modality !== "video" && modality !== "file"))
      return "useless"
    return checkFacts(factsOf(vendor, upstream, row, output))
  } catch (thrown) {
    if (thrown instanceof Misfit) return "misfit"
    throw thrown
  }
}

/** The row in our words. What it says is looked at afterwards; here it only finds its place. */
function factsOf(
  vendor: string,
  upstream: string,
  row: JsonObject,
  output: readonly Modality[] | undefined,
): Record<string, unknown> {
  const input = modalities(member(row.modalities, "input"))
  const context = tokens(member(row.limit, "context"))
  const maxInput = tokens(member(row.limit, "input"))
  const kind = kindOf(upstream, row, output)
  return {
    upstream,
    name: typeof row.name === "string" ? row.name.trim() : row.name,
    family: row.family,
    kind,
    context,
    maxInput: maxInput === context ? undefined : maxInput,
    maxOutput: tokens(member(row.limit, "output")),
    price: priceOfCost(row.cost, isFree(vendor, upstream)),
    traits: traitsOf(row, input, output),
    input,
    output,
    reasoning: reasoningOf(row.reasoning_options),
    openWeights: row.open_weights,
    knowledge: day(row.knowledge),
    deprecated: row.status === "deprecated" ? true : undefined,
    created: released(row.release_date),
  }
}

const member = (value: unknown, name: string): unknown => {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw new Misfit(`${name} of no object`)
  return value[name]
}

/** The document writes 0 where nobody knows. */
const tokens = (value: unknown): unknown => (value === 0 ? undefined : value)
const day = (value: unknown): unknown => (value === "" ? undefined : value)

const released = (value: unknown): number | undefined => {
  // Some write the beginning of all clocks where they do not know.
  if (value === undefined || value === null || value === "" || value === "1970-01-01") return undefined
  if (typeof value !== "string" || !isDayOrMonth(value)) throw new Misfit("a day of release")
  return Date.parse(value.length === 7 ? `${value}-01` : value) / 1000
}

const words: Readonly<Record<string, Modality>> = {
  text: "text",
  image: "image",
  pdf: "file",
  file: "file",
  audio: "audio",
  video: "video",
}

/** Words of the future are passed over. */
const modalities = (value: unknown): readonly Modality[] | undefined => {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length > 20) throw new Misfit("modalities")
  const known = value.flatMap((word) => (typeof word === "string" && Object.hasOwn(words, word) ? [words[word]!] : []))
  return known.length === 0 ? undefined : [...new Set(known)]
}

/** Only what the row itself tells. */
function kindOf(upstream: string, row: JsonObject, output: readonly Modality[] | undefined): ModelKind | undefined {
  const name = `${upstream} ${typeof row.family === "string" ? row.family : ""}`
  if (/embed/i.test(name)) return "embeddings"
  if (/rerank/i.test(name)) return "rerank"
  if (/whisper|transcribe/i.test(name)) return "transcription"
  if (output === undefined || output.includes("text")) return undefined
  if (output.includes("image")) return "images"
  return output.includes("audio") ? "speech" : undefined
}

function traitsOf(
  row: JsonObject,
  input: readonly Modality[] | undefined,
  output: readonly Modality[] | undefined,
): Record<keyof Traits, unknown> {
  const cost = isObject(row.cost) ? row.cost : {}
  const cached = [cost.cache_read, cost.cached_input, cost.cache_input]
  return {
    tools: row.tool_call,
    vision: input?.includes("image"),
    reasoning: row.reasoning,
    pdf: input?.includes("file"),
    audio: input?.includes("audio"),
    structuredOutput: row.structured_output,
    promptCache: cached.some((price) => typeof price === "number") ? true : undefined,
    imageOutput: output?.includes("image"),
  }
}

const ladder = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]

/** `[{ type: "toggle" }, { type: "effort", values }, { type: "budget_tokens", min, max }]`; an empty list tells nothing. */
function reasoningOf(value: unknown): ReasoningFacts | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length > 20) throw new Misfit("ways to reason")
  const options = value.filter(isObject)
  const given = options.find(({ type }) => type === "effort")?.values
  if (given !== undefined && !Array.isArray(given)) throw new Misfit("efforts")
  const efforts = ladder.filter((effort) => given?.includes(effort))
  const canStop = options.some(({ type }) => type === "toggle") || efforts.includes("none")
  const facts: ReasoningFacts = {
    ...(canStop ? { mandatory: false } : {}),
    ...(efforts.length > 0 ? { efforts } : {}),
    ...(options.some(({ type }) => type === "budget_tokens") ? { budget: true } : {}),
  }
  return Object.keys(facts).length === 0 ? undefined : facts
}
