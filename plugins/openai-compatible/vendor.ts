import type { ListQuirks } from "signalbox/dialects"
import type { Dialect, ErrorCode, Json, JsonObject, ModelFacts, Profile, Retry } from "signalbox/plugin"

/** A setting of `options:` that fills a placeholder of the base URL. */
export interface UrlOption {
  readonly description: string
  /** Values are put into a host or path, so only harmless characters may pass. */
  readonly pattern: RegExp
}

/** A failure that this vendor words in a way the dialect's general rules would read wrongly. */
export interface ErrorQuirk {
  readonly status?: readonly number[]
  /** Tested against the whole body. */
  readonly body?: RegExp
  readonly code: ErrorCode
  readonly retry?: Retry
  /** In place of the upstream's own words, where it has none. */
  readonly message?: string
}

/** What holds for some of a vendor's models, on top of its profile. Every rule that matches applies, later ones win. */
export interface ModelRule {
  /** Tested against the upstream's own model name. */
  readonly match: RegExp
  readonly profile: Profile
}

/** The header that carries the key, and what stands in front of it there. */
export interface Auth {
  readonly header: string
  readonly prefix: string
}

/** Wire formats by the names of their dialects. */
export const formatNames = ["chat-completions", "messages", "responses"] as const
export type FormatName = (typeof formatNames)[number]

/** A format that a vendor speaks, and in what it differs from the usual there. */
export interface Format {
  readonly name: FormatName
  /** Relative to the base URL (`../anthropic/v1/messages`). Default: the route's own name below it. */
  readonly path?: string
  readonly auth?: Auth
  /** Default: for chat completions the row's flags, for the others those of a plain imitation. */
  readonly profile?: (model: string) => Profile
  /** messages: counts the tokens of a request without answering it, at `count_tokens` below the route. */
  readonly countsTokens?: boolean
}

/** A format of the server's own, spoken instead of all others where one of its options is set. */
export interface NativeFormat {
  /** Its options, and what each may be. */
  readonly options: Readonly<Record<string, "number" | "text">>
  /** Relative to the base URL. */
  readonly path: string
  dialect(options: Readonly<Record<string, unknown>>): Dialect
  profile(model: string): Profile
}

/** How a vendor tells which models it has, and in what that differs from OpenAI's `GET /models`. */
export interface VendorList extends ListQuirks {
  /** Relative to the base URL. Default `models`. */
  readonly path?: string
  /** Default: as OpenAI's imitators write it. */
  readonly read?: (document: Json) => readonly ModelFacts[]
  /** What it only tells of single models, asked for at a path of its own. */
  readonly details?: {
    readonly path: string
    body(model: string): JsonObject
    read(document: Json): Partial<ModelFacts>
  }
}

/** One upstream that speaks chat completions, or one of OpenAI's other routes, as data. */
export interface Vendor {
  readonly slug: string
  readonly name: string
  /** Without a slash at its end; `{name}` is filled from `options.name`. Absent: YAML must give `base_url`. */
  readonly baseUrl?: string
  /** What the `base_url` must be, where there is none to start from. */
  readonly baseUrlHint?: string
  /** Variables with the usual key, best known first. */
  readonly environment?: readonly string[]
  /** Country or `eu`/`us`, only where the host serves from nowhere else. */
  readonly region?: string
  /** Answers without a key. */
  readonly keyless?: boolean
  /** Started only when YAML names it. */
  readonly explicit?: boolean
  /** Default: `authorization: Bearer KEY`. */
  readonly auth?: Auth
  /** The header by which requests of one session reach the server that has its prompt cached. */
  readonly affinityHeader?: string
  readonly urlOptions?: Readonly<Record<string, UrlOption>>
  /** Its models talk. Default true; otherwise the vendor is there for its abilities alone. */
  readonly chat?: boolean
  /** Preferred first; a client's own format goes before that order. Default: chat completions alone. */
  readonly formats?: readonly Format[]
  readonly native?: NativeFormat
  /** Chat completions with what no flag can say. Default: the plain dialect. */
  readonly dialect?: Dialect
  /** chat-completions: what it wants differently, and what some of its models do. */
  readonly profile?: Profile
  readonly models?: readonly ModelRule[]
  readonly errors?: readonly ErrorQuirk[]
  /** False: it has no list. */
  readonly list?: VendorList | false
}
