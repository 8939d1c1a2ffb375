import type { LiveOffer } from "../../catalog/offers.ts"
import type { Modality, ModelKind, Price, ReasoningFacts, Traits } from "../../contract/index.ts"
import { dearest } from "./dearest.ts"

/** What a public name is: a model, or something that leads to models. */
type Origin = "model" | "alias" | "managed" | "latest" | "policy" | "preset" | "router"

/** A public name and the offers behind it, before anybody asked for it. */
export interface Listable {
  readonly id: string
  readonly origin: Origin
  /** In configured order; of a policy those of all its steps. */
  readonly offers: readonly LiveOffer[]
  /** The name that an alias leads to. */
  readonly leadsTo?: string
  readonly description?: string
}

/** A public model name with what is known of it over all providers that may be used. */
export interface ListedModel extends Listable {
  readonly name: string
  /** `author/slug` of the weights. */
  readonly canonical: string
  readonly kind: ModelKind
  /** Of the offer that costs least; of a policy the highest of all, so that a budget is not surprised by the step that costs most. */
  readonly price: Price | undefined
  /** Tokens; the smallest over the offers, so that what fits the list fits every provider; of a router the largest. */
  readonly context: number | undefined
  readonly maxOutput: number | undefined
  /** What any of the offers can do; unknown where none of them says. */
  readonly traits: Traits
  readonly input: readonly Modality[]
  readonly output: readonly string[]
  /** Request parameters that any of the offers takes. */
  readonly parameters: readonly string[]
  readonly reasoning: ReasoningFacts | undefined
  /** Unix seconds. */
  readonly created: number
  readonly knowledge: string | undefined
  /** Day on which the last of its providers takes it away. */
  readonly shutdown: string | undefined
}

export type PriceOf = (offer: LiveOffer) => Price | undefined

/** What all offers say together. `unknownCreated`: Unix seconds for what nobody knows the day of. */
export function describe(listable: Listable, priceOf: PriceOf, unknownCreated: number): ListedModel {
  const { id, origin, offers } = listable
  const isRouter = origin === "router"
  const isSeveral = isRouter || origin === "policy" || origin === "preset"
  // A router chooses what has the room; every other name may lead to the offer that has least.
  const room = isRouter ? largest : smallest
  const first = isSeveral ? undefined : offers[0]
  const description = listable.description ?? first?.description
  const traits = traitsOf(offers)
  const kind = offers[0]?.kind ?? "chat"
  const prices = offers.map(priceOf).filter((price) => price !== undefined)
  const reasoning = offers.find((offer) => offer.reasoning)?.reasoning ?? (traits.reasoning ? {} : undefined)
  return {
    id,
    origin,
    offers,
    ...(listable.leadsTo === undefined ? {} : { leadsTo: listable.leadsTo }),
    ...(description === undefined ? {} : { description }),
    name: (isSeveral ? undefined : offers.find((offer) => offer.name)?.name) ?? id,
    canonical: isSeveral ? id : (first?.canonical ?? first?.model ?? id),
    kind,
    price: isSeveral ? dearest(prices) : cheapest(prices),
    context: room(offers.map((offer) => offer.context)),
    maxOutput: room(offers.map((offer) => offer.maxOutput)),
    traits,
    input: inputOf(offers, traits, kind),
    output: isRouter ? ["text"] : outputOf(offers, traits, kind),
    parameters: kind === "chat" ? parametersOf(offers, traits) : [],
    reasoning,
    created: earliest(offers.map((offer) => offer.created)) ?? unknownCreated,
    knowledge: first?.knowledge ?? offers.find((offer) => offer.knowledge)?.knowledge,
    shutdown: lastDay(offers),
  }
}

/** The list price and the tariff of reading a cache decide little; input and output in equal parts is how price lists compare. */
const sumOf = (price: Price): number => price.input + price.output

const cheapest = (prices: readonly Price[]): Price | undefined =>
  prices.reduce<Price | undefined>((best, price) => (!best || sumOf(price) < sumOf(best) ? price : best), undefined)

const known = (numbers: readonly (number | undefined)[]): readonly number[] =>
  numbers.filter((number) => number !== undefined)

const smallest = (numbers: readonly (number | undefined)[]): number | undefined =>
  known(numbers).reduce<number | undefined>((least, number) => Math.min(least ?? number, number), undefined)

const largest = (numbers: readonly (number | undefined)[]): number | undefined =>
  known(numbers).reduce<number | undefined>((most, number) => Math.max(most ?? number, number), undefined)

const earliest = smallest

/** Only where every provider has said when; the last one counts. */
function lastDay(offers: readonly LiveOffer[]): string | undefined {
  let last: string | undefined
  for (const { shutdown } of offers) {
    if (shutdown === undefined) return undefined
    if (last === undefined || shutdown > last) last = shutdown
  }
  return last
}

const traitNames = [
  "tools",
  "vision",
  "reasoning",
  "pdf",
  "audio",
  "structuredOutput",
  "promptCache",
  "imageOutput",
] as const satisfies readonly (keyof Traits)[]

function traitsOf(offers: readonly LiveOffer[]): Traits {
  const traits: { -readonly [K in keyof Traits]: Traits[K] } = {}
  for (const name of traitNames)
    for (const offer of offers) {
      const said = offer.traits?.[name]
      if (said !== undefined) traits[name] = said || (traits[name] ?? false)
    }
  return traits
}

const inputOrder: readonly Modality[] = ["text", "image", "file", "audio", "video"]

function inputOf(offers: readonly LiveOffer[], traits: Traits, kind: ModelKind): readonly Modality[] {
  const told = new Set(offers.flatMap(({ input }) => input ?? []))
  if (told.size === 0) told.add("text")
  if (traits.vision) told.add("image")
  if (traits.pdf) told.add("file")
  if (traits.audio || kind === "transcription") told.add("audio")
  return inputOrder.filter((one) => told.has(one))
}

/** What models give that hold no conversation, in OpenRouter's words. */
const outputs: Partial<Record<ModelKind, readonly string[]>> = {
  embeddings: ["embeddings"],
  rerank: ["rerank"],
  images: ["image"],
  speech: ["speech"],
  transcription: ["transcription"],
}

function outputOf(offers: readonly LiveOffer[], traits: Traits, kind: ModelKind): readonly string[] {
  const special = outputs[kind]
  const told = new Set<string>(offers.flatMap(({ output }) => output ?? []))
  if (special) return kind === "images" && told.has("text") ? ["image", "text"] : special
  if (told.size === 0) told.add("text")
  if (traits.imageOutput) told.add("image")
  return inputOrder.filter((one) => told.has(one))
}

/** What conversations take everywhere, or what an encoder leaves out with a loss; assumed where nobody says more. */
const usual = [
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "response_format",
]

const toolParameters = ["tools", "tool_choice", "parallel_tool_calls"]
const reasoningParameters = ["reasoning", "include_reasoning"]

export function parametersOf(offers: readonly Pick<LiveOffer, "parameters">[], traits: Traits): readonly string[] {
  const told = new Set(offers.flatMap(({ parameters }) => parameters ?? []))
  if (told.size === 0 || offers.some(({ parameters }) => parameters === undefined)) {
    for (const one of usual) told.add(one)
    if (traits.tools !== false) for (const one of toolParameters) told.add(one)
    if (traits.structuredOutput !== false) told.add("structured_outputs")
  }
  if (traits.reasoning) for (const one of reasoningParameters) told.add(one)
  return [...told]
}
