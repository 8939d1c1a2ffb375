import type { OfferSeed } from "../contract/offer.ts"

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
  /** Absent: every name after the slug. */
  readonly models?: readonly OfferSeed[]
  readonly timeouts: Timeouts
}

export type LimitReset = "daily" | "weekly" | "monthly" | "never"

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
}

export interface ConfiguredPlugin {
  readonly name: string
  /** False switches off a plugin that would be there otherwise. */
  readonly enabled: boolean
  readonly options: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface Policy {
  /** Tried in this order. */
  readonly fallback: readonly { readonly model: string; readonly retries: number }[]
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
  }
  readonly dataDir: string
  /** Without a url: a file in `dataDir`. */
  readonly store: { readonly url?: string; readonly authToken?: string }
  readonly adminKey?: string
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
  const found = [config.adminKey, config.store.authToken, ...config.keys.map((key) => key.key)]
  for (const provider of config.providers)
    found.push(provider.apiKey, ...secretsInside(provider.headers, ""), ...secretsInside(provider.options, ""))
  for (const plugin of config.plugins.use)
    found.push(...Object.values(plugin.secrets), ...secretsInside(plugin.options, ""))
  return [...new Set(found.filter((secret) => secret !== undefined && secret !== ""))] as string[]
}
