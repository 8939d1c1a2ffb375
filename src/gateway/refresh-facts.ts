import { documentStore } from "../facts/refresh/documents.ts"
import { Refresher } from "../facts/refresh/refresher.ts"
import { scheduleRefreshes } from "../facts/refresh/schedule.ts"
import type { FactSource } from "../facts/source.ts"
import type { CatalogDesk } from "../http/services.ts"
import type { Store } from "../store/open-store.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import type { Metrics } from "../telemetry/metrics.ts"
import { after } from "./after.ts"
import type { Current } from "./current.ts"

export interface RefreshFactsParts {
  readonly store: Store
  readonly facts: { replace(source: FactSource): void | Promise<void> }
  readonly current: Current
  readonly log: RootLogger
  readonly metrics: Metrics
  readonly clock: { now(): number }
}

export interface RefreshedFacts {
  readonly refresher: Refresher
  readonly desk: CatalogDesk
  /** Begins to look for what is due. */
  start(): void
  stop(): Promise<void>
}

/** What keeps facts of models fresh, with what it needs of the running gateway. */
export function refreshFacts({ store, facts, current, log, metrics, clock }: RefreshFactsParts): RefreshedFacts {
  const refresher = new Refresher({
    documents: documentStore(store),
    facts,
    settings: () => current.snapshot.config.catalog,
    upstreams: () => current.snapshot.catalog.providers.values(),
    fetch,
    now: clock.now,
    log,
  })
  observeDocuments(metrics, refresher, clock)
  let end = () => {}
  return {
    refresher,
    desk: {
      async documents() {
        await refresher.ready()
        return refresher.state()
      },
      refresh: (options) => refresher.refresh(options),
    },
    start() {
      end = scheduleRefreshes({ refresher, random: Math.random, after, log })
    },
    async stop() {
      end()
      await refresher.stop()
    },
  }
}

function observeDocuments(metrics: Metrics, refresher: Refresher, clock: { now(): number }): void {
  const labels = ["document"]
  const age = metrics.gauge({
    name: "signalbox_catalog_age_seconds",
    help: "Since facts of models were last asked for with success.",
    labels,
  })
  const models = metrics.gauge({ name: "signalbox_catalog_models", help: "Models in a document of facts.", labels })
  const failing = metrics.gauge({
    name: "signalbox_catalog_failures",
    help: "Times in a row that a document of facts could not be refreshed.",
    labels,
  })
  const shown = new Set<string>()
  metrics.onCollect(() => {
    const states = refresher.state()
    for (const name of shown) {
      if (states.some((state) => state.name === name)) continue
      for (const family of [age, models, failing]) family.remove(name)
      shown.delete(name)
    }
    for (const state of states) {
      shown.add(state.name)
      if (state.checkedAt !== undefined) age.with(state.name).set(Math.max(0, (clock.now() - state.checkedAt) / 1000))
      models.with(state.name).set(state.models)
      failing.with(state.name).set(state.failures)
    }
  })
}
