import { join } from "node:path"
import plugins from "../plugins/index.ts"
import { openAccounts } from "./accounts/open-accounts.ts"
import { Health } from "./catalog/health/health.ts"
import { secretsOf } from "./config/config.ts"
import { isLoopback } from "./config/loopback.ts"
import { GatewayError, messageOf } from "./contract/index.ts"
import { openKeptResponses } from "./conversations/kept-responses.ts"
import { Current } from "./gateway/current.ts"
import { curlLine, firstKeys } from "./gateway/first-run.ts"
import { observeGateway } from "./gateway/gauges.ts"
import { type Listener, listen } from "./gateway/listen.ts"
import { keepMadeImages } from "./gateway/made-images.ts"
import { randomToken } from "./gateway/random.ts"
import { healthSettings, Reloader } from "./gateway/reload.ts"
import { createReport } from "./gateway/report.ts"
import { now, pipelineServices } from "./gateway/services.ts"
import type { Gateway, GatewayOptions } from "./gateway/types.ts"
import { endsWithin } from "./gateway/within.ts"
import { installGuardHandlers } from "./host/guard-handlers.ts"
import { createHost } from "./host/host.ts"
import { startWatchdog } from "./host/watchdog.ts"
import { createApp } from "./http/app.ts"
import { frontDoor } from "./http/front.ts"
import { BackgroundJobs } from "./http/inference/responses/jobs.ts"
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
  const current = new Current(config, env, log)
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
  const kept = await openKeptResponses({
    store,
    clock,
    log,
    retentionMs: () => current.snapshot.config.responses.retentionMs,
    flushMs: config.ledger.flushMs,
    alone: config.store.url === undefined,
  })
  const jobs = new BackgroundJobs(kept, services)
  observeGateway(metrics, { store, health, bus, plugins: () => host.states(), now, budgets: accounts.budgets })
  const endProcessMetrics = observeProcess(metrics, version, startedAt)
  const endGuards = installGuardHandlers({ blame: (thrown, hook) => host.blame(thrown, hook), log })

  let listener: Listener | undefined
  let stopping = false
  const reloader = new Reloader(options, { current, host, accounts, health, log, clock, publish: bus.publish })
  const report = createReport(options, {
    store,
    current,
    host,
    health,
    lastReload: () => reloader.last,
    configFile: () => reloader.file,
    now,
    startedAt,
  })
  const reload = (reason: string) => reloader.reload(reason)
  const app = createApp({
    pipeline: services,
    keys: accounts.keys,
    budgets: accounts.budgets,
    version,
    startedAt,
    findGeneration: (id, owner) => generations.find(id, owner === undefined ? "any" : { keyId: owner }),
    plugins: () => host.states(),
    reload,
    health: () => ({ ready: listener !== undefined && !stopping, stopping, degraded: report.degraded() }),
    state: report.state,
    metricsText: () => metrics.expose(),
    responses: { kept, jobs },
    newRequestId: () => `req_${randomToken(20)}`,
    madeImages: keepMadeImages({
      folder: join(config.dataDir, "images"),
      now,
      newName: () => randomToken(32),
      baseUrl: () => current.snapshot.config.server.publicUrl ?? listener?.url ?? "",
    }),
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
      const cut = () => services.deadlines.expireAll(cutShort())
      const [, idle] = await Promise.all([listener?.stop(deadlineMs, cut), endsWithin(deadlineMs, jobs.idle())])
      // Nobody waits for their answers, but somebody will ask how they ended.
      if (!idle) cut()
      await endsWithin(lastWordsMs, jobs.idle())
      jobs.close()
      await kept.close()
      endWatchdog()
      endProcessMetrics()
      // A sink that hangs must not keep the ledger from being closed.
      await endsWithin(deadlineMs, bus.flush())
      await host.close()
      await store.close()
      endGuards()
    },
  }
}

/** How long answers that are made in the background may take to say that they were cut short. */
const lastWordsMs = 500

const cutShort = () =>
  new GatewayError("server_stopping", "The gateway is shutting down and could not wait for the end of this answer.", {
    retry: "no",
  })
