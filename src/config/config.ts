import type { JsonObject } from "../contract/json.ts"
import type { ModelKind, OfferSeed } from "../contract/offer.ts"

/** How long an answer may be remembered (openrouter.ai/docs, response caching). */
export const longestTtlSeconds = 86_400

/** Deadlines of one attempt, milliseconds; 0 = none. */
export interface Timeouts {
  /** To the upstream's response headers of a streamed call. */
  readonly connectMs: number
  readonly firstPartMs: number
  /** Between two parts. */
  readonly idleMs: number
  readonly totalMs: number
}

export interface ConfiguredProvider {
  readonly id: string
  /** The kind of provider; the id itself unless `plugin:` names another. */
  readonly plugin: string
  readonly name?: string
  readonly apiKey?: string
  /** Without a slash at its end. */
  readonly baseUrl?: string
  readonly headers: Readonly<Record<string, string>>
  readonly options: Readonly<Record<string, unknown>>
  readonly region?: string
  readonly zdr?: boolean
  readonly dataCollection?: "allow" | "deny"
  readonly quantization?: string
  /** Several credentials, taken in turn; absent where there is one or none. */
  readonly apiKeys?: readonly string[]
  /** Requests at once; absent: any number. */
  readonly concurrency?: number
  readonly queue: number
  readonly queueMs: number
  /** For people and lists. */
  readonly about: {
    readonly headquarters?: string
    readonly datacenters?: readonly string[]
    readonly privacyPolicyUrl?: string
    readonly termsOfServiceUrl?: string
    readonly statusPageUrl?: string
  }
  /** Absent: every name after the slug. */
  readonly models?: readonly OfferSeed[]
  readonly timeouts: Timeouts
}

export type LimitReset = "daily" | "weekly" | "monthly" | "never"

/** What is done when an answer breaks off after it had begun. */
export type StreamRecovery = "error" | "continue"

/** How a key's requests are routed when they do not say. */
export interface KeyRouting {
  /** Models and patterns it may use; absent: all. */
  readonly models?: readonly string[]
  readonly defaultModel?: string
  /** OpenRouter's `provider` object; restrictions add to those of the request, wishes give way to them. */
  readonly provider?: JsonObject
  /** Whether answers are remembered. */
  readonly cache?: boolean
  readonly streamRecovery?: StreamRecovery
  /** Higher goes first where requests wait for an upstream. */
  readonly priority?: number
}

/** An inference key that the file declares. */
export interface ConfiguredKey {
  readonly name: string
  /** The token itself; only its SHA-256 is to be kept. */
  readonly key: string
  /** What may be spent per window, nano-dollars; absent: no limit. */
  readonly limitNano?: number
  readonly limitReset: LimitReset
  readonly expiresAtMs?: number
  readonly disabled: boolean
  readonly strict: boolean
  readonly routing?: KeyRouting
  readonly rates?: ConfiguredRates
  readonly labels?: Readonly<Record<string, string>>
  /** Whether its prompts and answers are kept; absent: as `bodies.store` says. */
  readonly storeBodies?: boolean
}

/** Absent: not limited. */
export interface ConfiguredRates {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly concurrency?: number
}

/** Money in nano-dollars; thresholds ascending. */
export interface ConfiguredAlerts {
  readonly destinations: readonly {
    readonly name: string
    readonly notifier: string
    readonly url: string
    readonly secret?: string
  }[]
  readonly rules: readonly {
    readonly name: string
    readonly on: "key" | "member" | "group" | "service-account" | "project" | "organisation"
    readonly target?: string
    readonly percents?: readonly number[]
    readonly spentNanos?: readonly number[]
    readonly balanceNanos?: readonly number[]
    readonly window?: "daily" | "weekly" | "monthly" | "total"
    /** Names. */
    readonly destinations: readonly string[]
  }[]
}

export interface ConfiguredPlugin {
  readonly name: string
  /** False switches off a plugin that would be there otherwise. */
  readonly enabled: boolean
  readonly options: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface PolicyStep {
  /** A model, an alias or another policy. */
  readonly model: string
  readonly retries: number
  /** Only of `balance`; 1 elsewhere. */
  readonly weight: number
  readonly provider?: JsonObject
}

export interface Policy {
  /** `fallback`: in order; `balance`: one drawn by weight; `latency`, `cost`: the best one for this request first. */
  readonly kind: "fallback" | "balance" | "latency" | "cost"
  readonly steps: readonly PolicyStep[]
  readonly stickyBy: "trace" | "session" | "user" | "none"
  /** Whether `balance` goes on to the other steps. */
  readonly others: boolean
  /** Share of requests that try another step first, by `latency`. */
  readonly explore: number
  readonly hedgeMs?: number
  readonly streamRecovery?: StreamRecovery
  readonly provider?: JsonObject
  readonly description?: string
}

/** What is laid under a request that names it. */
export interface Preset {
  readonly name?: string
  readonly description?: string
  readonly system?: string
  /** Fields of a chat request. */
  readonly parameters: JsonObject
}

/** A model that fits all that is said is approved. */
export interface ApprovalRule {
  readonly models?: readonly string[]
  readonly authors?: readonly string[]
  readonly providers?: readonly string[]
  readonly regions?: readonly string[]
  readonly zdr?: boolean
  readonly dataCollection?: "allow" | "deny"
  readonly kinds?: readonly ModelKind[]
  readonly tags?: readonly string[]
  /** USD per million tokens. */
  readonly maxPrice?: { readonly input?: number; readonly output?: number }
}

export interface ApprovedModels {
  readonly mode: "all" | "listed" | "rules"
  readonly models: readonly string[]
  readonly rules: readonly ApprovalRule[]
  /** The file says so; otherwise this is what holds as long as nobody says anything. */
  readonly fromFile: boolean
}

/** A further address to listen on, or a name by which the gateway is called. */
export interface RegionDoor {
  readonly region: string
  /** Refuse other models; otherwise they are left out. */
  readonly strict: boolean
}

/**
 * The configuration with every default filled in. Frozen to its leaves. Times are milliseconds, paths absolute, money USD.
 * Disabled providers are left out.
 */
export interface Config {
  /** The file it was read from; absent = there was none. */
  readonly file?: string
  readonly server: {
    readonly host: string
    readonly port: number
    /** Without a slash at its end. */
    readonly publicUrl?: string
    readonly shutdownMs: number
    /** 0 = off. */
    readonly watchdogMs: number
    readonly listeners: readonly { readonly host: string; readonly port: number; readonly door?: RegionDoor }[]
    /** By host name in lower case, without a port. */
    readonly hosts: Readonly<Record<string, RegionDoor>>
  }
  readonly dataDir: string
  /** Without a url: a file in `dataDir`. */
  readonly store: { readonly url?: string; readonly authToken?: string }
  readonly adminKey?: string
  /** What the file says of the organisation goes before what the API says. */
  readonly organisation: {
    readonly name?: string
    readonly limitNano?: number
    readonly limitReset: LimitReset
    readonly memberLimitNano?: number
    /** Whether keys with a limit on money may use what nobody knows a price of. */
    readonly unpriced: "refuse" | "allow"
    readonly credits: "unlimited" | "prepaid"
  }
  readonly rateLimits: {
    readonly all?: ConfiguredRates
    readonly key?: ConfiguredRates
    readonly member?: ConfiguredRates
    readonly group?: ConfiguredRates
    readonly models: readonly {
      readonly models: readonly string[]
      readonly per: "organisation" | "key"
      readonly rates: ConfiguredRates
    }[]
  }
  readonly alerts: ConfiguredAlerts
  /** Prompts and answers. */
  readonly bodies: {
    readonly store: boolean
    readonly retentionDays: number
    readonly quotaBytes: number
    readonly bodyBytes: number
    readonly encryptionKey?: string
  }
  readonly signIn: { readonly callbackSchemes: readonly string[] }
  /** Credentials for upstreams that others than the operator bring. */
  readonly byok: { readonly perRequest: boolean }
  /** Absent: the one in `dataDir`. */
  readonly sealKey?: string
  readonly keys: readonly ConfiguredKey[]
  /** Absent: depends on which upstreams are there. */
  readonly defaultModel?: string
  /** In order of preference. */
  readonly providers: readonly ConfiguredProvider[]
  /** True when no `providers:` are written: every provider whose usual environment variable is set serves, plus `mock`. */
  readonly providersFromEnvironment: boolean
  readonly plugins: {
    readonly dir: string
    readonly use: readonly ConfiguredPlugin[]
    readonly hookMs: number
    /** 0 = never switched off. */
    readonly failures: number
    readonly retryMs: number
    readonly drainMs: number
  }
  readonly aliases: Readonly<Record<string, string>>
  readonly policies: Readonly<Record<string, Policy>>
  readonly presets: Readonly<Record<string, Preset>>
  readonly routing: {
    readonly provider?: JsonObject
    /** 0 = conversations are not kept at their upstream. */
    readonly stickyMs: number
    readonly streamRecovery: StreamRecovery
    readonly managed: boolean
    readonly auto: { readonly models?: readonly string[]; readonly exclude: readonly string[] }
  }
  readonly approvedModels: ApprovedModels
  readonly catalog: {
    /** 0 = never. */
    readonly refreshMs: number
    readonly url: string
    readonly upstreamLists: boolean
    readonly airGapped: boolean
  }
  readonly cache: {
    readonly enabled: boolean
    readonly ttlSeconds: number
    readonly share: "key" | "organisation"
    readonly coalesce: boolean
  }
  readonly strategy?: string
  readonly timeouts: Timeouts
  readonly retries: { readonly sameUpstream: number; readonly backoffMs: number; readonly maxWaitMs: number }
  readonly cooldown: { readonly failures: number; readonly ms: number }
  readonly egress: { readonly allow: readonly string[]; readonly bytes: number; readonly milliseconds: number }
  /** How long answers of /responses are kept; 0 = not at all. */
  readonly responses: { readonly retentionMs: number }
  readonly limits: { readonly bodyBytes: number; readonly bodyMs: number; readonly replyBytes: number }
  readonly ledger: {
    readonly durability: "relaxed" | "strict"
    readonly flushMs: number
    readonly queueRows: number
    /** Absent: for ever. */
    readonly retentionDays?: number
  }
  /** Without a format: pretty on a terminal, JSON elsewhere. */
  readonly log: { readonly level: "debug" | "info" | "warn" | "error"; readonly format?: "json" | "pretty" }
  /** Models are listed without a key. */
  readonly models: { readonly public: boolean }
  readonly compat: { readonly requesty: { readonly priceUnit: "token" | "million" } }
}

/** Whether a setting or variable of this name holds a credential. */
export const isSecretName = (name: string): boolean => /key|token|secret|password|credential|auth|cookie/i.test(name)

const secretsInside = (value: unknown, name: string): string[] => {
  if (typeof value === "string") return isSecretName(name) ? [value] : []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => secretsInside(inner, Array.isArray(value) ? name : key))
}

/** Every value in a configuration that must never be printed: for the log's redaction. */
export const secretsOf = (config: Config): string[] => {
  const found = [
    config.adminKey,
    config.sealKey,
    config.bodies.encryptionKey,
    config.store.authToken,
    ...config.keys.map((key) => key.key),
    ...config.alerts.destinations.flatMap(({ url, secret }) => [url, secret]),
  ]
  for (const provider of config.providers)
    found.push(
      provider.apiKey,
      ...(provider.apiKeys ?? []),
      ...secretsInside(provider.headers, ""),
      ...secretsInside(provider.options, ""),
    )
  for (const plugin of config.plugins.use)
    found.push(...Object.values(plugin.secrets), ...secretsInside(plugin.options, ""))
  return [...new Set(found.filter((secret) => secret !== undefined && secret !== ""))] as string[]
}
