import type { Abilities } from "./abilities.ts"
import type { ChatRequest, Loss } from "./chat.ts"
import type { Dialect, WireFailure } from "./dialect.ts"
import type { GatewayError } from "./errors.ts"
import type { Json } from "./json.ts"
import type { ModelFacts, OfferSeed } from "./offer.ts"
import type { ChatPart } from "./parts.ts"
import type { Profile } from "./profile.ts"

/** What the configuration says about one entry of `providers:`. */
export interface ProviderSettings {
  readonly id: string
  readonly apiKey?: string
  /** Without a slash at its end. */
  readonly baseUrl?: string
  readonly headers: Readonly<Record<string, string>>
  /** The entry's `options:`, unread. */
  readonly options: Readonly<Record<string, unknown>>
  /** Those of the definition's `variables` that are set. */
  readonly variables?: Readonly<Record<string, string>>
}

/** A kind of provider that `providers:` can name by `id` or by `plugin:`. */
export interface ProviderDefinition {
  /** Slug, unique in a roster: `openai`, `groq`, `mock`. */
  readonly id: string
  /** As shown to people: `OpenAI`. */
  readonly name: string
  /** Environment variables that hold the usual API key; the first one set is used when YAML gives no `api_key`. Never logged. */
  readonly environment?: readonly string[]
  /**
   * Further environment variables that it reads (a region, a project, a session token); it sees no others. Those whose name tells of a
   * credential are never logged.
   */
  readonly variables?: readonly string[]
  /** There even when no YAML entry asks for it (a provider dropped into the plugin folder). Needs no settings. */
  readonly standalone?: boolean
  /** Only there when YAML names it, even if its environment variable is set: it needs more than a key, or shares the variable. */
  readonly explicit?: boolean
  /** Two-letter country or `eu`/`us`, where the host alone tells. */
  readonly region?: string
  /** Pure; throws GatewayError `invalid_request` when a setting is missing. */
  create(settings: ProviderSettings): Provider
}

export interface EndpointCall {
  /** The upstream's own model name. */
  readonly model: string
  readonly stream: boolean
  /**
   * Headers of the client that belong to this wire format (`ClientDialect.forwardedHeaders`, lower case), where client and upstream
   * speak the same one; empty otherwise. Already free of credentials.
   */
  readonly forwarded?: Readonly<Record<string, string>>
  /**
   * What requests that should meet the same prompt cache have in common: the client's cache key, or the session that it named. Printable
   * ASCII without spaces, at most 256 characters. For vendors that route by a header of their own; it is a hint, and no loss elsewhere.
   */
  readonly session?: string
  /** Called for what of the forwarded headers the upstream would refuse. */
  readonly lose?: (loss: Loss) => void
}

export interface Endpoint {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface OutgoingRequest extends Endpoint {
  readonly body: string
}

/** The host encodes, sends, decodes; the provider only says where and how. */
export interface WireChat {
  readonly dialect: Dialect
  /** Pure. False: this model is not reached by this wire. Absent: every model is. Called once per offer and kept. */
  serves?(model: string): boolean
  /** Pure. True sends this request to the provider's next wire (a combination that only the other format carries). Translated lane only. */
  declines?(request: ChatRequest, model: string): boolean
  /** Called once per offer and kept. */
  profile(model: string): Profile
  /** Called per attempt; must be cheap. */
  endpoint(call: EndpointCall): Endpoint
  /** For signatures over the final bytes (SigV4) or tokens that must be fetched. */
  sign?(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingRequest>
  /** Sees a failure before the dialect does; undefined = let the dialect classify. */
  classify?(failure: WireFailure): GatewayError | undefined
}

export interface DirectCall {
  readonly model: string
  readonly request: ChatRequest
  readonly signal: AbortSignal
  readonly lose: (loss: Loss) => void
}

/** The upstream's own list of its models. */
export interface ModelListing {
  /** It names some models only: what is not in it may be there all the same. */
  readonly partial?: boolean
  endpoint(): Endpoint
  /** The list as facts; what is no model, or has no name, is left out. Throws GatewayError `bad_provider_response` on a document of another form. */
  read(document: Json): readonly ModelFacts[]
  /** Where the list goes on; undefined or absent: it ends here. */
  next?(document: Json): Endpoint | undefined
  /** What the upstream only tells of single models: asked for by POST for each that was listed, and laid over what the list says. */
  readonly details?: {
    request(model: string): OutgoingRequest
    read(document: Json): Partial<ModelFacts>
  }
  /** See `WireChat.sign`; the body is empty where the list is asked for by GET. */
  sign?(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingRequest>
}

/** Presence of an ability means that it works; there are no stubs that say "unsupported". */
export interface Provider {
  readonly wire?: WireChat
  /**
   * Where its models run, if the settings tell, as exactly as they do: a cloud's own name of the region (`eu-central-1`, `europe-west1`,
   * `swedencentral`), a two-letter country, `eu`, `us`, or `global` for anywhere. YAML's `region` wins.
   */
  readonly region?: string
  /** Where this one runs, if its name tells (`global.` of Bedrock's profiles); no setting makes that untrue. Pure. */
  regionOf?(model: string): string | undefined
  /** Pure. The vendor's own name of a model that the upstream's name hides (a deployment, a resource path); for list prices. */
  listName?(model: string): string | undefined
  /**
   * Further formats of the same upstream. The client's own is taken where it is among them, so that nothing need be translated;
   * otherwise the first that serves the model and does not decline the request.
   */
  readonly otherWires?: readonly WireChat[]
  /** For what is not HTTP: yields parts itself. Throwing before the first content part lets the next attempt run. */
  chat?(call: DirectCall): AsyncIterable<ChatPart>
  /** What its models can do beside chat. */
  readonly abilities?: Abilities
  /** Asked daily for what is offered there, where the operator allows it. */
  readonly listing?: ModelListing
  /** The models this provider is known to have. An empty or absent list means "any name after the slug". */
  readonly models?: readonly OfferSeed[]
}
