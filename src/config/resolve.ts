import { resolve as resolvePath } from "node:path"
import type { JsonObject } from "../contract/json.ts"
import type { ModelKind, OfferSeed, Traits } from "../contract/offer.ts"
import type { Price } from "../contract/usage.ts"
import type {
  ApprovalRule,
  ApprovedModels,
  Config,
  ConfiguredKey,
  ConfiguredProvider,
  KeyRouting,
  Policy,
  Preset,
  Timeouts,
} from "./config.ts"
import { isLoopback } from "./loopback.ts"
import type {
  ApprovalRuleConfig,
  ConfigFile,
  KeyConfig,
  ModelConfig,
  PolicyConfig,
  PresetConfig,
  ProviderConfig,
} from "./schema.ts"
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
    canonical: model.canonical,
    maxInput: model.max_input,
    input: model.input,
    output: model.output,
    parameters: model.parameters,
    reasoning: model.efforts && { efforts: model.efforts },
    quantization: model.quantization,
    created: model.released === undefined ? undefined : Math.floor(Date.parse(model.released) / 1000),
    knowledge: model.knowledge,
    shutdown: model.shutdown,
    distillable: model.distillable,
    tags: model.tags,
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
    dataCollection: provider.data_collection,
    quantization: provider.quantization,
    apiKeys: provider.api_keys,
    concurrency: provider.concurrency,
    queue: provider.queue ?? 100,
    queueMs: milliseconds(provider.queue_seconds, 30),
    about: defined({
      headquarters: provider.headquarters,
      datacenters: provider.datacenters,
      privacyPolicyUrl: provider.privacy_policy_url,
      termsOfServiceUrl: provider.terms_of_service_url,
      statusPageUrl: provider.status_page_url,
    }),
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
    routing: resolveKeyRouting(key),
  })

const resolveKeyRouting = (key: KeyConfig): KeyRouting | undefined => {
  const routing: KeyRouting = defined({
    models: key.models,
    defaultModel: key.default_model,
    provider: key.provider as JsonObject | undefined,
    cache: key.cache,
    streamRecovery: key.stream_recovery,
    priority: key.priority,
  })
  return Object.keys(routing).length > 0 ? routing : undefined
}

/** Which of its four kinds a policy is, and its steps; the check of the file sees to it that it is exactly one. */
export const policyKinds = ["fallback", "balance", "latency", "cost"] as const

/** Also for policies that come through the API. */
export const resolvePolicy = (policy: PolicyConfig): Policy => {
  const kind = policyKinds.find((name) => policy[name] !== undefined) ?? "fallback"
  return defined({
    kind,
    steps: (policy[kind] ?? []).map((step) =>
      defined({
        model: step.model,
        retries: step.retries ?? 0,
        weight: "weight" in step ? (step.weight as number) : 1,
        provider: step.provider as JsonObject | undefined,
      }),
    ),
    stickyBy: policy.sticky ?? "trace",
    others: policy.others ?? true,
    explore: policy.explore ?? 0.05,
    hedgeMs: policy.hedge_seconds === undefined ? undefined : milliseconds(policy.hedge_seconds, 0),
    streamRecovery: policy.stream_recovery,
    provider: policy.provider as JsonObject | undefined,
    description: policy.description,
  })
}

/** Also for presets that come through the API. */
export const resolvePreset = (preset: PresetConfig): Preset =>
  defined({ ...preset, parameters: preset.parameters as JsonObject })

const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

const resolveApproved = (approved: ConfigFile["approved_models"]): ApprovedModels => ({
  mode: approved?.mode ?? "all",
  models: approved?.models ?? [],
  rules: (approved?.rules ?? []).map(resolveApprovalRule),
  fromFile: approved !== undefined,
})

/** Also for rules that come through the API. */
export const resolveApprovalRule = (rule: ApprovalRuleConfig): ApprovalRule =>
  defined({
    models: rule.models,
    authors: rule.authors,
    providers: rule.providers,
    regions: rule.regions,
    zdr: rule.zdr,
    dataCollection: rule.data_collection,
    kinds: rule.kinds as readonly ModelKind[] | undefined,
    tags: rule.tags,
    maxPrice: rule.max_price && defined(rule.max_price),
  })

const longestTtlSeconds = 86_400

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
  const otherHosts = (server.listeners ?? []).map((listener) => listener.host ?? host)
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
        listeners: (server.listeners ?? []).map((listener) =>
          defined({
            host: listener.host ?? host,
            port: listener.port,
            door:
              listener.region === undefined
                ? undefined
                : { region: listener.region.toLowerCase(), strict: listener.strict ?? true },
          }),
        ),
        hosts: Object.fromEntries(
          (server.hosts ?? []).map(({ name, region, strict }) => [
            name.toLowerCase(),
            { region: region.toLowerCase(), strict: strict ?? true },
          ]),
        ),
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
      policies: mapValues(source.policies ?? {}, resolvePolicy),
      presets: mapValues(source.presets ?? {}, resolvePreset),
      routing: defined({
        provider: source.routing?.provider as JsonObject | undefined,
        stickyMs: milliseconds(source.routing?.sticky_seconds, 600),
        streamRecovery: source.routing?.stream_recovery ?? "error",
        managed: source.routing?.managed ?? true,
        auto: defined({ models: source.routing?.auto?.models, exclude: source.routing?.auto?.exclude ?? [] }),
      }),
      approvedModels: resolveApproved(source.approved_models),
      catalog: {
        refreshMs: (source.catalog?.refresh_hours ?? 24) * 3_600_000,
        url: source.catalog?.url ?? "https://models.dev/api.json",
        upstreamLists: source.catalog?.upstream_lists ?? true,
        airGapped: source.catalog?.air_gapped ?? false,
      },
      cache: {
        enabled: source.cache?.enabled ?? false,
        ttlSeconds: Math.min(longestTtlSeconds, source.cache?.ttl_seconds ?? 300),
        share: source.cache?.share ?? "key",
        coalesce: source.cache?.coalesce ?? false,
      },
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
      models: { public: source.models?.public ?? [host, ...otherHosts].every(isLoopback) },
      compat: { requesty: { priceUnit: source.compat?.requesty?.price_unit ?? "token" } },
    }),
  )
}
