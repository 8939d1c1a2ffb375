import type { Accounts } from "../accounts/open-accounts.ts"
import type { Health, HealthSettings, UpstreamSettings } from "../catalog/health/health.ts"
import { type Config, type ConfiguredProvider, secretsOf } from "../config/config.ts"
import type { LoadedConfig } from "../config/load.ts"
import { ConfigError, formatProblem } from "../config/problem.ts"
import { type GatewayEvent, messageOf } from "../contract/index.ts"
import type { Host } from "../host/host-types.ts"
import type { ReloadResult } from "../http/services.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import type { Current } from "./current.ts"
import { toldWhere } from "./told-where.ts"
import type { GatewayOptions } from "./types.ts"

export interface ReloadParts {
  readonly current: Current
  readonly host: Host
  readonly accounts: Accounts
  readonly health: Health
  readonly log: RootLogger
  readonly clock: { now(): number }
  readonly publish: (event: GatewayEvent) => void
}

export interface LastReload extends ReloadResult {
  readonly at: string
  readonly reason: string
}

/** Reads the configuration again and applies it whole or not at all. What was running before stays when anything is wrong. */
export class Reloader {
  readonly #options: GatewayOptions
  readonly #parts: ReloadParts
  #last: LastReload | undefined
  #file: string | undefined

  constructor(options: GatewayOptions, parts: ReloadParts) {
    this.#options = options
    this.#parts = parts
    this.#file = options.configFile
  }

  /** What was read last; a gateway that began without a file takes one that is written later. */
  get file(): string | undefined {
    return this.#file
  }

  get last(): LastReload | undefined {
    return this.#last
  }

  async reload(reason: string): Promise<ReloadResult> {
    const { clock, publish } = this.#parts
    const result = await this.#apply(reason)
    const at = clock.now()
    this.#last = { ...result, at: new Date(at).toISOString(), reason }
    publish({
      type: "config-reloaded",
      at,
      ok: result.ok,
      ...(result.ok ? {} : { message: result.problems.join("\n") }),
    })
    return result
  }

  async #apply(reason: string): Promise<ReloadResult> {
    const { current, host, accounts, health, log } = this.#parts
    const loaded = await this.#load()
    if ("problems" in loaded) return { ok: false, problems: loaded.problems }
    const next = loaded.config
    log.hide(...secretsOf(next))
    const result = await current.under(next, () => host.reload(next.plugins))
    if (!result.ok) {
      const told = toldWhere(loaded)
      return {
        ok: false,
        problems: result.problems.flatMap(({ plugin, message }) =>
          // What is wrong with the whole comes as lines.
          plugin === "" ? message.split("\n").map(told) : [`plugin "${plugin}": ${message}`],
        ),
      }
    }
    this.#file = loaded.file
    await accounts.keys.declare(next.keys, next.adminKey)
    health.configure(healthSettings(next))
    for (const name of fixedAtStart(this.#options.config, next))
      log.warn(`${name} changed; it takes effect at the next start`, { reason })
    return { ok: true, problems: current.problems }
  }

  async #load(): Promise<LoadedConfig | { readonly problems: readonly string[] }> {
    try {
      const loaded = await this.#options.load()
      const { file, isEmpty } = loaded
      // A file that goes, or is empty for a moment, is being replaced: every key and provider would be gone until it is back.
      const missing = file === undefined ? "is not there" : isEmpty ? "is empty" : undefined
      if (this.#file === undefined || missing === undefined) return loaded
      return { problems: [`${this.#file}: the file ${missing}; what was read before stays`] }
    } catch (thrown) {
      return { problems: thrown instanceof ConfigError ? thrown.problems.map(formatProblem) : [messageOf(thrown)] }
    }
  }
}

export const healthSettings = ({ cooldown, providers }: Config): HealthSettings => ({
  failures: cooldown.failures,
  cooldownMs: cooldown.ms,
  upstreams: new Map(providers.map((provider) => [provider.id, upstreamSettings(provider)])),
})

const upstreamSettings = (provider: ConfiguredProvider): UpstreamSettings => {
  const { apiKey, apiKeys, baseUrl, headers, options, plugin, concurrency, queue, queueMs } = provider
  return {
    limits: { places: concurrency ?? Number.POSITIVE_INFINITY, queue, queueMs },
    credentials: apiKeys?.length ?? 1,
    mark: String(Bun.hash(JSON.stringify([plugin, baseUrl, apiKey, apiKeys, headers, options]))),
  }
}

/** What a running process cannot change about itself. */
function fixedAtStart(before: Config, after: Config): readonly string[] {
  const differ = (name: keyof Config) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  return (["server", "dataDir", "store", "ledger"] as const).filter(differ)
}
