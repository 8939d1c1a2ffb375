import { resolve as resolvePath } from "node:path"
import type { JsonObject } from "../../contract/json.ts"
import type { Config, Timeouts } from "../config.ts"
import { longestTtlSeconds } from "../config.ts"
import { isLoopback } from "../loopback.ts"
import type { ConfigFile } from "../schema.ts"
import { resolveGovernance } from "./governance.ts"
import { resolveKey } from "./key.ts"
import { defined, milliseconds } from "./pieces.ts"
import { resolveProvider, resolveTimeouts } from "./provider.ts"
import { resolveApproved, resolvePolicy, resolvePreset } from "./routing.ts"

/** What the command line says instead of the file. */
export interface ConfigOverrides {
  readonly host?: string
  readonly port?: number
  /** Relative to the working directory. */
  readonly dataDir?: string
}

const freeze = <T>(value: T): T => {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) freeze(member)
    Object.freeze(value)
  }
  return value
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

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
      ...resolveGovernance(source),
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
      ledger: defined({
        durability: ledger.durability ?? "relaxed",
        flushMs: ledger.flush_ms ?? 20,
        queueRows: ledger.queue_rows ?? 50_000,
        retentionDays: ledger.retention_days,
      }),
      log: defined({ level: log.level ?? "info", format: log.format }),
      models: { public: source.models?.public ?? [host, ...otherHosts].every(isLoopback) },
      compat: { requesty: { priceUnit: source.compat?.requesty?.price_unit ?? "token" } },
    }),
  )
}
