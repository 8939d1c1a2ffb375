import { resolve as resolvePath } from "node:path"
import type { OfferSeed, Traits } from "../contract/offer.ts"
import type { Price } from "../contract/usage.ts"
import type { Config, ConfiguredKey, ConfiguredProvider, Policy, Timeouts } from "./config.ts"
import { isLoopback } from "./loopback.ts"
import type { ConfigFile, KeyConfig, ModelConfig, ProviderConfig } from "./schema.ts"
import { parseTimestamp } from "./timestamp.ts"

/** What the command line says instead of the file. */
export interface ConfigOverrides {
  readonly host?: string
  readonly port?: number
  /** Relative to the working directory. */
  readonly dataDir?: string
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Takes the members away whose value is undefined, as exact optional properties want it. */
const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>

const milliseconds = (seconds: number | undefined, otherwise: number): number =>
  Math.round((seconds ?? otherwise) * 1000)

const freeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}

const resolveTimeouts = (own: ProviderConfig["timeouts"], otherwise: Timeouts): Timeouts => ({
  connectMs: milliseconds(own?.connect, otherwise.connectMs / 1000),
  firstPartMs: milliseconds(own?.first_part, otherwise.firstPartMs / 1000),
  idleMs: milliseconds(own?.idle, otherwise.idleMs / 1000),
  totalMs: milliseconds(own?.total, otherwise.totalMs / 1000),
})

type PriceConfig = NonNullable<ModelConfig["price"]>
type TierConfig = NonNullable<PriceConfig["tiers"]>[number]

const resolveRates = (price: Partial<Omit<PriceConfig, "tiers">>): Partial<Omit<Price, "tiers">> =>
  defined({
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read,
    cacheWrite: price.cache_write,
    cacheWrite1h: price.cache_write_1h,
    audioInput: price.audio_input,
    audioOutput: price.audio_output,
    imageInput: price.image_input,
    imageOutput: price.image_output,
    reasoning: price.reasoning,
    request: price.request,
    perUnit: price.per_unit,
  })

const resolvePrice = (price: PriceConfig): Price => ({
  ...resolveRates(price),
  // Left out only where nothing is priced by it: `checkPrice` sees to that.
  input: price.input ?? 0,
  output: price.output ?? 0,
  ...(price.tiers && { tiers: price.tiers.map((tier: TierConfig) => ({ ...resolveRates(tier), above: tier.above })) }),
})

const resolveTraits = (model: ModelConfig): Traits | undefined => {
  const traits = defined({
    tools: model.tools,
    vision: model.vision,
    pdf: model.pdf,
    audio: model.audio,
    reasoning: model.reasoning,
    structuredOutput: model.structured_output,
    promptCache: model.prompt_cache,
  })
  return Object.keys(traits).length > 0 ? traits : undefined
}

/** `openai/gpt-4o` at the provider `openai` is `gpt-4o` there; other authors' names are kept whole. */
const upstreamName = (model: string, slugs: readonly string[]): string => {
  const slug = slugs.find((candidate) => model.startsWith(`${candidate}/`))
  return slug === undefined ? model : model.slice(slug.length + 1)
}

const resolveModel = (model: ModelConfig, slugs: readonly string[]): OfferSeed =>
  defined({
    model: model.id,
    upstream: model.upstream ?? upstreamName(model.id, slugs),
    kind: model.kind,
    name: model.name,
    description: model.description,
    context: model.context,
    maxOutput: model.max_output,
    price: model.price && resolvePrice(model.price),
    traits: resolveTraits(model),
  })

const resolveProvider = (provider: ProviderConfig, timeouts: Timeouts): ConfiguredProvider => {
  const plugin = provider.plugin ?? provider.id
  return defined({
    id: provider.id,
    plugin,
    name: provider.name,
    apiKey: provider.api_key,
    baseUrl: provider.base_url?.replace(/\/+$/, ""),
    headers: provider.headers ?? {},
    options: provider.options ?? {},
    region: provider.region,
    zdr: provider.zdr,
    models: provider.models?.map((model) => resolveModel(model, [provider.id, plugin])),
    timeouts: resolveTimeouts(provider.timeouts, timeouts),
  })
}

/** Exact for every limit that the schema allows: the product stays within what a double can count. */
const nanoPerUsd = 1_000_000_000

const resolveKey = (key: KeyConfig): ConfiguredKey =>
  defined({
    name: key.name,
    key: key.key,
    limitNano: key.limit === undefined ? undefined : Math.round(key.limit * nanoPerUsd),
    limitReset: key.limit_reset ?? "never",
    expiresAtMs: key.expires_at === undefined ? undefined : parseTimestamp(key.expires_at),
    disabled: key.disabled ?? false,
    strict: key.strict ?? false,
  })

const resolvePolicies = (policies: NonNullable<ConfigFile["policies"]>): Record<string, Policy> =>
  Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [
      name,
      { fallback: policy.fallback.map((entry) => ({ model: entry.model, retries: entry.retries ?? 0 })) },
    ]),
  )

const defaultTimeouts: Timeouts = { connectMs: 30_000, firstPartMs: 300_000, idleMs: 120_000, totalMs: 1_800_000 }

/**
 * Fills in every default. Pure. `baseDir` is the absolute folder of the file (or the working directory without one), to which
 * paths in the file are relative; `cwd` is where paths of the command line start.
 */
export const resolveConfig = (
  source: ConfigFile,
  place: { readonly file?: string; readonly baseDir: string; readonly cwd: string },
  overrides: ConfigOverrides = {},
): Config => {
  const {
    server = {},
    plugins = {},
    retries = {},
    cooldown = {},
    limits = {},
    egress = {},
    responses = {},
    ledger = {},
    log = {},
  } = source
  const host = overrides.host ?? server.host ?? "127.0.0.1"
  const timeouts = resolveTimeouts(source.timeouts, defaultTimeouts)
  const enabled = (source.providers ?? []).filter((provider) => provider.enabled ?? true)
  return freeze<Config>(
    defined({
      file: place.file,
      server: defined({
        host,
        port: overrides.port ?? server.port ?? 8080,
        publicUrl: server.public_url?.replace(/\/+$/, ""),
        shutdownMs: milliseconds(server.shutdown_seconds, 30),
        watchdogMs: milliseconds(server.watchdog_seconds, 30),
      }),
      dataDir:
        overrides.dataDir === undefined
          ? resolvePath(place.baseDir, source.data_dir ?? "./data")
          : resolvePath(place.cwd, overrides.dataDir),
      store: defined({ url: source.store?.url, authToken: source.store?.auth_token }),
      adminKey: source.admin_key,
      keys: (source.keys ?? []).map(resolveKey),
      defaultModel: source.default_model,
      providers: enabled.map((provider) => resolveProvider(provider, timeouts)),
      providersFromEnvironment: source.providers === undefined,
      plugins: {
        dir: resolvePath(place.baseDir, plugins.dir ?? "./plugins"),
        use: (plugins.use ?? []).map((use) => ({
          name: use.name,
          enabled: use.enabled ?? true,
          options: use.options ?? {},
          secrets: use.secrets ?? {},
        })),
        hookMs: milliseconds(plugins.hook_seconds, 30),
        failures: plugins.failures ?? 10,
        retryMs: milliseconds(plugins.retry_seconds, 30),
        drainMs: milliseconds(plugins.drain_seconds, 600),
      },
      aliases: source.aliases ?? {},
      policies: resolvePolicies(source.policies ?? {}),
      strategy: source.strategy,
      timeouts,
      retries: {
        sameUpstream: retries.same_upstream ?? 1,
        backoffMs: retries.backoff_ms ?? 250,
        maxWaitMs: retries.max_wait_ms ?? 2000,
      },
      cooldown: { failures: cooldown.failures ?? 1, ms: milliseconds(cooldown.seconds, 15) },
      egress: {
        allow: egress.allow ?? [],
        bytes: egress.bytes ?? 33_554_432,
        milliseconds: milliseconds(egress.seconds, 20),
      },
      responses: { retentionMs: (responses.retention_days ?? 30) * 86_400_000 },
      limits: {
        bodyBytes: limits.body_bytes ?? 33_554_432,
        bodyMs: milliseconds(limits.body_seconds, 60),
        replyBytes: limits.reply_bytes ?? 67_108_864,
      },
      ledger: {
        durability: ledger.durability ?? "relaxed",
        flushMs: ledger.flush_ms ?? 20,
        queueRows: ledger.queue_rows ?? 50_000,
      },
      log: defined({ level: log.level ?? "info", format: log.format }),
      models: { public: source.models?.public ?? isLoopback(host) },
      compat: { requesty: { priceUnit: source.compat?.requesty?.price_unit ?? "token" } },
    }),
  )
}
