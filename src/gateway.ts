import { join } from "node:path"
import plugins from "../plugins/index.ts"
import { upstreamKeyPurpose } from "./accounts/directory/upstream-keys.ts"
import { openAccounts } from "./accounts/open-accounts.ts"
import { createSeal } from "./accounts/seal.ts"
import { Brought } from "./catalog/brought.ts"
import { openFirstSeen } from "./catalog/first-seen.ts"
import { Health } from "./catalog/health/health.ts"
import { secretsOf } from "./config/config.ts"
import { isLoopback } from "./config/loopback.ts"
import { type CachePurge, GatewayError, messageOf } from "./contract/index.ts"
import { openKeptResponses } from "./conversations/kept-responses.ts"
import { openDeclarations } from "./declarations/declarations.ts"
import { after } from "./gateway/after.ts"
import { gatewayAlerts } from "./gateway/alerts.ts"
import { createClock, steadyNow } from "./gateway/clock.ts"
import { Current } from "./gateway/current.ts"
import { loadSoon, openFacts } from "./gateway/facts.ts"
import { curlLine, firstKeys } from "./gateway/first-run.ts"
import { forgetSpending } from "./gateway/forget-spending.ts"
import { observeGateway } from "./gateway/gauges/gauges.ts"
import { observeUpstreams } from "./gateway/gauges/upstream-gauges.ts"
import { mangledHosts } from "./gateway/host-names.ts"
import { joinNewModels } from "./gateway/join-lists.ts"
import { type Listener, listen } from "./gateway/listen.ts"
import { lookElsewhere } from "./gateway/look-elsewhere.ts"
import { keepMadeImages } from "./gateway/made-images.ts"
import { noteModels } from "./gateway/note-models.ts"
import { randomToken } from "./gateway/random.ts"
import { openRecords } from "./gateway/records.ts"
import { refreshFacts } from "./gateway/refresh-facts.ts"
import { healthSettings, Reloader } from "./gateway/reload.ts"
import { createReport } from "./gateway/report.ts"
import { pipelineServices } from "./gateway/services.ts"
import type { Gateway, GatewayOptions } from "./gateway/types.ts"
import { endsWithin } from "./gateway/within.ts"
import { installGuardHandlers } from "./host/guard-handlers.ts"
import { createHost } from "./host/host.ts"
import { startWatchdog } from "./host/watchdog.ts"
import { createApp } from "./http/app.ts"
import { frontDoor } from "./http/front.ts"
import { BackgroundJobs } from "./http/inference/responses/jobs.ts"
import { createBus } from "./ledger/bus.ts"
import { createPrices } from "./ledger/prices.ts"
import { openUsage } from "./ledger/usage/usage.ts"
import { Deadlines } from "./pipeline/attempt/deadlines.ts"
import { embedFor } from "./pipeline/embed.ts"
import { figuresOf, purgeCaches } from "./pipeline/recall/manage.ts"
import { openStore } from "./store/open-store.ts"
import { createPluginRows } from "./store/plugin-rows.ts"
import { pluginStorage } from "./store/plugin-storage.ts"
import { createMetrics } from "./telemetry/metrics.ts"
import { observeProcess } from "./telemetry/process-metrics.ts"

const clock = { now: Date.now }
/** How long what plugins keep may wait to be written. */
const rowsFlushMs = 250

/** Puts the rooms together: configuration → store → roster → application. The only place that knows all of them. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, log, env, version } = options
  const startedAt = Date.now()
  const now = createClock(clock.now)
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
  let settings = () => config
  const accounts = await openAccounts(store, {
    clock,
    log,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    config: () => settings(),
    // A file in data_dir is one gateway's own; a server may have several.
    shared: config.store.url !== undefined,
    onGone: (keyId) => void forgetKey(keyId),
  })
  await accounts.keys.declare(config.keys, config.adminKey)
  const firstRun = await firstKeys(accounts, config)

  const metrics = createMetrics()
  const deadlines = new Deadlines(steadyNow)
  const health = new Health(
    healthSettings(config),
    (milliseconds, expire) => deadlines.watch(milliseconds, expire).stop,
  )
  const declarations = await openDeclarations({ store, clock, log, onChange: () => current.rebuild() })
  const firstSeen = await openFirstSeen({ store, clock, log })
  const prices = createPrices({
    clock,
    onLoadFailure: (error) => log.error("list prices cannot be loaded", { error: messageOf(error) }),
  })
  const facts = openFacts({ prices, log, clock, kept: () => refreshed.refresher.sources() })
  const current = new Current(config, env, log, () => declarations.current, facts)
  current.onTake(({ catalog }) => {
    void joinNewModels(accounts.directory, catalog, noteModels(firstSeen, catalog, facts), log)
    accounts.standings.changed()
  })
  settings = () => current.snapshot.config
  facts.onChange(current.learn)
  const refreshed = refreshFacts({ store, facts, current, log, metrics, clock })
  const bus = createBus({ sinks: () => host.roster().sinks, log, wait: (ms) => Bun.sleep(ms) })
  const rows = createPluginRows({ store, clock, log, flushMs: rowsFlushMs })
  const host = createHost({
    builtIns: plugins,
    log,
    fetch,
    clock,
    storage: (plugin) => pluginStorage(store, plugin, clock),
    rows: rows.open,
    embed: (plugin) => (model, texts, call) => embedFor(services, accounts.keys.get, plugin, model, texts, call),
    redact: (secret) => log.hide(secret),
    onSwap: current.adopt,
    onFault: ({ plugin, hook, message }) =>
      bus.publish({ type: "plugin-failed", at: clock.now(), plugin, hook, message }),
  })
  // Before any plugin runs: one may loop in its setup already.
  const endWatchdog = startWatchdog(config.server.watchdogMs / 1000)
  await current.under(config, () => host.start(config.plugins))

  const seal = createSeal({
    configured: () => settings().sealKey,
    dataDir: config.dataDir,
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  })
  const alerts = gatewayAlerts({
    store,
    accounts,
    seal,
    snapshot: () => current.snapshot,
    metrics,
    log,
    publish: bus.publish,
    now,
    alone: config.store.url === undefined,
  })
  const records = openRecords({ store, config, settings: () => current.snapshot.config, log, clock })
  const brought = new Brought({
    open: (id, sealed) => seal.open(sealed, upstreamKeyPurpose(id)),
    sealed: () => new Set(accounts.directory.list("upstream-key").map(({ body }) => body.sealed)),
    hide: (credential) => log.hide(credential),
    env,
  })
  const services = pipelineServices({
    snapshot: () => current.snapshot,
    accounts,
    records,
    prices,
    facts,
    health,
    brought,
    deadlines,
    metrics,
    log,
    publish: bus.publish,
    onSpent: alerts.spent,
    now,
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
  observeGateway(metrics, {
    store,
    bus,
    plugins: () => host.states(),
    budgets: accounts.budgets,
    rates: accounts.rates,
    bodies: records.bodies,
  })
  observeUpstreams(metrics, health, now)
  const endProcessMetrics = observeProcess(metrics, version, startedAt)
  const endGuards = installGuardHandlers({ blame: (thrown, hook) => host.blame(thrown, hook), log })

  let listener: Listener | undefined
  let stopping = false
  let endLoading = () => {}
  let endLooking = () => {}
  let endForgetting = () => {}
  const reloader = new Reloader(options, { current, host, accounts, health, log, clock, publish: bus.publish })
  const report = createReport(options, {
    store,
    bodies: records.bodies.state,
    current,
    host,
    health,
    burn: services.burn,
    documents: () => refreshed.refresher.state(),
    lastReload: () => reloader.last,
    configFile: () => reloader.file,
    now,
    startedAt,
  })
  const caches = {
    figures: () => figuresOf(host.roster()),
    purge: (which: CachePurge) => purgeCaches(host.roster(), which),
  }
  const forgetKey = async (keyId: string) => {
    try {
      await caches.purge({ keyId })
    } catch (thrown) {
      log.error("what was remembered of a key that is gone could not be purged", { keyId, error: messageOf(thrown) })
    }
  }
  /** A reload is also how an operator asks for what another gateway of the same store was told. */
  const refreshStored = async () => {
    const [declared] = await Promise.all([declarations.refresh(), accounts.refresh()])
    return declared
  }
  const readElsewhere = async () => {
    try {
      await refreshStored()
    } catch (thrown) {
      log.warn("what other gateways of this store changed cannot be read", { error: messageOf(thrown) })
    }
  }
  const reload = async (reason: string) => {
    const result = await reloader.reload(reason)
    await readElsewhere()
    if (result.ok) await refreshed.refresher.sync()
    return result
  }
  const app = createApp({
    pipeline: services,
    keys: accounts.keys,
    budgets: accounts.budgets,
    directory: accounts.directory,
    audit: accounts.audit,
    newId: () => crypto.randomUUID(),
    standings: accounts.standings,
    usage: openUsage({ store, clock }),
    signInCodes: accounts.signInCodes,
    alerts,
    seal,
    addressOf: (request) => listener?.addressOf(request),
    version,
    startedAt,
    findGeneration: (id, owner) => records.generations.find(id, owner === undefined ? "any" : { keyId: owner }),
    log: records.log,
    feedback: records.feedback,
    bodies: records.bodies,
    plugins: () => host.states(),
    reload,
    health: () => ({ ready: listener !== undefined && !stopping, stopping, degraded: report.degraded() }),
    state: report.state,
    metricsText: () => metrics.expose(),
    responses: { kept, jobs },
    caches,
    newRequestId: () => `req_${randomToken(20)}`,
    madeImages: keepMadeImages({
      folder: join(config.dataDir, "images"),
      now,
      newName: () => randomToken(32),
      baseUrl: () => current.snapshot.config.server.publicUrl ?? listener?.url ?? "",
    }),
    declarations,
    firstSeen,
    catalog: refreshed.desk,
    publicModels: () => current.snapshot.config.models.public,
    openMetrics: [config.server, ...config.server.listeners].every(({ host }) => isLoopback(host)),
  })

  return {
    dataDir: config.dataDir,
    firstRun,
    get curl() {
      return curlLine(listener?.url ?? "", firstRun, current.snapshot)
    },
    async listen() {
      await alerts.start()
      refreshed.start()
      listener = listen(config, frontDoor(app.fetch, config.server.hosts))
      for (const warning of mangledHosts(config)) log.warn(warning)
      endLoading = loadSoon(facts, () => current.snapshot)
      endForgetting = forgetSpending({ commit: store.writer.commit, clock, after, log })
      // A file in data_dir is one gateway's own; a server may have several.
      if (config.store.url !== undefined) endLooking = lookElsewhere({ refresh: refreshStored, after, log })
      return { url: listener.url, others: listener.others }
    },
    reload,
    async stop(deadlineMs) {
      stopping = true
      endLoading()
      endLooking()
      endForgetting()
      const cut = () => services.deadlines.expireAll(cutShort())
      const [, idle] = await Promise.all([listener?.stop(deadlineMs, cut), endsWithin(deadlineMs, jobs.idle())])
      // Nobody waits for their answers, but somebody will ask how they ended.
      if (!idle) cut()
      await endsWithin(lastWordsMs, jobs.idle())
      jobs.close()
      await refreshed.stop()
      await alerts.stop()
      await kept.close()
      endWatchdog()
      endProcessMetrics()
      // A sink that hangs must not keep the ledger from being closed.
      await endsWithin(deadlineMs, bus.flush())
      await host.close()
      await rows.flush()
      await records.close()
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
