import plugins from "../plugins/index.ts"
import { openAccounts } from "./accounts/open-accounts.ts"
import { Health } from "./catalog/health.ts"
import { type Config, secretsOf } from "./config/config.ts"
import { ConfigError, formatProblem } from "./config/problem.ts"
import { GatewayError, messageOf } from "./contract/index.ts"
import { Current } from "./gateway/current.ts"
import { curlLine, firstKeys } from "./gateway/first-run.ts"
import { observeGateway } from "./gateway/gauges.ts"
import { isLoopback, type Listener, listen } from "./gateway/listen.ts"
import { randomToken } from "./gateway/random.ts"
import { now, pipelineServices } from "./gateway/services.ts"
import type { Gateway, GatewayOptions } from "./gateway/types.ts"
import { installGuardHandlers } from "./host/guard-handlers.ts"
import { createHost } from "./host/host.ts"
import type { PluginState } from "./host/host-types.ts"
import { startWatchdog } from "./host/watchdog.ts"
import { createApp } from "./http/app.ts"
import { frontDoor } from "./http/front.ts"
import type { ReloadResult } from "./http/services.ts"
import { createBus } from "./ledger/bus.ts"
import { openGenerations } from "./ledger/generations.ts"
import { createPrices } from "./ledger/prices.ts"
import { openStore } from "./store/open-store.ts"
import { pluginStorage } from "./store/plugin-storage.ts"
import { createMetrics } from "./telemetry/metrics.ts"
import { observeProcess } from "./telemetry/process-metrics.ts"

const clock = { now: Date.now }

/** Puts the rooms together: configuration → store → roster → application. The only place that knows all of them. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, env, version } = options
  const startedAt = Date.now()
  log.hide(...secretsOf(config))
  const store = await openStore({
    dataDir: config.dataDir,
    ...config.store,
    flushMs: config.ledger.flushMs,
    queueRows: config.ledger.queueRows,
    durability: config.ledger.durability,
    log,
    clock,
    newId: () => randomToken(16),
  })
  const accounts = await openAccounts(store, {
    clock,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  })
  await accounts.keys.declare(config.keys, config.adminKey)
  const firstRun = await firstKeys(accounts, config)

  const metrics = createMetrics()
  const health = new Health(healthSettings(config))
  const current = new Current(config, env)
  const bus = createBus({ sinks: () => host.roster().sinks, log, wait: (ms) => Bun.sleep(ms) })
  const host = createHost({
    builtIns: plugins,
    log,
    fetch,
    clock,
    storage: (plugin) => pluginStorage(store, plugin, clock),
    redact: (secret) => log.hide(secret),
    onSwap: current.adopt,
    onFault: ({ plugin, hook, message }) =>
      bus.publish({ type: "plugin-failed", at: clock.now(), plugin, hook, message }),
  })
  // Before any plugin runs: one may loop in its setup already.
  const endWatchdog = startWatchdog(config.server.watchdogMs / 1000)
  await current.under(config, () => host.start(config.plugins))

  const prices = createPrices({
    clock,
    onLoadFailure: (error) => log.error("list prices cannot be loaded", { error: messageOf(error) }),
  })
  const generations = openGenerations({ store })
  const services = pipelineServices({
    snapshot: () => current.snapshot,
    accounts,
    generations,
    prices,
    health,
    metrics,
    log,
    publish: bus.publish,
  })
  observeGateway(metrics, { store, health, bus, plugins: () => host.states(), now, budgets: accounts.budgets })
  const endProcessMetrics = observeProcess(metrics, version, startedAt)
  const endGuards = installGuardHandlers({ blame: (thrown, hook) => host.blame(thrown, hook), log })

  let listener: Listener | undefined
  let stopping = false
  let lastReload: (ReloadResult & { readonly at: string; readonly reason: string }) | undefined

  const apply = async (reason: string): Promise<ReloadResult> => {
    let loaded: Awaited<ReturnType<GatewayOptions["load"]>>
    try {
      loaded = await options.load()
    } catch (thrown) {
      return {
        ok: false,
        problems: thrown instanceof ConfigError ? thrown.problems.map(formatProblem) : [messageOf(thrown)],
      }
    }
    // A file that goes, or is empty for a moment, is being replaced: every key and provider would be gone until it is back.
    const missing = loaded.file === undefined ? "is not there" : loaded.isEmpty ? "is empty" : undefined
    if (options.configFile !== undefined && missing !== undefined)
      return { ok: false, problems: [`${options.configFile}: the file ${missing}; what was read before stays`] }
    const next = loaded.config
    log.hide(...secretsOf(next))
    const result = await current.under(next, () => host.reload(next.plugins))
    if (!result.ok)
      return {
        ok: false,
        problems: result.problems.map(({ plugin, message }) =>
          plugin === "" ? message : `plugin "${plugin}": ${message}`,
        ),
      }
    await accounts.keys.declare(next.keys, next.adminKey)
    health.configure(healthSettings(next))
    for (const name of fixedAtStart(config, next))
      log.warn(`${name} changed; it takes effect at the next start`, { reason })
    return { ok: true, problems: current.problems }
  }
  const reload = async (reason: string): Promise<ReloadResult> => {
    const result = await apply(reason)
    lastReload = { ...result, at: new Date().toISOString(), reason }
    bus.publish({
      type: "config-reloaded",
      at: clock.now(),
      ok: result.ok,
      ...(result.ok ? {} : { message: result.problems.join("\n") }),
    })
    return result
  }

  const degraded = (): readonly string[] => {
    const { status, reason, spilled, dropped } = store.state()
    return [
      ...(status === "ok"
        ? []
        : [`store: ${reason ?? "cannot be written"} (${spilled} rows wait in files, ${dropped} lost)`]),
      ...current.problems,
      ...failedPlugins(host.states(), current.snapshot.config),
      ...(lastReload && !lastReload.ok ? ["configuration: the latest change was refused; see GET /admin/state"] : []),
    ]
  }
  const app = createApp({
    pipeline: services,
    keys: accounts.keys,
    budgets: accounts.budgets,
    version,
    startedAt,
    findGeneration: (id, owner) => generations.find(id, owner === undefined ? "any" : { keyId: owner }),
    plugins: () => host.states(),
    reload,
    health: () => ({ ready: listener !== undefined && !stopping, stopping, degraded: degraded() }),
    state: () => ({
      version,
      started_at: new Date(startedAt).toISOString(),
      config_file: options.configFile ?? null,
      data_dir: config.dataDir,
      snapshot: current.snapshot.version,
      last_reload: lastReload ?? null,
      problems: current.problems,
      store: store.state(),
      upstreams: health.list(now()),
      providers: [...current.snapshot.catalog.providers.values()].map(({ id, name, definition, open, region }) => ({
        id,
        name,
        kind: definition,
        open,
        region: region ?? null,
      })),
      degraded: degraded(),
    }),
    metricsText: () => metrics.expose(),
    newRequestId: () => `req_${randomToken(20)}`,
    publicModels: () => current.snapshot.config.models.public,
    openMetrics: isLoopback(config.server.host),
  })

  return {
    dataDir: config.dataDir,
    firstRun,
    get curl() {
      return curlLine(listener?.url ?? "", firstRun, current.snapshot)
    },
    async listen() {
      listener = listen(config, frontDoor(app.fetch))
      return { url: listener.url }
    },
    reload,
    async stop(deadlineMs) {
      stopping = true
      await listener?.stop(deadlineMs, () => services.deadlines.expireAll(cutShort()))
      endWatchdog()
      endProcessMetrics()
      await within(deadlineMs, bus.flush())
      await host.close()
      await store.close()
      endGuards()
    },
  }
}

/** A sink that hangs must not keep the ledger from being closed. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}

const cutShort = () =>
  new GatewayError("server_stopping", "The gateway is shutting down and could not wait for the end of this answer.", {
    retry: "no",
  })

const healthSettings = ({ cooldown }: Config) => ({ failures: cooldown.failures, cooldownMs: cooldown.ms })

/** Plugins that the configuration relies on and that do not run. */
const failedPlugins = (states: readonly PluginState[], { plugins }: Config): readonly string[] =>
  states
    .filter(({ name, state }) => state === "failed" && plugins.use.some((use) => use.enabled && use.name === name))
    .map(({ name, lastError }) => `plugin "${name}": ${lastError?.message ?? "does not run"}`)

/** What a running process cannot change about itself. */
function fixedAtStart(before: Config, after: Config): readonly string[] {
  const differ = (name: keyof Config) => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  return (["server", "dataDir", "store", "ledger"] as const).filter(differ)
}
