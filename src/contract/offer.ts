import type { Price, PriceSource } from "./usage.ts"

/** What a model is for; absent = chat. */
export type ModelKind = "chat" | "embeddings" | "rerank" | "images" | "speech" | "transcription"

/** What a model reads or writes, in OpenRouter's words. */
export type Modality = "text" | "image" | "file" | "audio" | "video"

/** What a model can do, as far as known; absent = unknown, which never excludes it. */
export interface Traits {
  readonly tools?: boolean
  readonly vision?: boolean
  readonly reasoning?: boolean
  readonly pdf?: boolean
  readonly audio?: boolean
  readonly structuredOutput?: boolean
  readonly promptCache?: boolean
  readonly imageOutput?: boolean
}

/** How a model's reasoning can be asked for, as far as known. */
export interface ReasoningFacts {
  /** It cannot be switched off. */
  readonly mandatory?: boolean
  /** It reasons when nothing is said. */
  readonly byDefault?: boolean
  /** The efforts that it knows, lowest first. */
  readonly efforts?: readonly string[]
  readonly defaultEffort?: string
  /** A budget in tokens can be named. */
  readonly budget?: boolean
}

/** A model at a provider: what a request can be sent to. */
export interface OfferSeed {
  /** Public name, `author/model`. */
  readonly model: string
  /** The name that the upstream wants. */
  readonly upstream: string
  /** `author/slug` under which the same weights are known at every provider; absent: `model` is it. */
  readonly canonical?: string
  /** The name by which list prices know it, where that is not `upstream`. */
  readonly listName?: string
  readonly kind?: ModelKind
  readonly name?: string
  readonly description?: string
  /** Tokens. */
  readonly context?: number
  /** Tokens of input, where that is less than `context`. */
  readonly maxInput?: number
  /** Tokens. */
  readonly maxOutput?: number
  readonly price?: Price
  /** Where `price` comes from; absent = the configuration or the plugin. */
  readonly priceSource?: PriceSource
  /** Milliseconds UTC of the evidence for `price`; absent where it is somebody's word and not a list's. */
  readonly priceAsOf?: number
  readonly traits?: Traits
  readonly input?: readonly Modality[]
  readonly output?: readonly Modality[]
  /** Request parameters that it takes, in OpenRouter's words; absent = unknown, which never excludes it. */
  readonly parameters?: readonly string[]
  readonly reasoning?: ReasoningFacts
  /** How the weights are stored there: `fp8`, `int4`, `bf16` … */
  readonly quantization?: string
  readonly family?: string
  readonly openWeights?: boolean
  /** Its author allows training other models on what it writes. */
  readonly distillable?: boolean
  /** Day from which its knowledge ends, `YYYY-MM-DD` or `YYYY-MM`. */
  readonly knowledge?: string
  /** Day on which the vendor takes it away, `YYYY-MM-DD`. */
  readonly shutdown?: string
  /** Its vendor advises against it, or has taken it away on a day that nobody told. */
  readonly deprecated?: boolean
  /** Unix seconds of its release. */
  readonly created?: number
  /** The operator's own words for grouping and filtering. */
  readonly tags?: readonly string[]
  /** Which source told each of these facts: `config`, `plugin`, `provider-list`, `overlay`, `models.dev`, `genai-prices`, its own `name`. */
  readonly sources?: Readonly<Record<string, string>>
}

/** What some source knows of a vendor's model; merged field by field. */
export interface ModelFacts extends Partial<OfferSeed> {
  readonly upstream: string
  /** Where it runs, where the vendor's name of it tells: a two-letter country, `eu`, `us`, a cloud's region, or `global`. */
  readonly region?: string
}

/** A model's names, without what is known of it. */
export interface KnownName {
  readonly upstream: string
  /** `author/slug`; absent where nobody can say whose weights they are. */
  readonly canonical?: string
}

/** What is publicly known of models. Synchronous and in memory; what is not known (yet) is undefined. */
export interface KnownModels {
  /** `vendor` is the kind of provider, `provider` the configured one, whose own list may know more. */
  of(vendor: string, upstream: string, provider?: string): ModelFacts | undefined
  list(vendor: string, provider?: string): readonly ModelFacts[]
  /** The names of `list`, without making the rest. */
  names(vendor: string, provider?: string): readonly KnownName[]
  /** `author/slug` of what is called by a public name in whatever spelling: `claude-4-sonnet`, `deepseek-ai/DeepSeek-V3`. */
  canonical(name: string): string | undefined
}

export interface Offer extends OfferSeed {
  /** Id of the configured provider. */
  readonly provider: string
  readonly region?: string
  /** The upstream keeps nothing. */
  readonly zdr?: boolean
  /** `deny`: the upstream neither stores nor trains on what it gets. Absent = unknown, which counts as `allow`. */
  readonly dataCollection?: "allow" | "deny"
}
